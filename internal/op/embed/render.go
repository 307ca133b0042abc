package embed

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"docket/internal/job"
	"docket/internal/op"
)

// fileView is how one document ended.
type fileView struct {
	FileName   string            `json:"file_name"`
	Status     job.Status        `json:"status"`
	Embeddings int               `json:"embeddings"`
	Details    *job.ErrorDetails `json:"error_details,omitempty"`
}

// Render writes the vectors, one at a time in memory: those of the texts, then
// those of each document. // contract J16
func (o *Operation) Render(w io.Writer, r op.Rendering) error {
	var sum Summary
	if err := json.Unmarshal(r.Job.Result.Summary, &sum); err != nil {
		return fmt.Errorf("decode summary: %w", err)
	}
	out := bufio.NewWriterSize(w, 32<<10)
	switch r.Format {
	case job.FormatLines:
		if err := writeVectors(out, r, sum, "\n"); err != nil {
			return err
		}
		if sum.Embedded > 0 {
			out.WriteString("\n")
		}
	case job.FormatJSON:
		head, err := head(r.Job, sum)
		if err != nil {
			return err
		}
		out.Write(head)
		if err := writeVectors(out, r, sum, ","); err != nil {
			return err
		}
		out.WriteString("]}")
	default:
		return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "format", "problem": fmt.Sprintf("%q is not a format of batch_embedding results", r.Format),
			"allowed": []string{"json", "jsonl"},
		}}
	}
	return out.Flush()
}

// head is the result up to its list of vectors.
func head(j job.Job, sum Summary) ([]byte, error) {
	v := struct {
		Embedded       int        `json:"embeddings"`
		Errors         int        `json:"errors"`
		Model          string     `json:"model"`
		Dimensions     int        `json:"dimensions"`
		Method         string     `json:"method"`
		ProcessingTime float64    `json:"processing_time"` // seconds
		Files          []fileView `json:"files,omitempty"`
	}{sum.Embedded, sum.Errors, sum.Model, sum.Dimensions, j.Result.Method, op.Seconds(j), nil}
	if sum.Files != nil {
		for _, f := range sum.Files.Files {
			v.Files = append(v.Files, view(f))
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode result: %w", err)
	}
	return append(b[:len(b)-1], `,"vectors":[`...), nil
}

func view(o op.Outcome) fileView {
	v := fileView{FileName: o.FileName, Status: job.Completed}
	if f := o.Failure; f != nil {
		v.Status, v.Details = job.Failed, &job.ErrorDetails{ErrorType: f.Code, Message: f.Message(), Facts: f.Facts}
		return v
	}
	var c chunked
	if json.Unmarshal(o.Summary, &c) == nil {
		v.Embeddings = c.Embedded
	}
	return v
}

// writeVectors writes all lines with something between two.
func writeVectors(w io.Writer, r op.Rendering, sum Summary, between string) error {
	before := ""
	one := func(r op.Rendering, name string) (err error) {
		file, err := r.Open(name)
		if err != nil {
			return fmt.Errorf("open the vectors: %w", err)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		for line, err := range op.JSONLines(file) {
			if err != nil {
				return err
			}
			if _, err := io.WriteString(w, before); err != nil {
				return err
			}
			if _, err := w.Write(line); err != nil {
				return err
			}
			before = between
		}
		return nil
	}
	if sum.Texts > 0 {
		if err := one(r, textsFile); err != nil {
			return err
		}
	}
	if sum.Files == nil {
		return nil
	}
	for n, f := range sum.Files.Files {
		if f.Failure != nil {
			continue
		}
		if err := one(r.OfFile(n, f), chunksFile); err != nil {
			return err
		}
	}
	return nil
}
