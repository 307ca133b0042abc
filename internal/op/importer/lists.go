package importer

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"docket/internal/job"
	"docket/internal/op"
)

// maxLine is the longest line of a list, in bytes: a document that is sent in
// one is there as base64.
const maxLine = 32 << 20

// maxMetadata is the size in bytes of an item's metadata. // contract J6
const maxMetadata = 4 << 10

// listed is a line of JSON.
type listed struct {
	Name       string          `json:"name"`
	URL        string          `json:"url"`
	Content    *string         `json:"content"`        // text
	Base64     *string         `json:"content_base64"` // anything
	Operation  string          `json:"operation"`
	Parameters json.RawMessage `json:"parameters"`
	Tags       []string        `json:"tags"`
	Metadata   json.RawMessage `json:"metadata"`
}

// lines walks a list of JSON objects, one a line.
func (w *walk) lines(in io.Reader) error {
	return w.each(in, func(n int, b []byte) error {
		i, err := w.read(b)
		if i.name == "" {
			i.name = fmt.Sprintf("line-%d", n)
		}
		if err != nil {
			i.fault = err
		}
		return w.yield(i)
	})
}

// urls walks a list of addresses, one a line; what begins with # is a remark.
func (w *walk) urls(in io.Reader) error {
	return w.each(in, func(_ int, b []byte) error {
		if b[0] == '#' {
			return nil
		}
		i := item{url: string(b), name: job.AddressName(string(b))}
		if !isAddress(i.url) || len(b) > 8<<10 {
			i.fault = wrong("the line is no address; send one that begins with https:// or http://, or jobid://")
		}
		return w.yield(i)
	})
}

// each calls do for every line that is not blank; n counts all from 1.
func (w *walk) each(in io.Reader, do func(n int, line []byte) error) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	var line []byte
	for n := 1; ; {
		piece, err := lines.ReadSlice('\n')
		line = append(line, piece...)
		if len(line) > maxLine {
			return refused(job.ResourceLimit, fmt.Sprintf("line %d is longer than %d bytes", n, maxLine))
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			return fmt.Errorf("read the list: %w", errors.Join(op.ErrAgain, err))
		}
		if b := bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))); len(b) > 0 {
			if err := do(n, b); err != nil {
				return err
			}
		}
		if last {
			return nil
		}
		n, line = n+1, line[:0]
	}
}

// read makes an item of a line. Errors are of code InvalidRequest.
func (w *walk) read(b []byte) (item, error) {
	var l listed
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil || d.More() {
		problem := "there is something after the object"
		if err != nil {
			problem = strings.TrimPrefix(err.Error(), "json: ")
		}
		return item{name: shown(l.Name)}, wrong("the line is not an object with url, content or content_base64, and name, operation, parameters, tags, metadata: " + problem)
	}
	i := item{name: shown(path.Base(strings.ReplaceAll(l.Name, `\`, "/"))), url: l.URL, operation: l.Operation, parameters: l.Parameters}
	if l.Name == "" {
		i.name = ""
	}
	if string(l.Parameters) == "null" {
		i.parameters = nil
	}
	if err := i.describe(l); err != nil {
		return i, err
	}
	ways := 0
	for _, given := range []bool{l.URL != "", l.Content != nil, l.Base64 != nil} {
		if given {
			ways++
		}
	}
	switch {
	case ways != 1:
		return i, wrong(fmt.Sprintf("the line has %d of url, content and content_base64; send one", ways))
	case l.URL != "":
		if !isAddress(l.URL) {
			return i, wrong("url: it is no address; send one that begins with https:// or http://, or jobid://")
		}
		if i.name == "" {
			i.name = job.AddressName(l.URL)
		}
		return i, nil
	}
	err := w.inline(&i, l)
	return i, err
}

// describe reads the tags and the metadata of an item.
func (i *item) describe(l listed) error {
	for _, tag := range l.Tags {
		tag = strings.TrimSpace(shown(tag))
		if tag == "" || len(tag) > maxTagBytes || strings.Contains(tag, ",") {
			return wrong(fmt.Sprintf("tags: one is empty, longer than %d bytes, or has a comma in it", maxTagBytes))
		}
		if !slices.Contains(i.tags, tag) {
			i.tags = append(i.tags, tag)
		}
	}
	if len(i.tags) > maxTags {
		return wrong(fmt.Sprintf("tags: there are more than %d", maxTags))
	}
	if len(l.Metadata) == 0 || string(l.Metadata) == "null" {
		return nil
	}
	if l.Metadata[0] != '{' || len(l.Metadata) > maxMetadata || bytes.Contains(l.Metadata, []byte(`\u0000`)) {
		return wrong(fmt.Sprintf("metadata: it is not a JSON object of at most %d bytes", maxMetadata))
	}
	i.metadata = l.Metadata
	return nil
}

// inline is a document that is in its line.
func (w *walk) inline(i *item, l listed) error {
	content := []byte(nil)
	if l.Content != nil {
		content = []byte(*l.Content)
	} else {
		var err error
		if content, err = base64.StdEncoding.DecodeString(*l.Base64); err != nil {
			return wrong("content_base64: it is not base64")
		}
	}
	if err := w.budget.spend(int64(len(content))); err != nil {
		return err
	}
	i.open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	return nil
}
