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
	Pages    Pages            // the pages that are wanted
	Options  document.Options // of the structure
	// Opened gets what is known of the document before its first page is given;
	// it may be nil. ReadDocument does not call it.
	Opened func(document.Info)
	// Records takes those of all pages, for jobs whose source this one is; it
	// gets nothing when not all are wanted, and may be nil.
	Records io.Writer
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
	summary := document.Summary{}
	info, adopted, err := r.adoptFor(how)
	switch {
	case err != nil:
	case adopted:
		summary, err = pool.Build(ctx, r.all(), how.Options, out)
	default:
		info, err = read(t, how, r, func(file io.Reader, request sandbox.ReadRequest, begin func(document.Info) error, page func(int, []byte) error) (err error) {
			all := sandbox.ParseRequest{ReadRequest: request, Options: how.Options}
			if r.saved > 0 {
				all.Before = r.all()
			}
			if len(how.Pages) > 0 {
				all.Wanted = how.Pages.Has
			}
			summary, err = pool.Parse(ctx, file, all, begin, page, out)
			return err
		})
	}
	if err != nil {
		return info, summary, Again(err)
	}
	if how.Records != nil && len(how.Pages) == 0 {
		if err := r.keep(info, how.Records); err != nil {
			return info, summary, err
		}
	}
	return info, summary, nil
}

// readPages has the wanted pages read that are not among the records yet,
// unless the job's source has read them.
func readPages(ctx context.Context, pool *sandbox.Pool, t *Task, how Reading, r *records) (document.Info, error) {
	info, adopted, err := r.adoptFor(how)
	if adopted || err != nil {
		return info, err
	}
	return read(t, how, r, func(file io.Reader, request sandbox.ReadRequest, begin func(document.Info) error, page func(int, []byte) error) error {
		return pool.Read(ctx, file, request, begin, page)
	})
}

// reader is a way to have the sandbox read a document.
type reader func(file io.Reader, request sandbox.ReadRequest, begin func(document.Info) error, page func(int, []byte) error) error

// read has the pages that are not among the records yet read in that way, adds
// them to the records and tells the progress.
func read(t *Task, how Reading, r *records, by reader) (info document.Info, err error) {
	in := t.Inputs[0]
	file, err := t.Open(0)
	if err != nil {
		return info, fmt.Errorf("open %s: %w", in.File.Name, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	progress := job.Progress{Stage: "reading", TotalFiles: len(t.Inputs)}
	tell := func(page int) {
		progress.PagesCompleted, _ = how.Pages.within(page)
		progress.Percentage = min(99, 100*progress.PagesCompleted/max(progress.TotalPages, 1))
		if progress.PagesCompleted < progress.TotalPages {
			progress.Message = fmt.Sprintf("Processing page %d of %d", progress.PagesCompleted+1, progress.TotalPages)
		}
		t.Progress(progress)
	}
	request := how.request(in, r.pages+1)
	begin := func(opened document.Info) error {
		info = opened
		if err := how.takes(opened); err != nil {
			return err
		}
		progress.TotalPages, _ = how.Pages.within(opened.Pages)
		if progress.TotalPages == 0 && len(how.Pages) > 0 {
			return job.Errorf(job.Unreadable, job.Facts{"reason": fmt.Sprintf("page_range %s names none of its %d pages", how.Pages, opened.Pages)}, "no page is wanted")
		}
		tell(r.pages)
		return nil
	}
	take := func(page int, record []byte) error {
		if !how.Pages.Has(page) {
			record = nil
		}
		if err := r.add(page, record); err != nil {
			return err
		}
		tell(page)
		return nil
	}
	err = r.saving(func() error { return by(file, request, begin, take) })
	return info, err
}

// takes refuses a document of another format than the one that is taken.
func (how Reading) takes(opened document.Info) error {
	if how.Only == "" || opened.Format == how.Only {
		return nil
	}
	return job.Errorf(job.UnsupportedFormat, job.Facts{
		"detected": document.FormatName(opened.Format), "mime": opened.MIME, "allowed": []string{how.Only},
	}, "read pages of %s", opened.Format)
}

// request asks for the pages from first on, and from the first wanted one to
// the last; pages between that are not wanted are read and left out.
func (how Reading) request(in job.Input, first int) sandbox.ReadRequest {
	request := sandbox.ReadRequest{Size: in.File.Size, Name: in.Name, Password: how.Password, OCR: how.OCR, FirstPage: first}
	if n := len(how.Pages); n > 0 {
		request.FirstPage = max(first, how.Pages[0].First)
		request.MaxPages = max(1, how.Pages[n-1].Last-request.FirstPage+1)
	}
	return request
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
