package sandbox

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"docket/internal/document"
	"docket/internal/trace"
)

// ReadRequest says which file is read and how much of it.
type ReadRequest struct {
	// Size is the size of the file in bytes.
	Size int64
	// Name is what the client calls the file. It only decides between kinds of
	// plain text that share every sign.
	Name string
	// Password opens an encrypted file; it may be empty.
	Password string
	// FirstPage is the page to begin with, counted from 1; 0 is 1. The pages
	// before it are not read.
	FirstPage int
	// MaxPages is the most pages to read; 0 is all. It does not raise
	// Limits.Pages, which counts the whole document.
	MaxPages int
	// OCR says on which pages text in pictures is recognized.
	OCR OCR
}

// OCR says on which pages of a document text in pictures is recognized.
type OCR int

// The ways of recognition. // contract C1
const (
	OCRAuto  OCR = iota // pages that are scans
	OCRForce            // all pages that can be rendered
	OCRNever            // none
)

// command is the request as the child gets it.
func (r ReadRequest) command(available bool) readCommand {
	return readCommand{
		Size: r.Size, Name: r.Name, Password: r.Password, FirstPage: r.FirstPage, MaxPages: r.MaxPages,
		OCR: recognition{Available: available, Force: r.OCR == OCRForce, Never: r.OCR == OCRNever},
	}
}

// pieceBytes is how much of a file goes into one frame.
const pieceBytes = 256 << 10

// Read has a child read the file in. It calls opened once, when the document
// is open, then page for every page in order; record is undecoded and valid
// until page returns. Both run on the caller's goroutine, and Read returns
// only after they have.
//
// Errors of in, opened and page are returned as they are, and so is the cause
// of ctx. All others but ErrClosed are a *job.Error: what the reader made of
// the document, job.Timeout (facts seconds, page), job.ResourceLimit (facts
// limit, bytes), or job.Internal around ErrDied.
func (p *Pool) Read(ctx context.Context, in io.Reader, req ReadRequest, opened func(document.Info) error, page func(number int, record []byte) error) (err error) {
	if err := p.accepts(req); err != nil {
		return err
	}
	ctx, span := trace.Start(ctx, "read pages", trace.Number("docket.document.bytes", int(req.Size)))
	defer func() { span.End(err) }()
	return p.run(ctx, kindRead, req.command(p.reader != nil), func(c *call) error {
		c.recognize = p.recognizer(ctx)
		first, last, err := c.begins(in, req, opened, span)
		if err != nil {
			return err
		}
		c.clock.allow(c.limits.budget(last - first + 1))
		err = c.pages(first, last, func(n int, record []byte, _ bool) error {
			return c.outside(func() error { return page(n, record) })
		})
		if err != nil {
			return err
		}
		return c.done()
	})
}

// accepts refuses what no child is to be asked.
func (p *Pool) accepts(req ReadRequest) error {
	if req.Size < 0 || req.FirstPage < 0 || req.MaxPages < 0 {
		return fmt.Errorf("read request with a negative number: %+v", req)
	}
	if most := p.opts.Limits.FileBytes; req.Size > most {
		return limitError("file_size", most, fmt.Errorf("file of %d bytes", req.Size))
	}
	return nil
}

// begins sends the file and gives the first and the last page to come.
func (c *call) begins(in io.Reader, req ReadRequest, opened func(document.Info) error, span *trace.Span) (first, last int, err error) {
	c.proc.reads++
	if err := c.sendFile(in, req.Size); err != nil {
		return 0, 0, err
	}
	info, err := c.open(opened)
	if err != nil {
		return 0, 0, err
	}
	first, last = pageRange(info.Pages, req.FirstPage, req.MaxPages)
	span.Note(trace.Text("docket.document.format", info.Format), trace.Number("docket.pages", last-first+1))
	return first, last, nil
}

// pageRange is the first and the last page to read; last is first-1 when
// there is none.
func pageRange(pages, first, most int) (int, int) {
	first = max(first, 1)
	last := pages
	if most > 0 && most < pages-first+1 {
		last = first + most - 1
	}
	return first, max(last, first-1)
}

func (c *call) sendFile(in io.Reader, size int64) error {
	piece := make([]byte, min(size, pieceBytes))
	for size > 0 {
		piece = piece[:min(size, int64(len(piece)))]
		err := c.outside(func() error {
			if _, err := io.ReadFull(in, piece); err != nil {
				if errors.Is(err, io.EOF) {
					err = io.ErrUnexpectedEOF
				}
				return fmt.Errorf("read input: %w", err)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := c.proc.w.send(kindData, piece); err != nil {
			return err
		}
		size -= int64(len(piece))
	}
	return c.proc.w.flush()
}

func (c *call) open(opened func(document.Info) error) (document.Info, error) {
	var info document.Info
	k, payload, err := c.receive()
	if err != nil {
		return info, err
	}
	if k != kindInfo {
		return info, unexpected(k)
	}
	if err := decode(payload, &info); err != nil {
		return info, err
	}
	// The child has checked this, and the deadline hangs on it.
	if info.Pages < 0 || info.Pages > c.limits.Pages {
		return info, fmt.Errorf("document of %d pages: %w", info.Pages, errProtocol)
	}
	return info, c.outside(func() error { return opened(info) })
}

// pages receives the records of the pages from first to last, with the text
// that was recognized. page gets the number, the record, which is valid until it
// returns, and whether that is another than the child's.
func (c *call) pages(first, last int, page func(n int, record []byte, changed bool) error) error {
	for next := first; next <= last; {
		k, payload, err := c.receive()
		if err != nil {
			return err
		}
		switch {
		case len(payload) < 4 || int(binary.BigEndian.Uint32(payload)) != next:
			return unexpected(k)
		case k == kindBegin && len(payload) == 4 && c.page != next:
			c.begin(next)
		case k == kindScan && c.page == next && len(payload) > scanHead && len(c.texts) < maxScans:
			if err := c.scanned(next, payload[4:]); err != nil {
				return err
			}
		case k == kindPage && c.page == next:
			changed := len(c.texts) > 0
			record, err := c.withText(payload[4:])
			if err != nil {
				return err
			}
			if err := page(next, record, changed); err != nil {
				return err
			}
			next++
		default:
			return unexpected(k)
		}
	}
	return nil
}

// done receives the end of a request that is without an answer.
func (c *call) done() error {
	k, payload, err := c.receive()
	if err != nil {
		return err
	}
	if k != kindDone {
		return unexpected(k)
	}
	_, err = c.finish(payload)
	return err
}
