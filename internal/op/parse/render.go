package parse

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/op"
)

// Render writes the chunks in a format, one chunk at a time in memory.
func (o *Operation) Render(w io.Writer, r op.Rendering) (err error) {
	file, err := r.Open(chunksFile)
	if err != nil {
		return fmt.Errorf("open the chunks: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var p Parameters
	if err := json.Unmarshal(r.Job.Parameters, &p); err != nil {
		return fmt.Errorf("decode parameters: %w", err)
	}
	s, err := summaryOf(r.Job)
	if err != nil {
		return err
	}
	if !s.shows() {
		r.Picture = nil
	}
	lines := &lineReader{in: bufio.NewReaderSize(file, 64<<10)}
	switch r.Format {
	case job.FormatChunks:
		err = writeArray(w, lines, func(line []byte) ([]byte, error) { return p.plainChunk(&r, line) })
	case job.FormatJSON:
		err = writeJSON(w, &r, p, lines)
	case job.FormatCSV:
		err = writeCSV(w, lines.chunks())
	case job.FormatXLSX:
		err = writeXLSX(w, r, lines.chunks())
	case job.FormatMarkdown:
		err = document.WriteMarkdown(w, lines.chunks())
	case job.FormatHTML:
		err = document.WriteHTML(w, lines.chunks())
	case job.FormatText:
		err = document.WriteText(w, lines.chunks())
	default:
		return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "format", "problem": fmt.Sprintf("%q is not a format of parse results", r.Format),
			"allowed": []string{"json", "md", "html", "txt", "csv", "xlsx"},
		}}
	}
	return errors.Join(err, lines.err)
}

func summaryOf(j job.Job) (Summary, error) {
	var s Summary
	if err := json.Unmarshal(j.Result.Summary, &s); err != nil {
		return s, fmt.Errorf("decode summary: %w", err)
	}
	return s, nil
}

// chunkView is a chunk as /jobs/{id}/result shows it. // contract J16, A3
type chunkView struct {
	document.Chunk
	Text       string `json:"text"`
	PageNumber int    `json:"page_number"` // of its first segment
	WordCount  int    `json:"word_count"`
	CharCount  int    `json:"char_count"`
}

// sentAttachment is a file of a message as /jobs/{id}/result shows it.
type sentAttachment struct {
	Name string `json:"name"`
	MIME string `json:"mime_type"`
	Size int64  `json:"size"`          // bytes
	URL  string `json:"url,omitempty"` // a link to its content
}

func sentAttachments(s Summary, r *op.Rendering) []sentAttachment {
	var sent []sentAttachment
	for _, a := range s.Attachments {
		one := sentAttachment{Name: a.Name, MIME: a.MIME, Size: a.Size}
		if r.Link != nil {
			one.URL = r.Link(a.File)
		}
		sent = append(sent, one)
	}
	return sent
}

func writeJSON(w io.Writer, r *op.Rendering, p Parameters, lines *lineReader) error {
	j := r.Job
	strategy := p.Strategy
	if strategy == "" {
		strategy = document.SemanticChunks
	}
	s, err := summaryOf(j)
	if err != nil {
		return err
	}
	head, err := json.Marshal(struct {
		FileType       string   `json:"file_type"`
		Strategy       string   `json:"strategy"`
		TotalChunks    int      `json:"total_chunks"`
		AvgChunkSize   float64  `json:"avg_chunk_size"` // characters
		PageCount      int      `json:"page_count"`
		ProcessingTime float64  `json:"processing_time"` // seconds
		Method         string   `json:"method,omitempty"`
		Warnings       []string `json:"warnings,omitempty"`

		Attachments []sentAttachment `json:"attachments,omitempty"`
	}{
		s.FileType, string(strategy), s.TotalChunks, float64(10*s.Characters/max(s.TotalChunks, 1)) / 10, s.PageCount,
		op.Seconds(j), j.Result.Method, j.Result.Warnings, sentAttachments(s, r),
	})
	if err != nil {
		return fmt.Errorf("encode result: %w", err)
	}
	if _, err := fmt.Fprintf(w, `%s,"chunks":`, head[:len(head)-1]); err != nil {
		return err
	}
	err = writeArray(w, lines, func(line []byte) ([]byte, error) {
		var v chunkView
		if err := json.Unmarshal(line, &v.Chunk); err != nil {
			return nil, fmt.Errorf("decode chunk: %w", err)
		}
		v.Text = v.Embed
		p.pictures(r, &v.Chunk)
		p.leaveOut(&v.Chunk)
		v.WordCount, v.CharCount = len(strings.Fields(v.Text)), len([]rune(v.Text))
		if len(v.Segments) > 0 {
			v.PageNumber = v.Segments[0].PageNumber
		}
		return json.Marshal(v)
	})
	if err != nil {
		return err
	}
	if err := writeDetails(w, r); err != nil {
		return err
	}
	_, err = io.WriteString(w, "}")
	return err
}

// writeArray writes each line, as show makes it, into one JSON array.
func writeArray(w io.Writer, lines *lineReader, show func([]byte) ([]byte, error)) error {
	before := "["
	for line := range lines.all() {
		b, err := show(line)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, before); err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
		before = ","
	}
	if before == "[" {
		before = "[]"
	} else {
		before = "]"
	}
	_, err := io.WriteString(w, before)
	return err
}

// lineReader reads lines of any length; err is what ended it early.
type lineReader struct {
	in  *bufio.Reader
	err error
}

// all yields lines without their ends; a line is valid until the next.
func (l *lineReader) all() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var line []byte
		for {
			piece, err := l.in.ReadSlice('\n')
			line = append(line, piece...)
			switch {
			case errors.Is(err, bufio.ErrBufferFull):
				continue
			case errors.Is(err, io.EOF) && len(line) == 0:
				return
			case err != nil:
				l.err = fmt.Errorf("read chunks: %w", err)
				return
			}
			if !yield(line[:len(line)-1]) {
				return
			}
			line = line[:0]
		}
	}
}

func (l *lineReader) chunks() iter.Seq[document.Chunk] {
	return func(yield func(document.Chunk) bool) {
		for line := range l.all() {
			var c document.Chunk
			if err := json.Unmarshal(line, &c); err != nil {
				l.err = fmt.Errorf("decode chunk: %w", err)
				return
			}
			if !yield(c) {
				return
			}
		}
	}
}
