// Package split cuts a PDF into one file for each category of its pages.
package split

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/model"
	"docket/internal/op"
	"docket/internal/sandbox"
)

// resultFile is the result beside the new files: a list of File as JSON.
const resultFile = "split.json"

// Operation splits documents in the children of a pool.
type Operation struct {
	pool   *sandbox.Pool
	remote *model.Remote
}

// New makes the operation. Without a model, which is nil then, it goes by the
// words on the pages.
func New(pool *sandbox.Pool, remote *model.Remote) *Operation {
	return &Operation{pool: pool, remote: remote}
}

// Name is split.
func (*Operation) Name() job.Operation { return job.Split }

// Parameters are what a client says about a split. // contract C7
type Parameters struct {
	Categories []op.Category `json:"categories"`
	// EnableReordering joins pages of one category that do not follow each
	// other.
	EnableReordering bool      `json:"enable_reordering,omitempty"`
	Method           op.Method `json:"method,omitempty"`
	Password         string    `json:"password,omitempty"` // of an encrypted document
}

// remedy names what the operation takes.
const remedy = "The parameters of split are `categories` (array of {name, description}), `enable_reordering` (boolean), `method` (model or heuristic) and `password` (string)."

// Check refuses parameters that are not known with code InvalidRequest, and
// missing or malformed categories with InvalidConditions.
func (o *Operation) Check(parameters json.RawMessage) (json.RawMessage, error) {
	var raw struct {
		Categories       json.RawMessage `json:"categories"`
		EnableReordering bool            `json:"enable_reordering"`
		Method           op.Method       `json:"method"`
		Password         string          `json:"password"`
	}
	if err := op.DecodeParameters(parameters, &raw, remedy); err != nil {
		return nil, err
	}
	categories, method, err := op.CheckSorting(raw.Categories, raw.Method, o.remote)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(Parameters{Categories: categories, EnableReordering: raw.EnableReordering, Method: method, Password: raw.Password})
	if err != nil {
		return nil, fmt.Errorf("encode parameters: %w", err)
	}
	return b, nil
}

// File is one of the new files.
type File struct {
	Name       string  `json:"name"` // "Invoice.pdf"
	ID         string  `json:"file_id"`
	Category   string  `json:"category"`
	Pages      []int   `json:"pages"`      // of the source, from 1
	Confidence float64 `json:"confidence"` // mean of the pages', 0 to 1
}

// Summary is what is kept with the job of a split document.
type Summary struct {
	PageCount int      `json:"page_count"`
	Files     int      `json:"files"`
	Classes   []string `json:"classes"` // the categories asked for
}

// Run classifies the pages and writes the new files.
func (o *Operation) Run(ctx context.Context, t *op.Task) (op.Result, error) {
	var p Parameters
	if err := json.Unmarshal(t.Parameters, &p); err != nil {
		return op.Result{}, fmt.Errorf("decode parameters: %w", err)
	}
	asks, err := p.Method.Asks(o.remote)
	if err != nil {
		return op.Result{}, err
	}
	if asks {
		return o.ask(ctx, t, &p)
	}
	classifier := op.NewClassifier(p.Categories)
	var pages []page
	_, err = op.ReadPages(ctx, o.pool, t, op.Reading{Only: document.FormatPDF, Password: p.Password}, func(read *document.Page) error {
		lines := op.Lines(read)
		pages = append(pages, page{PageClass: classifier.Classify(lines), cue: newCue(lines, read.Height)})
		return nil
	})
	if err != nil {
		return op.Result{}, err
	}
	summary, err := o.finish(ctx, t, &p, pages, assign(pages, len(p.Categories)))
	return op.Result{Method: string(op.ByHeuristic), Warnings: warnings(pages), Summary: summary}, err
}

// ask has the model tell the categories of the pages.
func (o *Operation) ask(ctx context.Context, t *op.Task, p *Parameters) (op.Result, error) {
	asking, err := op.Ask(ctx, o.pool, o.remote, t, op.Reading{Only: document.FormatPDF, Password: p.Password})
	if err != nil {
		return op.Result{}, err
	}
	classes, err := asking.Classify(ctx, op.NewClassifier(p.Categories))
	if err != nil {
		return op.Result{}, err
	}
	pages := make([]page, len(classes))
	for i := range classes {
		pages[i].PageClass = classes[i]
	}
	summary, err := o.finish(ctx, t, p, pages, follow(pages))
	return asking.Result(summary, asking.Warnings(len(warnings(pages)) == 0)...), err
}

// finish writes the new files for pages of these categories.
func (o *Operation) finish(ctx context.Context, t *op.Task, p *Parameters, pages []page, classes []int) (Summary, error) {
	files := newFiles(t.Job, p.Categories, group(classes, p.EnableReordering), pages)
	t.Progress(job.Progress{
		Percentage: 99, TotalFiles: len(t.Inputs), TotalPages: len(pages), PagesCompleted: len(pages), Stage: "writing",
	})
	if err := o.write(ctx, t, p.Password, files); err != nil {
		return Summary{}, err
	}
	return Summary{PageCount: len(pages), Files: len(files), Classes: names(p.Categories)}, nil
}

func names(categories []op.Category) []string {
	all := make([]string, len(categories))
	for i, c := range categories {
		all[i] = c.Name
	}
	return all
}

func warnings(pages []page) []string {
	for _, p := range pages {
		if !p.NoText {
			return nil
		}
	}
	return []string{"no_text"}
}

// newFiles names the new files.
func newFiles(id job.ID, categories []op.Category, parts []part, pages []page) []File {
	taken := map[string]bool{}
	files := make([]File, len(parts))
	for i, part := range parts {
		name := fileName(categories[part.category].Name, taken)
		files[i] = File{
			Name: name, ID: fileID(id, name), Category: categories[part.category].Name,
			Pages: part.pages, Confidence: confidence(part, pages),
		}
	}
	return files
}

// confidence is the mean over the pages with text of how sure it is that each
// is of the part's category.
func confidence(p part, pages []page) float64 {
	sum, n := 0.0, 0
	for _, number := range p.pages {
		page := &pages[number-1]
		if page.NoText {
			continue
		}
		n++
		if page.Category == p.category {
			sum += page.Confidence
		}
	}
	if n == 0 {
		return 0
	}
	return math.Round(sum/float64(n)*1e4) / 1e4
}

func (o *Operation) write(ctx context.Context, t *op.Task, password string, files []File) error {
	pages := make([][]int, len(files))
	for i, f := range files {
		pages[i] = f.Pages
	}
	err := op.SplitDocument(ctx, o.pool, t, password, pages, func(n int) (io.WriteCloser, error) {
		return t.Create(files[n].Name)
	})
	if err != nil {
		return err
	}
	out, err := t.Create(resultFile)
	if err != nil {
		return fmt.Errorf("create the result: %w", err)
	}
	if err := json.NewEncoder(out).Encode(files); err != nil {
		return fmt.Errorf("write the result: %w", errors.Join(err, out.Close()))
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("store the result: %w", err)
	}
	return nil
}
