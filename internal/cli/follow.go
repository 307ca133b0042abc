package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"docket/client"
)

// jobState is what a client knows of a job; the body of any route has some of
// it.
type jobState struct {
	ID        string `json:"job_id"`
	Status    string `json:"status"`
	Operation string `json:"operation"`
	Name      string `json:"file_name"`
	PDFName   string `json:"pdf_name"`
	CreatedAt string `json:"created_at"`
	StartedAt string `json:"started_at"`
	EndedAt   string `json:"completed_at"`
	Tags      []string
	Progress  progress `json:"progress"`
	Details   *struct {
		Type    string `json:"error_type"`
		Message string `json:"message"`
	} `json:"error_details"`
	Warnings []string `json:"warnings"`
}

type progress struct {
	Percentage int    `json:"percentage"`
	Stage      string `json:"stage"`
	Message    string `json:"message"`
	Pages      int    `json:"pages_completed"`
	PagesTotal int    `json:"total_pages"`
	Files      int    `json:"files_completed"`
	FilesTotal int    `json:"total_files"`
	Position   *int   `json:"queue_position"`
	ETA        *int   `json:"eta_seconds"`
}

// UnmarshalJSON takes the progress of a batch's job too, which is a number.
func (p *progress) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &p.Percentage) == nil {
		return nil
	}
	type object progress
	return json.Unmarshal(b, (*object)(p))
}

func (j jobState) name() string {
	if j.Name != "" {
		return j.Name
	}
	return j.PDFName
}

// final says that the job has ended, or is not there to end.
func (j jobState) final() bool {
	return slices.Contains([]string{"completed", "failed", "cancelled", "not_found", "forbidden"}, j.Status)
}

// more is what there is to say beside the state.
func (j jobState) more() string {
	switch {
	case j.Details != nil:
		return j.Details.Message
	case j.Status == "processing":
		return strings.TrimRight(fmt.Sprintf("%d %%, %s", j.Progress.Percentage, j.pages()), ", ")
	case j.Status == "queued" && j.Progress.Position != nil:
		return fmt.Sprintf("%d ahead", *j.Progress.Position)
	}
	return span(j.StartedAt, j.EndedAt)
}

// pages says how far a running job is.
func (j jobState) pages() string {
	switch p := j.Progress; {
	case p.PagesTotal > 0:
		return fmt.Sprintf("page %d of %d", p.Pages, p.PagesTotal)
	case p.FilesTotal > 1:
		return fmt.Sprintf("file %d of %d", p.Files, p.FilesTotal)
	default:
		return p.Stage
	}
}

// Limits of GET /jobs/status, and how often it is asked: soon at first, then
// within the usual rate of 100 a minute.
const (
	manyAtOnce = 100
	firstPause = 200 * time.Millisecond
	lastPause  = 2 * time.Second
)

// states reads many jobs, in the order asked.
func (r *remote) states(ctx context.Context, ids []string) ([]jobState, error) {
	var all []jobState
	for part := range slices.Chunk(ids, manyAtOnce) {
		var answer struct{ Jobs []jobState }
		q := url.Values{"job_ids": {strings.Join(part, ",")}, "include_progress": {"true"}}
		if _, err := r.get(ctx, "/jobs/status", q, &answer); err != nil {
			return nil, err
		}
		all = append(all, answer.Jobs...)
	}
	return all, nil
}

// follow tells saw the state of each job, again whenever it may have changed,
// until all have ended: of one as the server tells it, of many by asking for
// all of them at once.
func (r *remote) follow(ctx context.Context, ids []string, saw func(jobState) error) error {
	if len(ids) == 1 {
		if over, err := r.watch(ctx, ids[0], saw); over || err != nil {
			return err
		}
	}
	return r.poll(ctx, ids, saw)
}

// watch follows one job by the server's stream, or by whatever way comes
// through. What is told last lacks some of what there is to say of a job that
// has ended, so the end is left to who polls; over says that it was the end
// from the beginning.
func (r *remote) watch(ctx context.Context, id string, saw func(jobState) error) (over bool, err error) {
	states, err := r.states(ctx, []string{id})
	if err != nil || len(states) == 0 {
		return false, err
	}
	now := states[0]
	if now.final() {
		return true, saw(now)
	}
	for update, err := range r.client.Watch(ctx, id) {
		if e, ok := errors.AsType[*client.Error](err); ok && (e.Status == http.StatusNotFound || e.Status == http.StatusForbidden) {
			return false, nil // a job that was deleted has ended too
		}
		if err != nil {
			return false, r.words(ctx, err)
		}
		if _, err := decode(update, &now); err != nil {
			return false, err
		}
		if now.ID = id; now.final() {
			return false, nil
		}
		if err := saw(now); err != nil {
			return false, err
		}
	}
	return false, nil
}

// poll asks until all jobs have ended.
func (r *remote) poll(ctx context.Context, ids []string, saw func(jobState) error) error {
	pause := firstPause
	for open := slices.Clone(ids); ; {
		states, err := r.states(ctx, open)
		if err != nil {
			return err
		}
		open = open[:0]
		for _, j := range states {
			if err := saw(j); err != nil {
				return err
			}
			if !j.final() {
				open = append(open, j.ID)
			}
		}
		if len(open) == 0 {
			return nil
		}
		if err := sleep(ctx, pause*time.Duration(1+len(open)/manyAtOnce)); err != nil {
			return err
		}
		pause = min(pause*5/4, lastPause)
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// await follows jobs under bars, and prints a line for each that ends, or at
// every change of its state. The error says whether one has not completed.
func (s *screen) await(ctx context.Context, r *remote, jobs []jobState, everyChange bool) error {
	known := map[string]jobState{}
	var all []string
	for _, j := range jobs {
		if _, again := known[j.ID]; !again {
			all = append(all, j.ID)
		}
		known[j.ID] = j
	}
	s.align(jobs)
	b := s.startBars(len(all))
	defer b.stop()
	told, bad := map[string]string{}, ""
	err := r.follow(ctx, all, func(j jobState) error {
		if before := known[j.ID]; j.Name == "" {
			j.Name = before.name()
		}
		b.saw(j)
		if told[j.ID] == j.Status || (!everyChange && !j.final()) {
			return nil
		}
		told[j.ID] = j.Status
		if j.final() && j.Status != "completed" && (bad == "" || j.Status == "failed") {
			bad = j.Status
		}
		return s.ended(ctx, r, j)
	})
	switch {
	case err != nil:
		if ctx.Err() != nil {
			b.stop()
			s.note("the jobs go on without this command: docket jobs wait " + ids(jobs))
		}
		return err
	case bad == "not_found":
		return &refusal{status: http.StatusNotFound, message: "a job is not there"}
	case bad == "forbidden":
		return &refusal{status: http.StatusForbidden, message: "a job belongs to another account"}
	case bad != "":
		return errJobs
	}
	return nil
}

// ended prints a job that has come so far.
func (s *screen) ended(ctx context.Context, r *remote, j jobState) error {
	if !s.asJSON {
		return s.say("%s", s.jobLine(j))
	}
	body, err := r.get(ctx, "/jobs/"+url.PathEscape(j.ID), url.Values{"dialect": {"jobs"}}, nil)
	if _, refused := errors.AsType[*refusal](err); refused { // deleted, or another's
		b, encodeErr := json.Marshal(map[string]any{"job_id": j.ID, "status": j.Status, "error_details": j.Details})
		body, err = b, encodeErr
	}
	if err != nil {
		return err
	}
	return s.raw(body)
}
