package op

import (
	"context"
	"errors"
	"fmt"
	"io"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/sandbox"
)

// maxPageBytes bounds the record of a page that is decoded outside the
// sandbox. The longest page a reader lets through stays well below it.
const maxPageBytes = 16 << 20

// ReadPages has the task's one document read and calls each for every page in
// order, with the words as they stand on it; a page is valid until each
// returns. Pages that an earlier attempt has read are not read again. Progress
// counts pages. Errors of each are returned as they are.
func ReadPages(ctx context.Context, pool *sandbox.Pool, t *Task, how Reading, each func(*document.Page) error) (document.Info, error) {
	r, err := newRecords(t)
	if err != nil {
		return document.Info{}, err
	}
	info, err := readPages(ctx, pool, t, how, r)
	if err != nil {
		return info, Again(err)
	}
	if how.Opened != nil {
		how.Opened(info)
	}
	n := 0
	for record, err := range r.all() {
		n++
		if err != nil {
			return info, err
		}
		if ctx.Err() != nil {
			return info, context.Cause(ctx)
		}
		if len(record) > maxPageBytes {
			return info, job.Errorf(job.ResourceLimit, job.Facts{"limit": "memory", "page": n}, "record of %d bytes", len(record))
		}
		page, err := pageOf(record)
		if err != nil {
			return info, fmt.Errorf("decode page %d: %w", n, err)
		}
		if err := each(page); err != nil {
			return info, err
		}
	}
	return info, nil
}

// pageOf gives the words of a page of either kind with their places.
func pageOf(record []byte) (*document.Page, error) {
	if !document.IsFlow(record) {
		return document.DecodePage(record)
	}
	f, err := document.DecodeFlow(record)
	if err != nil {
		return nil, err
	}
	return f.Page(), nil
}

// SplitDocument writes new files of the pages of the task's one document; out
// begins file n, counted from 0. Errors are those of the sandbox's Split.
func SplitDocument(ctx context.Context, pool *sandbox.Pool, t *Task, password string, pages [][]int, out func(n int) (io.WriteCloser, error)) (err error) {
	in := t.Inputs[0]
	file, err := t.Open(0)
	if err != nil {
		return fmt.Errorf("open %s: %w", in.File.Name, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return Again(pool.Split(ctx, file, sandbox.SplitRequest{Size: in.File.Size, Password: password, Files: pages}, out))
}
