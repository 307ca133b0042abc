package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"docket/internal/job"
	"docket/internal/service"
)

// batchView is the answer of GET /jobs/batch/{id}. // contract A6, J13
type batchView struct {
	batchSummary
	Jobs []batchItem `json:"jobs"`
}

// batchItem has an integer for its progress, unlike any other place.
type batchItem struct {
	JobID     string            `json:"job_id"`
	AliasID   string            `json:"alias_id"`
	Status    string            `json:"status"`
	Operation job.Operation     `json:"operation"`
	FileName  string            `json:"file_name,omitempty"`
	Progress  *int              `json:"progress,omitempty"`
	Details   *job.ErrorDetails `json:"error_details,omitempty"`
}

const maxItems = 1000 // contract J13

// createBatch is POST /jobs/batch: a JSON object with jobs, or a form in which
// the field jobs names the file part of each item.
func (a *API) createBatch(r *http.Request, once *service.Once) (none service.Answer, err error) {
	parts := map[string]*service.Submission{}
	defer func() {
		for _, u := range parts {
			u.Discard()
		}
	}()
	f, err := a.readFields(r, maxItems, strictly(a.eachFile(parts, once)))
	if err != nil {
		return none, err
	}
	if err := f.only("jobs"); err != nil {
		return none, err
	}
	if err := asks(r, once, f); err != nil {
		return none, err
	}
	raws, err := batchItems(f)
	if err != nil {
		return none, err
	}
	items, used := a.readItems(r, raws, parts)
	defer func() {
		for _, item := range items {
			if item.Submission != nil {
				item.Submission.Discard()
			}
		}
	}()
	faulty := slices.ContainsFunc(items, func(i service.Item) bool { return i.Fault != nil })
	for name := range parts {
		if !used[name] && !faulty { // the fault may be why nobody names it
			return none, invalid(name, "it is a file that no item names", `Name it in an item: {"operation":"parse","file":"`+name+`"}`)
		}
	}
	return a.service.SubmitBatch(r.Context(), items, once, createdBatch(r, http.StatusAccepted))
}

// createdBatch tells of a new batch.
func createdBatch(r *http.Request, status int) service.ShowBatch {
	return func(b job.Batch, jobs []job.Job) (service.Answer, error) {
		p, err := batchPageOf(r)
		if err != nil {
			return service.Answer{}, err
		}
		from := min(p.offset, len(jobs))
		return answerJSON(status, p.view(b, jobs[from:min(from+p.limit, len(jobs))]))
	}
}

// eachFile makes every file of a form the document of a submission of its own.
func (a *API) eachFile(parts map[string]*service.Submission, once *service.Once) fileTaker {
	return func(field, name, mediaType string, body io.Reader) (bool, error) {
		if name == "" {
			return false, nil
		}
		if parts[field] != nil {
			return true, invalid(field, "two files have this name", "Give each file part a name of its own")
		}
		u, err := a.service.Begin(once)
		if err != nil {
			return true, err
		}
		parts[field] = u
		return true, uploadError(u.Input(name, mediaType, body))
	}
}

// readItems reads every item, with its fault if it has one, and says which of
// the file parts they name.
func (a *API) readItems(r *http.Request, raws []json.RawMessage, parts map[string]*service.Submission) (items []service.Item, used map[string]bool) {
	used = map[string]bool{}
	for _, raw := range raws {
		item, err := a.batchItem(r, raw, parts, used)
		item.Fault = err
		items = append(items, item)
	}
	return items, used
}

func batchItems(f *fields) ([]json.RawMessage, error) {
	raw, ok := f.raws["jobs"]
	if !ok {
		text, err := f.text("jobs")
		if err != nil {
			return nil, err
		}
		raw = json.RawMessage(text)
	}
	const example = `Send {"jobs":[{"operation":"parse","url":"https://…"}]}`
	if len(raw) == 0 {
		return nil, invalid("jobs", "it is missing", example)
	}
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, invalid("jobs", "it is not a JSON array", example)
	}
	if len(items) == 0 || len(items) > maxItems {
		return nil, invalid("jobs", fmt.Sprintf("it has %d items; a batch has 1 to %d", len(items), maxItems), "")
	}
	return items, nil
}

