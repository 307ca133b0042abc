package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"docket/internal/job"
	"docket/internal/op"
)

const (
	journalVersion = 2001
	pageOfJobs     = 100
	// maxKept is the size in bytes up to which a result goes through the
	// journal; a larger one is written from the job to the file.
	maxKept = 1 << 20
	// Most jobs that a format can hold: a zip has a directory, and a sheet of a
	// workbook an end.
	maxZipped = 200_000
	maxRows   = 1<<20 - 1
)

// entry is a line of the journal: one job.
type entry struct {
	ID      job.ID       `json:"id"`
	Item    item         `json:"item"`
	Kept    bool         `json:"kept,omitempty"`  // the result is in the item, or below
	Text    string       `json:"text,omitempty"`  // the result as Markdown
	Cells   []cell       `json:"cells,omitempty"` // the result as cells of a table
	Inputs  []string     `json:"inputs,omitempty"`
	Missing *job.Failure `json:"missing,omitempty"`
}

// item is a job as a line of an export shows it.
type item struct {
	JobID       string            `json:"job_id"`
	Operation   job.Operation     `json:"operation"`
	Status      job.Status        `json:"status"`
	FileName    string            `json:"file_name,omitempty"`
	CreatedAt   string            `json:"created_at"`
	CompletedAt string            `json:"completed_at"`
	BatchID     string            `json:"batch_id,omitempty"`
	Tags        []string          `json:"tags"`
	Metadata    json.RawMessage   `json:"metadata,omitempty"`
	Result      json.RawMessage   `json:"result,omitempty"`
	Details     *job.ErrorDetails `json:"error_details,omitempty"`
}

func itemOf(j job.Job) item {
	v := j.View(job.TypeID, job.JobsWords)
	return item{
		JobID: v.JobID, Operation: j.Operation, Status: j.Status, FileName: v.PDFName, CreatedAt: v.CreatedAt, CompletedAt: v.CompletedAt,
		BatchID: v.BatchID, Tags: v.Tags, Metadata: v.Metadata, Details: v.ErrorDetails,
	}
}

// state is where the collection is.
type state struct {
	Past    job.Mark `json:"past"`
	Jobs    int      `json:"jobs"`
	Results int      `json:"results"`
	Total   int64    `json:"total"`
	Columns []string `json:"columns,omitempty"` // of a table, in the order of their first use
}

// collection reads the results of jobs into the journal.
type collection struct {
	task    *op.Task
	p       Parameters
	journal *op.Journal
	state   state
}

// collect reads on where an earlier attempt has stopped.
func collect(ctx context.Context, t *op.Task, p Parameters) (*collection, error) {
	c := &collection{task: t, p: p}
	var err error
	if c.journal, err = op.OpenJournal(t, journalVersion, &c.state); err != nil {
		return nil, err
	}
	filter, err := p.Filter.of(t.Job, t.Inputs)
	if err != nil {
		return nil, err
	}
	if err := c.count(filter); err != nil {
		return nil, err
	}
	for filter.Limit = pageOfJobs; ; {
		filter.Past = c.state.Past
		jobs, err := t.Jobs(filter)
		if err != nil {
			return nil, fmt.Errorf("list jobs: %w", errors.Join(op.ErrAgain, err))
		}
		for _, j := range jobs {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			if err := c.add(j); err != nil {
				return nil, err
			}
		}
		if len(jobs) < filter.Limit {
			return c, nil
		}
	}
}

// count finds how many jobs there are, once, and refuses more than the format
// can hold.
func (c *collection) count(f job.Filter) (err error) {
	if c.state.Total > 0 {
		return nil
	}
	if c.state.Total, err = c.task.Count(f); err != nil {
		return fmt.Errorf("count jobs: %w", errors.Join(op.ErrAgain, err))
	}
	most := map[job.Format]int64{job.FormatZip: maxZipped, job.FormatXLSX: maxRows}[c.p.Format]
	if most > 0 && c.state.Total > most {
		return job.Errorf(job.ResourceLimit, job.Facts{"limit": "jobs", "jobs": c.state.Total, "max": most}, "export of %d jobs", c.state.Total)
	}
	return nil
}

