package sandbox

import (
	"fmt"
	"image"
	"strings"

	"docket/internal/document"
	"docket/internal/document/pdf"
	"docket/internal/job"
)

// source is a document that was opened, of whatever format.
type source interface {
	// info is known before any page is read.
	info() document.Info
	// page reads page n, counted from 1, as the record of page number of the
	// whole document, and what of it is to be recognized.
	page(n, number int) (record []byte, scans []*scan, err error)
	// show paints page n, or the part of it that is wanted, in points.
	show(n, dpi int, part document.Box) (image.Image, error)
	close()
}

// flows is a source of pages that were all made when it was opened.
type flows struct {
	what  document.Info
	pages [][]byte
}

func newFlows(info document.Info, w *document.FlowWriter) *flows {
	f := &flows{what: info, pages: w.Pages()}
	f.what.Pages = len(f.pages)
	return f
}

func (f *flows) info() document.Info { return f.what }

func (f *flows) page(n, number int) ([]byte, []*scan, error) {
	if n < 1 || n > len(f.pages) {
		return nil, nil, fmt.Errorf("read page %d: the document has %d", n, len(f.pages))
	}
	record := document.Renumber(f.pages[n-1], number)
	f.pages[n-1] = nil // nobody asks twice
	return record, nil, nil
}

func (f *flows) close() {}

// pdfPages is a source of pages that are read one by one.
type pdfPages struct {
	engine *pdf.Engine
	doc    *pdf.Document
	ocr    recognition
}

func (p *pdfPages) info() document.Info { return p.doc.Info() }

func (p *pdfPages) page(n, number int) ([]byte, []*scan, error) {
	page, err := p.doc.ReadPage(n)
	if err != nil {
		return nil, nil, fmt.Errorf("read page %d: %w", n, err)
	}
	page.Number = number
	var scans []*scan
	switch wanted := p.ocr.wants(page); {
	case wanted && !p.ocr.Available:
		page.Warnings = append(page.Warnings, ocrUnavailable)
	case wanted:
		var s *scan
		if s, err = p.scan(page, n); err == nil {
			scans = []*scan{s}
		}
	default:
		scans, err = p.scanParts(p.ocr.parts(page), n)
	}
	switch {
	case err != nil && p.engine.Dead():
		return nil, nil, err
	case err != nil: // the page keeps what was read
		page.Warnings = append(page.Warnings, ocrFailed)
	}
	return page.Append(nil), scans, nil
}

func (p *pdfPages) close() { p.doc.Close() }

// chain is several documents read as one: a message and what came with it.
type chain struct {
	parts []source
	names []string // of the parts; the message's own is empty
}

// info is that of the first, with the pages of all.
func (c *chain) info() document.Info {
	info := c.parts[0].info()
	info.Pages = 0
	for _, p := range c.parts {
		info.Pages += p.info().Pages
	}
	return info
}

func (c *chain) page(n, number int) ([]byte, []*scan, error) {
	for i, p := range c.parts {
		pages := p.info().Pages
		if n <= pages {
			record, s, err := p.page(n, number)
			if code := job.CodeOf(err); i > 0 && (code == job.FileCorrupted || code == job.Unreadable) {
				f := job.FailureOf(err)
				empty := document.Flow{Number: number, Warnings: []string{attachmentUnread(c.names[i], f)}}
				return empty.Append(nil), nil, nil
			}
			return record, s, err
		}
		n -= pages
	}
	return nil, nil, fmt.Errorf("read page: %d pages too far", n)
}

// attachmentUnread is the warning of a message one of whose files is broken.
func attachmentUnread(name string, f job.Failure) string {
	return fmt.Sprintf("attachment %s could not be read: %s", name, strings.TrimSuffix(f.Message(), "."))
}

func (c *chain) close() {
	for _, p := range c.parts {
		p.close()
	}
}
