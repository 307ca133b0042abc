package document

import (
	"fmt"
	"iter"
	"strings"
)

// AddRecord takes the next page from its record, of either kind.
func (b *Builder) AddRecord(record []byte) error {
	if !IsFlow(record) {
		p, err := DecodePage(record)
		if err != nil {
			return err
		}
		return b.Add(p)
	}
	f, err := DecodeFlow(record)
	if err != nil {
		return err
	}
	return b.AddFlow(f)
}

// AddFlow takes the next page of a document that says its own structure. Pages
// of both kinds may be mixed.
func (b *Builder) AddFlow(f *Flow) error {
	if f.Number <= b.last {
		return fmt.Errorf("add page %d: it comes after page %d", f.Number, b.last)
	}
	b.last = f.Number
	b.pages++
	b.warnings = append(b.warnings, f.Warnings...)
	b.flows = append(b.flows, f)
	if b.opts.Links {
		b.details.links(f.Page())
	}
	return nil
}

// addPicture makes a segment of the picture that a page is, when nothing else
// was found on it: a photo, or a scan that nobody could read.
func (b *Builder) addPicture(p *Page) {
	for _, i := range p.Images {
		if i.Box.Width()*i.Box.Height() > p.Width*p.Height/2 {
			b.flows = append(b.flows, &Flow{Number: p.Number, Blocks: []Block{{Type: Picture}}, picture: i.Box, width: p.Width, height: p.Height})
			return
		}
	}
}

// withFlows puts the segments of flows between those of pages, which both come
// in the order of their page numbers.
func (b *Builder) withFlows(pages iter.Seq[Segment]) iter.Seq[Segment] {
	return func(yield func(Segment) bool) {
		rest := b.flows
		for s := range pages {
			for len(rest) > 0 && rest[0].Number < s.PageNumber {
				if !rest[0].segments(b.opts.Links, yield) {
					return
				}
				rest = rest[1:]
			}
			if !yield(s) {
				return
			}
		}
		for _, f := range rest {
			if !f.segments(b.opts.Links, yield) {
				return
			}
		}
	}
}

// flowBlocks counts the blocks of all flows, and says whether any has text.
func (b *Builder) flowBlocks() (n int, text bool) {
	for _, f := range b.flows {
		n += len(f.Blocks)
		for i := range f.Blocks {
			text = text || strings.TrimSpace(f.Blocks[i].content()) != ""
		}
	}
	return n, text
}
