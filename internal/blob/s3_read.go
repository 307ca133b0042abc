package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/minio/minio-go/v7"

	"docket/internal/job"
)

const (
	// idleTime is how long one read waits for bytes, or an answer for its
	// beginning.
	idleTime = 15 * time.Second
	// readPause is the pause before an object is asked for again, doubled with
	// every try.
	readPause = 200 * time.Millisecond
)

// errStalled is a server that says nothing, and does not close the connection.
var errStalled = errors.New("nothing comes any more")

// s3Reader reads an object from its beginning. When the connection breaks it
// goes on from where it was.
type s3Reader struct {
	driver *s3Driver
	name   string
	ctx    context.Context //nolint:containedctx // it reads for as long as its reader wants it
	body   io.ReadCloser   // nil while there is none
	cancel context.CancelFunc
	at     int64 // of size
	size   int64
	failed int // times in a row
}

func (d *s3Driver) open(ctx context.Context, name string) (io.ReadCloser, error) {
	r := &s3Reader{driver: d, name: name, ctx: ctx, size: -1}
	if err := r.connect(); err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if gone(err) {
			return nil, job.Errorf(job.ResultGone, nil, "no blob %s", name)
		}
		return nil, fmt.Errorf("open blob %s: %w", name, d.failed(err))
	}
	return r, nil
}

// connect asks for what has not been read yet.
func (r *s3Reader) connect() error {
	var o minio.GetObjectOptions
	if r.at > 0 {
		if err := o.SetRange(r.at, 0); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(r.ctx)
	stalled := time.AfterFunc(idleTime, cancel)
	body, info, _, err := r.driver.core.GetObject(ctx, r.driver.options.Bucket, r.driver.key(r.name), o)
	if !stalled.Stop() && err != nil {
		err = errStalled
	}
	if err != nil {
		cancel()
		return err
	}
	if r.size < 0 {
		r.size = info.Size
	}
	r.body, r.cancel = body, cancel
	r.driver.away.Store(false)
	return nil
}

// Read reads on, also over a connection that broke.
func (r *s3Reader) Read(p []byte) (int, error) {
	for {
		n, err := r.read(p)
		if n > 0 {
			r.failed = 0
			return n, nil
		}
		if err == nil {
			continue
		}
		if errors.Is(err, io.EOF) && r.at >= r.size {
			return 0, io.EOF
		}
		if r.ctx.Err() != nil {
			return 0, context.Cause(r.ctx)
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if r.failed++; r.failed >= tries {
			return 0, fmt.Errorf("read blob %s after %d of %d bytes: %w", r.name, r.at, r.size, r.driver.failed(err))
		}
		select {
		case <-time.After(readPause << (r.failed - 1)):
		case <-r.ctx.Done():
		}
	}
}

// read reads from the connection there is, or a new one.
func (r *s3Reader) read(p []byte) (int, error) {
	if r.at == r.size {
		return 0, io.EOF
	}
	if r.body == nil {
		if err := r.connect(); err != nil {
			return 0, err
		}
	}
	stalled := time.AfterFunc(idleTime, r.cancel)
	n, err := r.body.Read(p)
	if !stalled.Stop() && err != nil {
		err = errStalled
	}
	r.at += int64(n)
	if err != nil {
		_ = r.Close() // it was only read
	}
	return n, err
}

// Close ends the connection.
func (r *s3Reader) Close() error {
	if r.body == nil {
		return nil
	}
	r.cancel()
	err := r.body.Close()
	r.body = nil
	return err
}
