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

// Reading says how a document is read.
type Reading struct {
	Only     string           // the one format that is taken, such as document.FormatPDF; empty for all
	Password string           // of an encrypted document
	OCR      sandbox.OCR      // on which pages text in pictures is recognized
	Options  document.Options // of the structure
}

// ReadDocument has the task's one document read and its structure built, and
// writes a line of JSON, a document.Chunk, for each chunk to out; each is one
// Write. Pages that an earlier attempt has read are not read again. Progress
// counts pages.
func ReadDocument(ctx context.Context, pool *sandbox.Pool, t *Task, how Reading, out io.Writer) (document.Info, document.Summary, error) {
	r, err := newRecords(t)
	if err != nil {
		return document.Info{}, document.Summary{}, err
	}
	info, err := readPages(ctx, pool, t, how, r)
	if err != nil {
		return info, document.Summary{}, Again(err)
	}
	summary, err := pool.Build(ctx, r.all(), how.Options, out)
	if err != nil {
		return info, summary, Again(err)
	}
	return info, summary, nil
}

// readPages has the pages read that are not among the records yet.
func readPages(ctx context.Context, pool *sandbox.Pool, t *Task, how Reading, r *records) (info document.Info, err error) {
	in := t.Inputs[0]
	file, err := t.Open(0)
	if err != nil {
		return info, fmt.Errorf("open %s: %w", in.File.Name, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	progress := job.Progress{Stage: "reading", TotalFiles: len(t.Inputs)}
	tell := func(page int) {
		progress.PagesCompleted = page
		progress.Percentage = min(99, 100*page/max(progress.TotalPages, 1))
		if page < progress.TotalPages {
			progress.Message = fmt.Sprintf("Processing page %d of %d", page+1, progress.TotalPages)
		}
		t.Progress(progress)
	}
	request := sandbox.ReadRequest{Size: in.File.Size, Name: in.Name, Password: how.Password, OCR: how.OCR, FirstPage: r.pages + 1}
	err = pool.Read(ctx, file, request,
		func(opened document.Info) error {
			info = opened
			if how.Only != "" && opened.Format != how.Only {
				return job.Errorf(job.UnsupportedFormat, job.Facts{
					"detected": document.FormatName(opened.Format), "mime": opened.MIME, "allowed": []string{how.Only},
				}, "read pages of %s", opened.Format)
			}
			progress.TotalPages = opened.Pages
			tell(r.pages)
			return nil
		},
		func(page int, record []byte) error {
			if err := r.add(record); err != nil {
				return err
			}
			tell(page)
			return nil
		})
	return info, err
}

// Again marks an error of the sandbox that may not happen a second time.
func Again(err error) error {
	if !errors.Is(err, sandbox.ErrDied) || errors.Is(err, ErrAgain) {
		return err
	}
	if e, ok := errors.AsType[*job.Error](err); ok {
		return &job.Error{Code: e.Code, Facts: e.Facts, Err: errors.Join(ErrAgain, e.Err)}
	}
	return errors.Join(ErrAgain, err)
}
