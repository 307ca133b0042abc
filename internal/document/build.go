package document

import (
	"errors"
	"fmt"
	"iter"
	"slices"
)

// NoText is the warning of a document in which no text was found.
const NoText = "no_text"

// Builder makes the structure of a document from its pages. Of a page it keeps
// the paragraphs and not the words.
type Builder struct {
	opts     Options
	last     int // the number of the last page
	pages    int
	all      []paragraph
	style    style
	flows    []*Flow
	warnings []string
	details  detailReader
}

// NewBuilder returns a Builder without pages.
func NewBuilder(opts Options) *Builder {
	if opts.TargetLength <= 0 {
		opts.TargetLength = DefaultTargetLength
	}
	if opts.Strategy == "" {
		opts.Strategy = SemanticChunks
	}
	return &Builder{opts: opts}
}

// Add takes the next page. Pages come in ascending order, each once; gaps are
// allowed, as for a range of pages.
func (b *Builder) Add(p *Page) error {
	if p == nil {
		return errors.New("add page: it is nil")
	}
	if p.Number <= b.last {
		return fmt.Errorf("add page %d: it comes after page %d", p.Number, b.last)
	}
	b.last = p.Number
	b.pages++
	b.warnings = append(b.warnings, p.Warnings...)
	b.details.fields(p)
	if b.opts.Links {
		b.details.links(p)
	}
	found := layout(p)
	for i := range found {
		b.style.add(&found[i])
	}
	b.all = append(b.all, found...)
	if len(found) == 0 {
		b.addPicture(p)
	}
	return nil
}

// Segments yields the document's segments in reading order. Call it after the
// last Add.
func (b *Builder) Segments() iter.Seq[Segment] {
	return b.withFlows(b.pageSegments())
}

func (b *Builder) pageSegments() iter.Seq[Segment] {
	return func(yield func(Segment) bool) {
		body, _ := b.style.body()
		all := markRunning(b.all, b.pages, body)
		if b.opts.MergeTables {
			all = mergeTables(all)
		}
		types := roles(all, &b.style)
		page, index := 0, 0
		for i := range all {
			p := &all[i]
			if p.page != page {
				page, index = p.page, 0
			}
			if !yield(p.segment(types[i], index, b.opts.Links)) {
				return
			}
			index++
		}
	}
}

// Chunks yields the document's segments in reading order, grouped into chunks
// of about Options.TargetLength words. Call it after the last Add. It may be
// called again and yields the same; a document without text yields none.
func (b *Builder) Chunks() iter.Seq[Chunk] {
	return func(yield func(Chunk) bool) {
		c := chunker{opts: b.opts, yield: yield}
		for s := range b.Segments() {
			if len(b.opts.Keep) > 0 && !slices.Contains(b.opts.Keep, s.SegmentType) {
				continue
			}
			if !c.add(s) {
				return
			}
		}
		c.end()
	}
}

// Summary says what the pages added so far hold.
func (b *Builder) Summary() Summary {
	blocks, text := b.flowBlocks()
	s := Summary{Pages: b.pages, Segments: len(b.all) + blocks, Warnings: append([]string{}, b.warnings...)}
	if !text && !slices.ContainsFunc(b.all, func(p paragraph) bool { return p.kind != Picture }) {
		s.Warnings = append(s.Warnings, NoText)
	}
	if b.details.full {
		s.Warnings = append(s.Warnings, DetailsCut)
	}
	if len(b.details.FormFields)+len(b.details.Links) > 0 {
		s.Details = &b.details.Details
	}
	return s
}