func (a *API) batchItem(r *http.Request, raw json.RawMessage, parts map[string]*service.Submission, used map[string]bool) (item service.Item, err error) {
	f := &fields{}
	if f.raws, err = object(raw); err != nil {
		return item, invalid("", "it is not a JSON object", "")
	}
	if err := f.only(append(specFields(), "file")...); err != nil {
		return item, err
	}
	names, err := f.list("file")
	if err != nil {
		return item, err
	}
	if item.Submission, err = a.itemDocuments(r.Context(), names, parts, used); err != nil {
		return item, err
	}
	item.Spec, err = a.jobSpec(r.Context(), f, item.Submission)
	return item, err
}

// itemDocuments makes a submission of the file parts that an item names.
func (a *API) itemDocuments(ctx context.Context, names []string, parts map[string]*service.Submission, used map[string]bool) (*service.Submission, error) {
	if len(names) == 0 {
		return a.service.Begin(nil)
	}
	for _, name := range names {
		switch {
		case parts[name] == nil:
			return nil, invalid("file", fmt.Sprintf("there is no file part called %q", plain(name, 100)), "Send the file in the same form, under that name")
		case used[name]:
			return nil, invalid("file", fmt.Sprintf("the file part %q is named before, here or in another item", plain(name, 100)), "Send it once for each item")
		}
		used[name] = true
	}
	first := parts[names[0]]
	for _, name := range names[1:] {
		if err := first.Append(ctx, parts[name]); err != nil {
			return nil, err
		}
	}
	return first, nil
}

// getBatch is GET /jobs/batch/{id}. // contract A6
func (a *API) getBatch(w http.ResponseWriter, r *http.Request) error {
	b, err := a.batch(r)
	if err != nil {
		return err
	}
	return a.showBatch(w, r, http.StatusOK, b)
}

// cancelBatch is POST /jobs/batch/{id}/cancel. // contract J22
func (a *API) cancelBatch(w http.ResponseWriter, r *http.Request) error {
	b, err := a.batch(r)
	if err != nil {
		return err
	}
	status := http.StatusAccepted
	switch before := b.Status(); {
	case before == job.Cancelled:
		status = http.StatusOK
	case before.Final():
		return &job.Error{Code: job.Conflict, Facts: job.Facts{"problem": "it is " + string(before) + " already"}}
	}
	if err := a.service.CancelBatch(r.Context(), b); err != nil {
		return err
	}
	if b, err = a.batch(r); err != nil {
		return err
	}
	return a.showBatch(w, r, status, b)
}

// rerunBatch is POST /jobs/batch/{id}/rerun: a new batch of the failed jobs.
func (a *API) rerunBatch(r *http.Request, once *service.Once) (service.Answer, error) {
	id, err := job.ParseBatchID(chi.URLParam(r, "id"))
	if err == nil {
		err = asks(r, once, nil)
	}
	if err != nil {
		return service.Answer{}, err
	}
	return a.service.RerunBatch(r.Context(), id, once, createdBatch(r, http.StatusCreated))
}

func (a *API) batch(r *http.Request) (job.Batch, error) {
	id, err := job.ParseBatchID(chi.URLParam(r, "id"))
	if err != nil {
		return job.Batch{}, err
	}
	return a.service.Batch(r.Context(), id)
}

func (a *API) showBatch(w http.ResponseWriter, r *http.Request, status int, b job.Batch) error {
	p, err := batchPageOf(r)
	if err != nil {
		return err
	}
	jobs, err := a.service.BatchJobs(r.Context(), b, p.limit, p.offset)
	if err != nil {
		return err
	}
	return writeJSON(w, status, p.view(b, jobs))
}

// batchPage is which of a batch's jobs are shown, and how.
type batchPage struct {
	limit, offset int
	withProgress  bool
}

func batchPageOf(r *http.Request) (p batchPage, err error) {
	if p.withProgress, err = queryBool(r, "include_progress", true); err != nil {
		return p, err
	}
	q := r.URL.Query()
	if p.limit, err = integer("limit", q.Get("limit"), maxItems, 1, maxItems); err != nil {
		return p, err
	}
	p.offset, err = integer("offset", q.Get("offset"), 0, 0, maxOffset)
	return p, err
}

func (p batchPage) view(b job.Batch, jobs []job.Job) batchView {
	v := batchView{batchSummary: summarize(b), Jobs: []batchItem{}}
	for _, j := range jobs {
		item := batchItem{JobID: j.ID.In(job.TypeID), AliasID: j.ID.In(job.UUID), Status: j.Status.In(job.JobsWords), Operation: j.Operation, Details: j.Details()}
		if len(j.Inputs) > 0 {
			item.FileName = j.Inputs[0].Name
		}
		if p.withProgress {
			item.Progress = &j.Progress.Percentage
		}
		v.Jobs = append(v.Jobs, item)
	}
	return v
}