func (c *collection) add(j job.Job) error {
	e, err := c.read(j)
	if err != nil {
		return fmt.Errorf("read job %s: %w", j.ID, err)
	}
	if err := c.journal.Add(e); err != nil {
		return err
	}
	c.state.Past = job.Mark{At: j.CreatedAt, ID: j.ID}
	c.state.Jobs++
	if j.Status == job.Completed && e.Missing == nil {
		c.state.Results++
	}
	c.task.Progress(job.Progress{
		Stage: "collecting", FilesCompleted: c.state.Jobs, TotalFiles: int(max(c.state.Total, int64(c.state.Jobs))),
		Percentage: int(80 * int64(c.state.Jobs) / max(c.state.Total, int64(c.state.Jobs))),
		Message:    fmt.Sprintf("Collected %d of %d results", c.state.Jobs, c.state.Total),
	})
	if c.journal.Full() {
		return c.journal.Save(c.state)
	}
	return nil
}

// read takes what the format needs of a job.
func (c *collection) read(j job.Job) (entry, error) {
	e := entry{ID: j.ID, Item: itemOf(j)}
	if c.p.Documents {
		for _, in := range j.Inputs {
			e.Inputs = append(e.Inputs, in.Name)
		}
	}
	if j.Status != job.Completed {
		return e, nil
	}
	var err error
	switch c.p.Format {
	case job.FormatMarkdown:
		err = c.readText(j, &e)
	case job.FormatCSV, job.FormatXLSX:
		err = c.readCells(j, &e)
	default:
		e.Item.Result, e.Kept, err = c.result(j.ID)
	}
	if gone(err) {
		e.Missing = &job.Failure{Code: job.ResultGone}
		return e, nil
	}
	return e, err
}

// gone says that a job was deleted while it was about to be read.
func gone(err error) bool {
	return job.CodeOf(err) == job.NotFound || job.CodeOf(err) == job.ResultGone
}

// result reads a result as JSON; false when it is too long to be kept.
func (c *collection) result(id job.ID) (json.RawMessage, bool, error) {
	b := bounded{most: maxKept}
	err := c.task.Result(id, job.FormatJSON, &b)
	if b.over || err != nil {
		return nil, false, b.excuse(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b.buffer.Bytes()); err != nil {
		return nil, false, fmt.Errorf("read the result: %w", err)
	}
	return compact.Bytes(), true, nil
}

// readText reads a result as Markdown; one of an operation without that format
// is a block of JSON.
func (c *collection) readText(j job.Job, e *entry) error {
	b := bounded{most: maxKept}
	err := c.task.Result(j.ID, job.FormatMarkdown, &b)
	if job.CodeOf(err) == job.InvalidRequest && !b.over {
		var result json.RawMessage
		result, e.Kept, err = c.result(j.ID)
		e.Text = "```json\n" + string(result) + "\n```"
		return err
	}
	if b.over || err != nil {
		return b.excuse(err)
	}
	e.Text, e.Kept = b.buffer.String(), true
	return nil
}

// bounded takes no more than it may. The buffer is no embedded one, whose
// other ways to be written to know no bound.
type bounded struct {
	buffer bytes.Buffer
	most   int
	over   bool
}

var _ io.Writer = (*bounded)(nil)

var errOver = errors.New("longer than what is kept")

func (b *bounded) Write(p []byte) (int, error) {
	if room := b.most - b.buffer.Len(); len(p) > room {
		b.over = true
		n, _ := b.buffer.Write(p[:room])
		return n, errOver
	}
	return b.buffer.Write(p)
}

// excuse is err, unless it is only that there was too much.
func (b *bounded) excuse(err error) error {
	if b.over {
		return nil
	}
	return err
}
