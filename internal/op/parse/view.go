package parse

import (
	"encoding/json"
	"fmt"

	"docket/internal/document"
	"docket/internal/op"
)

// plainChunk is a stored chunk as /parse/{id} shows it: without keys that the
// vendor's clients do not know. contract J4
func (p *Parameters) plainChunk(r *op.Rendering, line []byte) ([]byte, error) {
	var c document.Chunk
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, fmt.Errorf("decode chunk: %w", err)
	}
	p.pictures(r, &c)
	p.leaveOut(&c)
	c.Headings = nil
	return json.Marshal(p.named(c))
}

// leaveOut empties what the client does not want to be sent. contract C1
func (p *Parameters) leaveOut(c *document.Chunk) {
	out := func(name string) bool {
		wanted, said := p.OutputFields[name]
		return said && !wanted
	}
	if out("embed") {
		c.Embed = ""
	}
	for i := range c.Segments {
		s := &c.Segments[i]
		if out("html") {
			s.HTML = ""
		}
		if out("markdown") {
			s.Markdown = ""
		}
		if out("content") {
			s.Content = ""
		}
		if out("ocr") {
			s.OCR = []document.OCRResult{}
		}
		if out("image") {
			s.Image = nil
		}
		if out("confidence") {
			s.Confidence = nil
		}
		if out("bbox") {
			s.BBox = document.Rectangle{}
		}
	}
}

// namedChunk is a chunk whose segments have a second name for their type.
type namedChunk struct {
	document.Chunk
	Segments []namedSegment `json:"segments"`
}

type namedSegment struct {
	document.Segment
	Display string `json:"segment_type_display"`
}

// named gives segments the names that were asked for. contract C1
func (p *Parameters) named(c document.Chunk) any {
	if !p.OtherNames {
		return c
	}
	n := namedChunk{Chunk: c, Segments: make([]namedSegment, len(c.Segments))}
	for i, s := range c.Segments {
		n.Segments[i] = namedSegment{Segment: s, Display: otherName(s.SegmentType)}
	}
	return n
}
