package importer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"docket/internal/job"
	"docket/internal/op"
)

// sniffed is how much of a file tells what it is.
const sniffed = 3072

// each calls yield for every item of every input, in order. An error of yield
// ends it and comes back as it is.
func (m *importing) each(yield func(item) error) error {
	budget := &budget{left: m.limits.Bytes, most: m.limits.Bytes}
	for n, in := range m.task.Inputs {
		if in.Failure != nil { // it could not be fetched
			if err := yield(item{name: in.Name, fault: &job.Error{Code: in.Failure.Code, Facts: in.Failure.Facts}}); err != nil {
				return err
			}
			continue
		}
		if err := m.input(n, budget, yield); err != nil {
			return err
		}
	}
	return nil
}

// input finds out what an input is, and walks it.
func (m *importing) input(n int, b *budget, yield func(item) error) (err error) {
	file, err := openAt(m.task, n)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	head := make([]byte, sniffed)
	got, err := file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w", m.task.Inputs[n].Name, errors.Join(op.ErrAgain, err))
	}
	format := m.p.Format
	if format == formatAuto {
		format = detect(m.task.Inputs[n].Name, head[:got])
	}
	w := walk{limits: m.limits, budget: b, yield: yield}
	whole := io.NewSectionReader(file, 0, file.size)
	switch format {
	case formatZip:
		return w.zip(file, file.size)
	case formatTar:
		return w.tar(whole, file.size, bytes.HasPrefix(head, []byte{0x1f, 0x8b}))
	case formatLines:
		return w.lines(whole)
	case formatURLs:
		return w.urls(whole)
	}
	return yield(item{name: m.task.Inputs[n].Name, open: func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(file, 0, file.size)), nil }})
}

// detect finds what a file is from its beginning; the name only tells lists
// from other text.
func detect(name string, head []byte) string {
	kind := mimetype.Detect(head)
	switch {
	case isObject(head): // whatever documents there are in its lines
		return formatLines
	case kind.Is("application/zip"):
		return formatZip
	case kind.Is("application/gzip"), kind.Is("application/x-tar"):
		return formatTar
	case !strings.HasPrefix(kind.String(), "text/") && !kind.Is("application/json") && !kind.Is("application/x-ndjson"):
		return formatDocument
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".jsonl", ".ndjson":
		return formatLines
	}
	first := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	if line, _, ok := bytes.Cut(first, []byte("\n")); ok {
		first = bytes.TrimSpace(line)
	}
	if isAddress(string(first)) || bytes.HasPrefix(first, []byte("# ")) && strings.HasSuffix(name, ".txt") {
		return formatURLs
	}
	return formatDocument
}

// isObject says that a text begins with an object of JSON.
func isObject(head []byte) bool {
	rest, ok := bytes.CutPrefix(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))), []byte("{"))
	rest = bytes.TrimSpace(rest)
	return ok && (len(rest) == 0 || rest[0] == '"' || rest[0] == '}')
}

func isAddress(s string) bool {
	s = strings.ToLower(s)
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") || strings.HasPrefix(s, job.SourceScheme)
}

// notNested refuses an archive inside an archive; the files of offices are
// archives, too, and are none here.
func notNested(in *bufio.Reader) error {
	head, err := in.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	kind := mimetype.Detect(head)
	for _, archive := range []string{
		"application/zip", "application/gzip", "application/x-tar", "application/x-7z-compressed", "application/vnd.rar", "application/x-rar-compressed",
		"application/x-bzip2", "application/x-xz", "application/zstd", "application/java-archive",
	} {
		if kind.Is(archive) {
			return &job.Error{Code: job.UnsupportedFormat, Facts: job.Facts{"problem": "it is an archive inside what is imported", "detected": archive}}
		}
	}
	return nil
}

// inputFile is an input that can be read from any place.
type inputFile struct {
	io.ReaderAt
	io.Closer
	size int64
}

// openAt opens an input. One that can only be read from its beginning is kept
// in a file for a while.
func openAt(t *op.Task, n int) (*inputFile, error) {
	in, err := t.Open(n)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", t.Inputs[n].Name, err)
	}
	if at, ok := in.(io.ReaderAt); ok {
		return &inputFile{at, in, t.Inputs[n].File.Size}, nil
	}
	f, err := os.CreateTemp("", "docket-import-")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make a file for a while: %w", err), in.Close())
	}
	size, err := io.Copy(f, in)
	err = errors.Join(err, in.Close(), os.Remove(f.Name()))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("keep %s for a while: %w", t.Inputs[n].Name, errors.Join(op.ErrAgain, err)), f.Close())
	}
	return &inputFile{f, f, size}, nil
}
