package service

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/op"
)

const (
	// maxHanded is how many documents a job may have once its sources have given
	// theirs.
	maxHanded = 1000
	// maxResultText is the largest result, in bytes of JSON, of which a text is
	// made.
	maxResultText = 16 << 20
)

// adoption is what an attempt takes over from the source of one input.
type adoption struct {
	service *Service
	job     job.Job
	n       int // of the input
	source  job.Job
	inputs  []job.Input
	small   []Small
}

// Adopt takes over, for the attempt, the documents of input n from its source:
// copies that are the job's own, so that the source can be deleted. The error
// is of code InputFailed when the source has none to give, ResourceLimit when
// they are too many.
func (s *Service) Adopt(ctx context.Context, j job.Job, n int) (inputs []job.Input, small []Small, err error) {
	id := j.Inputs[n].Source
	source, err := s.store.Job(ctx, id)
	if job.CodeOf(err) == job.NotFound {
		return nil, nil, lacking(job.Lacking(id, "deleted"))
	}
	if err != nil {
		return nil, nil, err
	}
	if f := source.Unusable(s.now()); f != nil {
		return nil, nil, lacking(f)
	}
	if source.Account != j.Account || source.Status != job.Completed {
		return nil, nil, job.Errorf(job.Internal, nil, "job %s may not be the source of %s", id, j.ID)
	}
	a := &adoption{service: s, job: j, n: n, source: source}
	if err = a.take(ctx); err == nil && !slices.ContainsFunc(a.inputs, job.Input.Here) {
		err = lacking(nothingHanded(id, a.inputs))
	}
	switch job.CodeOf(err) {
	case job.ResultGone:
		err = lacking(job.Lacking(id, "deleted"))
	case job.FileTooLarge:
		err = &job.Error{Code: job.ResourceLimit, Facts: job.Facts{"limit": "file_size", "bytes": s.settings.MaxFile}, Err: err}
	}
	if err != nil {
		for _, in := range a.inputs {
			s.remove(j.ID, in.Files()...)
		}
		return nil, nil, err
	}
	return a.inputs, a.small, nil
}

// take makes documents of the source's result, whatever it is.
func (a *adoption) take(ctx context.Context) error {
	switch {
	case a.source.Operation == job.WebCrawling && a.job.Operation == job.Import:
		return a.list(ctx)
	case a.source.Operation == job.WebCrawling:
		return a.pages(ctx)
	case op.HandsOn(a.source):
		return a.files(ctx)
	}
	return a.text(ctx)
}

