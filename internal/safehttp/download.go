package safehttp

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Download is a document that is being fetched.
type Download struct {
	// Body is the document. Reads fail as Get does, with a job.Error: past the
	// limit FileTooLarge, on a broken transfer URLUnreachable. Its reader must
	// close it.
	Body io.ReadCloser

	// FileName is what the server calls the document, or the last part of the
	// URL's path, or its host: a plain name without folders and control
	// characters, at most 255 bytes long.
	FileName string

	// MediaType is what the server says the document is, in lower case and
	// without parameters; empty when it does not say.
	MediaType string
}

// body hands on at most limit bytes and turns the transport's errors into ours.
type body struct {
	ctx   context.Context // of the transfer: it tells a cancel from a failure
	host  string
	from  io.ReadCloser
	limit int64
	left  int64
	err   error // what the last read said, said again by every later one
}

// Read asks for one byte more than is left, to see whether there is one.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if int64(len(p))-1 > b.left {
		p = p[:b.left+1]
	}
	n, err := b.from.Read(p)
	switch {
	case int64(n) > b.left:
		n = int(b.left)
		b.err = tooLarge(b.limit, fmt.Errorf("%s sent more than %d bytes", b.host, b.limit))
	case err != nil && !errors.Is(err, io.EOF):
		b.err = transferError(b.ctx, b.host, err)
	default:
		b.err = err
	}
	b.left -= int64(n)
	return n, b.err
}

// Close ends the transfer.
func (b *body) Close() error { return b.from.Close() }
