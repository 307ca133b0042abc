package sandbox

import (
	"bufio"
	"context"
	"fmt"
	"image/png"
	"iter"
	"unicode/utf8"

	"docket/internal/document"
	"docket/internal/document/pdf"
	"docket/internal/job"
)

// engine is what reads documents in a child.
type engine struct {
	pdf    *pdf.Engine
	limits document.Limits
}

func compileEngine(ctx context.Context, cacheDir string) error {
	return pdf.Compile(ctx, cacheDir)
}

func loadEngine(ctx context.Context, s settings) (tools, error) {
	reader, err := pdf.NewEngine(ctx, s.CacheDir)
	if err != nil {
		return tools{}, fmt.Errorf("load pdf engine: %w", err)
	}
	reader.Limit(s.Limits.Document)
	e := &engine{pdf: reader, limits: s.Limits.Document}
	return tools{read: e.read, build: buildStructure, split: e.split, render: e.render, site: readSite, attach: e.attach}, nil
}

// read sends the record of every page that was asked for.
func (e *engine) read(t *task, req readCommand, data []byte) (retire bool, err error) {
	defer func() { retire = e.pdf.Dead() }()
	doc, err := e.open(data, req)
	if err != nil {
		return false, err
	}
	defer doc.close()
	info := doc.info()
	first, last := pageRange(info.Pages, req.FirstPage, req.MaxPages)
	if err := t.opened(info, first, last); err != nil {
		return false, err
	}
	for n := first; n <= last; n++ {
		if err := t.begin(n); err != nil {
			return false, err
		}
		record, scans, err := doc.page(n, n)
		if err != nil {
			return false, err
		}
		for _, s := range scans {
			if err := t.scan(n, s); err != nil {
				return false, err
			}
		}
		if err := t.page(n, record); err != nil {
			return false, err
		}
	}
	return false, nil
}

// split writes the new files one after the other.
func (e *engine) split(t *task, req splitCommand, data []byte) (retire bool, err error) {
	defer func() { retire = e.pdf.Dead() }()
	source, err := e.pdf.OpenSplitter(data, req.Password)
	if err != nil {
		return false, err
	}
	defer source.Close()
	info := source.Info()
	if err := t.opened(info, 1, info.Pages); err != nil {
		return false, err
	}
	// The engine writes a few bytes at a time.
	out := bufio.NewWriterSize(content{t}, pieceBytes)
	for n, pages := range req.Files {
		if err := t.file(n); err != nil {
			return false, err
		}
		if err := source.Write(out, pages); err != nil {
			return false, fmt.Errorf("write new file %d: %w", n, err)
		}
		if err := out.Flush(); err != nil {
			return false, err
		}
	}
	return false, nil
}

// render sends the picture of one page as a PNG file.
func (e *engine) render(t *task, req renderCommand, data []byte) (retire bool, err error) {
	defer func() { retire = e.pdf.Dead() }()
	doc, err := e.open(data, readCommand{Password: req.Password, OCR: recognition{Never: true}})
	if err != nil {
		return false, err
	}
	defer doc.close()
	info := doc.info()
	if err := t.opened(info, 1, 1); err != nil {
		return false, err
	}
	if req.Page < 1 || req.Page > info.Pages {
		return false, job.Errorf(job.Unreadable, job.Facts{"reason": noSuchPage, "pages": info.Pages}, "render page %d of %d", req.Page, info.Pages)
	}
	picture, err := doc.show(req.Page, req.DPI, req.Part)
	if err != nil {
		return false, fmt.Errorf("render page %d: %w", req.Page, err)
	}
	if err := t.file(0); err != nil {
		return false, err
	}
	out := bufio.NewWriterSize(content{t}, pieceBytes)
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(out, picture); err != nil {
		return false, fmt.Errorf("encode page %d: %w", req.Page, err)
	}
	return false, out.Flush()
}

// buildStructure makes the structure of a document from its records.
func buildStructure(opts document.Options, records iter.Seq[[]byte]) (structure, error) {
	builder := document.NewBuilder(opts)
	n := 0
	for record := range records {
		n++
		if err := builder.AddRecord(record); err != nil {
			return nil, fmt.Errorf("add record %d: %w", n, err)
		}
	}
	return func(t *task) (document.Summary, error) {
		characters := 0
		for chunk := range builder.Chunks() {
			characters += utf8.RuneCountInString(chunk.Embed)
			if err := t.chunk(chunk); err != nil {
				return document.Summary{}, err
			}
		}
		summary := builder.Summary()
		summary.Characters = characters
		return summary, nil
	}, nil
}