// files copies those that the source hands on.
func (a *adoption) files(ctx context.Context) error {
	handed := op.Handed(a.source)
	if err := a.room(len(handed)); err != nil {
		return err
	}
	if !slices.ContainsFunc(handed, job.Input.Here) {
		return lacking(nothingHanded(a.source.ID, handed))
	}
	for i, in := range handed {
		mine := job.Input{Name: in.Name, Type: in.Type, SHA256: in.SHA256, Source: a.source.ID, Failure: in.Failure}
		var err error
		if in.Here() {
			mine.File, err = a.copy(ctx, in.File, a.name(i))
		}
		if err == nil && in.Pages != nil {
			var pages job.File
			pages, err = a.copy(ctx, *in.Pages, a.name(i)+".records")
			mine.Pages = &pages
		}
		a.inputs = append(a.inputs, mine)
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *adoption) copy(ctx context.Context, f job.File, name string) (job.File, error) {
	sealed, err := a.service.blobs.Copy(ctx, f, a.job.ID, a.job.Attempt, name)
	a.keep(sealed, err)
	return sealed.File, err
}

func (a *adoption) keep(sealed blob.Sealed, err error) {
	if err == nil && sealed.Inline != nil {
		a.small = append(a.small, *sealed.Inline)
	}
}

// name is what document i of the source is called in storage.
func (a *adoption) name(i int) string { return fmt.Sprintf("source-%d-%d", a.n, i) }

// room refuses a number of documents that is too large for one job.
func (a *adoption) room(n int) error {
	if n+len(a.job.Inputs)-1 <= maxHanded {
		return nil
	}
	return &job.Error{Code: job.ResourceLimit, Facts: job.Facts{"limit": "documents", "max": maxHanded}}
}

// pages makes a document of each page of a crawl.
func (a *adoption) pages(ctx context.Context) (err error) {
	file, err := a.crawled(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	for p, err := range op.CrawledPages(file) {
		if err == nil {
			err = a.room(len(a.inputs) + 1)
		}
		if err == nil {
			err = a.add(ctx, p.Name, "text/markdown", strings.NewReader(p.Content))
		}
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

func (a *adoption) crawled(ctx context.Context) (io.ReadCloser, error) {
	f, ok := a.source.Result.File(op.CrawlFile)
	if !ok {
		return nil, job.Errorf(job.ResultGone, nil, "job %s has no pages", a.source.ID)
	}
	return a.service.blobs.Open(ctx, f)
}

// add stores one document more.
func (a *adoption) add(ctx context.Context, name, mediaType string, content io.Reader) error {
	sealed, err := a.service.Take(ctx, a.job, a.name(len(a.inputs)), content)
	if err != nil {
		return err
	}
	a.keep(sealed, nil)
	a.inputs = append(a.inputs, job.Input{Name: name, Type: mediaType, SHA256: sealed.SHA256, File: sealed.File, Source: a.source.ID})
	return nil
}

// list makes one document of a crawl for an import: a line of JSON for each
// page.
func (a *adoption) list(ctx context.Context) (err error) {
	file, err := a.crawled(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	in, out := io.Pipe()
	go func() { _ = out.CloseWithError(writeList(out, file)) }() // it never fails
	err = a.add(ctx, "pages.jsonl", "application/x-ndjson", in)
	// Whoever writes must have stopped before the file is closed.
	_, _ = io.Copy(io.Discard, in)
	return err
}

// writeList writes the pages of a crawl as an import reads them.
func writeList(out io.Writer, file io.Reader) error {
	to := json.NewEncoder(out)
	for p, err := range op.CrawledPages(file) {
		if err == nil {
			err = to.Encode(map[string]any{"name": p.Name, "content": p.Content, "metadata": map[string]string{"url": p.URL}})
		}
		if err != nil {
			return fmt.Errorf("write the pages of a crawl: %w", err)
		}
	}
	return nil
}

// text makes one document of a result that is values.
func (a *adoption) text(ctx context.Context) error {
	result := &atMost{left: maxResultText}
	if err := a.service.RenderResult(ctx, result, a.source, job.FormatJSON, ""); err != nil {
		if result.left < 0 {
			return &job.Error{Code: job.ResourceLimit, Facts: job.Facts{"limit": "file_size", "bytes": maxResultText}, Err: err}
		}
		return err
	}
	content, err := op.ResultText(op.Works(a.source), result.buffer.Bytes())
	if err != nil {
		return fmt.Errorf("make a text of the result of job %s: %w", a.source.ID, err)
	}
	if strings.TrimSpace(content) == "" {
		return nil
	}
	return a.add(ctx, a.source.ID.In(job.TypeID)+".txt", "text/plain", strings.NewReader(content))
}

// atMost takes as much as there is room for.
type atMost struct {
	buffer bytes.Buffer
	left   int // bytes; below 0: there was more
}

func (b *atMost) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, fmt.Errorf("more than %d bytes", maxResultText)
	}
	return b.buffer.Write(p)
}

// nothingHanded is the failure of a job whose source has no document for it.
func nothingHanded(id job.ID, handed []job.Input) *job.Failure {
	if len(handed) > 0 {
		return handed[0].Failure
	}
	return job.Lacking(id, string(job.Completed))
}

func lacking(f *job.Failure) error { return &job.Error{Code: f.Code, Facts: f.Facts} }
