package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"

	"docket/internal/document"
	"docket/internal/job"
)

// RenderRequest says which page of which file is to be shown.
type RenderRequest struct {
	// Size is the size of the file in bytes.
	Size int64
	// Password opens an encrypted file; it may be empty.
	Password string
	// Page is counted from 1.
	Page int
	// DPI is the resolution; a page that would be too large gets a lower one.
	DPI int
	// Part is the part of the page that is wanted, in points; all of it when
	// the box is empty.
	Part document.Box
}

// renderCommand asks for the picture of a page of the file that follows.
type renderCommand struct {
	Size     int64
	Password string
	Page     int
	DPI      int
	Part     document.Box
}

// noSuchPage is the reason of a page that the document does not have.
const noSuchPage = "it has no such page"

// ErrNoPage is wrapped by the error of a page that the document does not have.
var ErrNoPage = errors.New("no such page")

// Render has a child read the file in and write the picture of one page, as a
// PNG file, to out, with any number of calls on the caller's goroutine.
//
// Errors of in and out are returned as they are. Other errors are those of
// Read; that of a page which is not there wraps ErrNoPage.
func (p *Pool) Render(ctx context.Context, in io.Reader, req RenderRequest, out io.Writer) error {
	if req.Size < 0 || req.Page < 1 || req.DPI < 1 {
		return fmt.Errorf("render request with a number that cannot be: page %d, %d dpi, %d bytes", req.Page, req.DPI, req.Size)
	}
	if most := p.opts.Limits.FileBytes; req.Size > most {
		return limitError("file_size", most, fmt.Errorf("file of %d bytes", req.Size))
	}
	err := p.run(ctx, kindRender, renderCommand(req), func(c *call) error {
		c.proc.reads++
		if err := c.sendFile(in, req.Size); err != nil {
			return err
		}
		if _, err := c.open(func(document.Info) error { return nil }); err != nil {
			return err
		}
		c.clock.allow(c.limits.budget(1))
		f := &files{most: 1, out: func(int) (io.WriteCloser, error) { return unclosed{out}, nil }, c: c}
		err := f.receive()
		if cerr := f.end(); err == nil {
			err = cerr
		}
		return err
	})
	if e, ok := errors.AsType[*job.Error](err); ok && e.Code == job.Unreadable && e.Facts["reason"] == noSuchPage {
		return &job.Error{Code: job.NotFound, Facts: e.Facts, Err: errors.Join(ErrNoPage, e.Err)}
	}
	return err
}

// unclosed is a writer that somebody else closes.
type unclosed struct{ io.Writer }

// Close does nothing.
func (unclosed) Close() error { return nil }
