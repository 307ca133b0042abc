package op

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/model"
	"docket/internal/sandbox"
)

// Asking is the work of a model on one document.
type Asking struct {
	*model.Session
	Pages []PageText
	Info  document.Info

	task     *Task
	pool     *sandbox.Pool
	password string
	blind    bool // the model cannot see pictures
}

// PageText is the text of a page.
type PageText struct {
	Number        int     // from 1
	Width, Height float64 // in points
	Tilt          float64 // of the page that the lines stand on, as in document.Page
	Lines         []Line
	Picture       bool // it has no text, but pictures on a good part of it
}

// pictured is the part of a page without text that pictures must cover to be
// worth a look.
const pictured = 0.2

func newPageText(p *document.Page) PageText {
	page := PageText{Number: p.Number, Width: p.Width, Height: p.Height, Tilt: p.Tilt, Lines: Lines(p)}
	if len(page.Lines) > 0 {
		return page
	}
	covered := 0.0
	for _, i := range p.Images {
		covered += i.Box.Width() * i.Box.Height()
	}
	page.Picture = covered >= pictured*p.Width*p.Height
	return page
}

// pictureDPI is the resolution at which a model sees pages.
const pictureDPI = 130

// See asks about one page that has no text, with its picture. It says whether
// the model has seen it: not after it has turned out that it cannot see.
func (a *Asking) See(ctx context.Context, page *PageText, ask func(png []byte) error) (seen bool, err error) {
	if !page.Picture || a.blind {
		return false, nil
	}
	in := a.task.Inputs[0].File
	file, err := a.task.Open(0)
	if err != nil {
		return false, fmt.Errorf("open %s: %w", in.Name, err)
	}
	var png bytes.Buffer
	err = a.pool.Render(ctx, file, sandbox.RenderRequest{Size: in.Size, Password: a.password, Page: page.Number, DPI: pictureDPI}, &png)
	if err := errors.Join(err, file.Close()); err != nil {
		return false, Again(err)
	}
	if err := ask(png.Bytes()); errors.Is(err, model.ErrNoPictures) {
		a.blind = true
		return false, nil
	} else if err != nil {
		return false, err
	}
	return true, nil
}

// Unseen is the warning for pages without text whose pictures the model could
// not see.
const Unseen = "pictures_not_read"

// Warnings are those of a document that the model was asked about: that it has
// no text, when nothing was read of it, and that pictures were not seen.
func (a *Asking) Warnings(read bool) []string {
	var all []string
	if !read {
		all = append(all, document.NoText)
	}
	if a.blind {
		all = append(all, Unseen)
	}
	return all
}

// readPart is the part of the progress that reading is, in per cent.
const readPart = 10

// Ask reads the task's one document for a model. Errors are those of ReadPages
// and, of code ModelError, that the document is more than the budget allows.
func Ask(ctx context.Context, pool *sandbox.Pool, remote *model.Remote, t *Task, how Reading) (*Asking, error) {
	spent := t.Tokens
	if spent == nil {
		spent = &job.Tokens{}
	}
	a := &Asking{Session: remote.Begin(spent), task: t, pool: pool, password: how.Password}
	reading := *t
	reading.Progress = func(p job.Progress) {
		// A page is done when the model has seen it.
		p.PagesCompleted, p.Percentage, p.Message = 0, p.Percentage*readPart/100, ""
		t.Progress(p)
	}
	size := 0
	info, err := ReadPages(ctx, pool, &reading, how, func(p *document.Page) error {
		page := newPageText(p)
		for i := range page.Lines {
			size += len(page.Lines[i].Text())
		}
		a.Pages = append(a.Pages, page)
		return a.Fits(size)
	})
	a.Info = info
	return a, err
}

// Tell tells that the model has seen so many pages.
func (a *Asking) Tell(pages int) {
	total := max(a.Info.Pages, 1)
	p := job.Progress{
		Stage: "asking the model", TotalFiles: len(a.task.Inputs), TotalPages: a.Info.Pages, PagesCompleted: pages,
		Percentage: min(99, readPart+(100-readPart)*pages/total),
	}
	if pages < a.Info.Pages {
		p.Message = "Processing page " + itoa(pages+1) + " of " + itoa(a.Info.Pages)
	}
	a.task.Progress(p)
}

// Result is one by the model.
func (a *Asking) Result(summary any, warnings ...string) Result {
	used := a.Used()
	return Result{Method: string(ByModel), Model: a.Model(), Tokens: &used, Warnings: warnings, Summary: summary}
}

// Converse asks for an answer that use accepts. What use finds wrong is said
// to the model once, with its answer; use then gets the next one as the last,
// and what it says of that is not asked again. An answer that was cut for its
// length is ErrCut, and the error of a question that is too long for the model
// wraps it.
func (a *Asking) Converse(ctx context.Context, r model.Request, use func(answer *model.Answer, last bool) (wrong []string)) error {
	answer, err := a.complete(ctx, r)
	if err != nil {
		return err
	}
	wrong := use(&answer, false)
	if len(wrong) == 0 {
		return nil
	}
	r.Turns = append(r.Turns, model.Turn{FromModel: true, Text: answer.Text}, model.Turn{Text: repairText(wrong)})
	if answer, err = a.complete(ctx, r); err != nil {
		return err
	}
	use(&answer, true)
	return nil
}

func (a *Asking) complete(ctx context.Context, r model.Request) (model.Answer, error) {
	answer, err := a.Complete(ctx, r)
	switch {
	case errors.Is(err, model.ErrTooLong):
		err = errors.Join(err, ErrCut)
	case err == nil && answer.Cut:
		err = ErrCut
	}
	return answer, err
}
