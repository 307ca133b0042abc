package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"docket/internal/document"
	"docket/internal/sandbox"
)

// scorer collects the measures.
type scorer struct {
	options
	ctx   context.Context
	pool  *sandbox.Pool
	cache string
	rows  []row
	// heading holds the F1 of each document by its format.
	heading map[string][]float64
}

// parsed is a document as it is delivered.
type parsed struct {
	pages    int
	chunks   []document.Chunk
	segments []document.Segment
}

// text is the plain text that a reader of the document gets. Cells that span
// columns stand in it once, as in plain.
func (p *parsed) text() (string, error) {
	var b, all strings.Builder
	err := document.WriteText(&b, slices.Values(p.chunks))
	for line := range strings.Lines(b.String()) {
		if cells := strings.Split(line, "\t"); len(cells) > 1 {
			line = once(cells)
		}
		all.WriteString(line + "\n")
	}
	return all.String(), err
}

// visible leaves out of a presentation what its expected text never has: what
// a picture shows in words, and the notes of a slide.
func (p *parsed) visible() *parsed {
	v := &parsed{pages: p.pages}
	for _, c := range p.chunks {
		c.Segments = slices.DeleteFunc(slices.Clone(c.Segments), func(s document.Segment) bool {
			return s.SegmentType == document.Picture || s.SegmentType == document.Footnote
		})
		v.chunks = append(v.chunks, c)
	}
	return v
}

// parse reads a file through the sandbox, as a job does.
func (s *scorer) parse(path string) (*parsed, error) {
	p := &parsed{}
	var out bytes.Buffer
	var err error
	if p.pages, err = s.parseTo(&out, path); err != nil {
		return nil, err
	}
	d := json.NewDecoder(&out)
	for d.More() {
		var c document.Chunk
		if err := d.Decode(&c); err != nil {
			return nil, fmt.Errorf("decode a chunk of %s: %w", filepath.Base(path), err)
		}
		p.chunks = append(p.chunks, c)
		p.segments = append(p.segments, c.Segments...)
	}
	return p, nil
}

// parseTo writes the chunks of a file as a job stores them, and gives its
// number of pages.
func (s *scorer) parseTo(out io.Writer, path string) (pages int, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	_, err = s.pool.Parse(s.ctx, bytes.NewReader(data), sandbox.ParseRequest{ReadRequest: sandbox.ReadRequest{Size: int64(len(data))}},
		func(info document.Info) error { pages = info.Pages; return nil },
		func(int, []byte) error { return nil }, out)
	if err != nil {
		return 0, fmt.Errorf("parse %s: %w", filepath.Base(path), err)
	}
	return pages, nil
}

// files are the files of a folder with that ending.
func (s *scorer) files(folder, ending string) []string { return s.match(folder + "/*" + ending) }

// match are the files of a pattern below the corpus, of the half that is asked
// for: names decide the half, so that a file never changes sides.
func (s *scorer) match(pattern string) []string {
	all, err := filepath.Glob(filepath.Join(s.corpus, pattern))
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(all, func(path string) bool {
		return s.half != "" && halfOf(filepath.Base(path)) != s.half
	})
}

func halfOf(name string) string {
	h := fnv.New32a()
	h.Write([]byte(name))
	if h.Sum32()>>8&1 == 0 {
		return "a"
	}
	return "b"
}
