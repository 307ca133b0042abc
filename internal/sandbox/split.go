package sandbox

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"docket/internal/document"
	"docket/internal/trace"
)

// SplitRequest says which file is split and how.
type SplitRequest struct {
	// Size is the size of the file in bytes.
	Size int64
	// Password opens an encrypted file; it may be empty. The new files are
	// not encrypted.
	Password string
	// Files has the pages of each new file, counted from 1, in the order in
	// which they are to stand there. No file is without pages.
	Files [][]int
}

// splitCommand asks for new files of the file of Size bytes that follows.
type splitCommand struct {
	Size     int64
	Password string
	Files    [][]int
}

// pages is the number of pages that are written.
func (r SplitRequest) pages() int {
	n := 0
	for _, f := range r.Files {
		n += len(f)
	}
	return n
}

// Split has a child read the file in and write new ones of its pages. It
// calls out for each of req.Files, with its index, and closes what that gives
// before the next call, also after an error. out runs on the caller's
// goroutine, and Split returns only after it has.
//
// Errors of in, out and the writers are returned as they are. Other errors
// are those of Read.
func (p *Pool) Split(ctx context.Context, in io.Reader, req SplitRequest, out func(n int) (io.WriteCloser, error)) (err error) {
	if err := req.check(); err != nil {
		return err
	}
	limits := p.opts.Limits
	if req.Size > limits.FileBytes {
		return limitError("file_size", limits.FileBytes, fmt.Errorf("file of %d bytes", req.Size))
	}
	if limits.Pages > 0 && req.pages() > limits.Pages {
		return pagesError(req.pages(), limits.Pages)
	}
	ctx, span := trace.Start(ctx, "write documents", trace.Number("docket.documents", len(req.Files)))
	defer func() { span.End(err) }()
	return p.run(ctx, kindSplit, splitCommand(req), func(c *call) error {
		c.proc.reads++
		if err := c.sendFile(in, req.Size); err != nil {
			return err
		}
		if _, err := c.open(func(document.Info) error { return nil }); err != nil {
			return err
		}
		c.clock.allow(c.limits.budget(req.pages()))
		f := &files{most: len(req.Files), out: out, c: c}
		err := f.receive()
		if cerr := f.end(); err == nil {
			err = cerr
		}
		return err
	})
}

func (r SplitRequest) check() error {
	if r.Size < 0 {
		return fmt.Errorf("split request of %d bytes", r.Size)
	}
	for i, pages := range r.Files {
		if len(pages) == 0 {
			return fmt.Errorf("split request: file %d has no pages", i)
		}
		for _, n := range pages {
			if n < 1 {
				return fmt.Errorf("split request: page %d", n)
			}
		}
	}
	return nil
}

// files are the new files as they arrive.
type files struct {
	c    *call
	out  func(n int) (io.WriteCloser, error)
	most int
	next int            // the number of the next one
	open io.WriteCloser // the one before it, or nil
}

// receive writes what arrives until the child is done.
func (f *files) receive() error {
	for {
		k, payload, err := f.c.receive()
		if err != nil {
			return err
		}
		switch {
		case k == kindFile && len(payload) == 4 && int(binary.BigEndian.Uint32(payload)) == f.next && f.next < f.most:
			err = f.begin()
		case k == kindContent && f.open != nil:
			err = f.c.outside(func() error {
				if _, err := f.open.Write(payload); err != nil {
					return fmt.Errorf("write new file %d: %w", f.next-1, err)
				}
				return nil
			})
		case k == kindDone && f.next == f.most:
			_, err := f.c.finish(payload)
			return err
		default:
			return unexpected(k)
		}
		if err != nil {
			return err
		}
	}
}

func (f *files) begin() error {
	if err := f.end(); err != nil {
		return err
	}
	return f.c.outside(func() error {
		w, err := f.out(f.next)
		if err != nil {
			return fmt.Errorf("begin new file %d: %w", f.next, err)
		}
		f.open = w
		f.next++
		return nil
	})
}

// end closes the file that is being written.
func (f *files) end() error {
	w := f.open
	if w == nil {
		return nil
	}
	f.open = nil
	return f.c.outside(func() error {
		if err := w.Close(); err != nil {
			return fmt.Errorf("close new file %d: %w", f.next-1, err)
		}
		return nil
	})
}

// file reports the new file that is written next.
func (t *task) file(n int) error {
	var number [4]byte
	binary.BigEndian.PutUint32(number[:], uint32(n))
	return t.w.send(kindFile, number[:])
}

// content is the writer of that file.
type content struct{ t *task }

func (c content) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for rest := p; len(rest) > 0; {
		piece := rest[:min(len(rest), maxPayload)]
		if err := c.t.w.send(kindContent, piece); err != nil {
			return 0, err
		}
		rest = rest[len(piece):]
	}
	return len(p), nil
}
