package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/service"
)

// platformJob is a job as the platform shows it. // contract D1
type platformJob struct {
	ID            string          `json:"id"`
	Type          job.Operation   `json:"type"`
	Status        string          `json:"status"`
	Progress      int             `json:"progress"`
	Result        json.RawMessage `json:"result,omitempty"`
	OriginalJobID string          `json:"originalJobId,omitempty"`
	CreatedAt     string          `json:"createdAt"`
	CompletedAt   string          `json:"completedAt,omitempty"`
}

// envelope is around every answer of the platform. // contract D
type envelope struct {
	Data  any            `json:"data"`
	Error *platformError `json:"error"`
}

// maxInlineResult is the size in bytes up to which a result is in the job's
// own answer. // contract J3
const maxInlineResult = 64 << 10

// getPlatformJob is GET /v1/api/jobs/{id}. // contract D1
func (a *API) getPlatformJob(w http.ResponseWriter, r *http.Request) error {
	j, fresh, err := a.watch(w, r)
	if err != nil || fresh {
		return err
	}
	v, err := a.viewPlatform(r, j, spelling(r))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, envelope{Data: v})
}

func (a *API) viewPlatform(r *http.Request, j job.Job, asked job.Spelling) (platformJob, error) {
	v := platformJob{
		ID: j.ID.In(asked), Type: j.Operation, Status: platformStatus(j.Status), Progress: j.Progress.Percentage,
		CreatedAt: j.CreatedAt.Format(job.Seconds), CompletedAt: stamp(j.FinishedAt, job.Seconds),
	}
	if !j.Original.IsZero() {
		v.OriginalJobID = j.Original.In(asked)
	}
	if !j.Status.Final() {
		return v, nil
	}
	var err error
	v.Result, err = a.platformResult(r, j)
	return v, err
}

// platformResult is there in every final state: the result itself, where to
// get it when it is large, or why there is none. // contract H126, J3
func (a *API) platformResult(r *http.Request, j job.Job) (json.RawMessage, error) {
	counters := map[string]any{}
	if j.Operation == job.DocumentProcessing {
		counters["documentsProcessed"], counters["errors"] = 0, 0
	}
	if f, failed := j.Reason(); failed {
		if j.Operation == job.DocumentProcessing && j.Status == job.Failed {
			counters["errors"] = len(j.Inputs)
		}
		counters["error"], counters["errorType"] = f.Message(), f.Code
		return json.Marshal(counters)
	}
	var b limitedBuffer
	err := a.service.RenderResult(r.Context(), &b, j, job.FormatJSON, a.base(r))
	if err == nil && !b.over {
		return b.buffer.Bytes(), nil
	}
	if err != nil && !b.over {
		return nil, fmt.Errorf("render result: %w", err)
	}
	if j.Operation == job.WebCrawling || j.Operation == job.BatchEmbedding {
		counters = scalars(j.Result.Summary)
	}
	counters["resultUrl"] = a.base(r) + "/jobs/" + j.ID.In(job.TypeID) + "/result"
	var files struct {
		Files []struct {
			Failure *job.Failure `json:"failure"`
		} `json:"files"`
	}
	if j.Operation == job.DocumentProcessing && json.Unmarshal(j.Result.Summary, &files) == nil {
		failed := 0
		for _, f := range files.Files {
			if f.Failure != nil {
				failed++
			}
		}
		counters["documentsProcessed"], counters["errors"] = len(files.Files)-failed, failed
	}
	return json.Marshal(counters)
}

// scalars are the counters of a summary, without what is below them.
func scalars(summary json.RawMessage) map[string]any {
	all := map[string]any{}
	if json.Unmarshal(summary, &all) != nil {
		return map[string]any{}
	}
	maps.DeleteFunc(all, func(_ string, v any) bool {
		switch v.(type) {
		case string, float64:
			return false
		}
		return true
	})
	return all
}

// limitedBuffer refuses what is more than may be inlined.
type limitedBuffer struct {
	buffer bytes.Buffer
	over   bool
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.buffer.Len()+len(p) > maxInlineResult {
		b.over = true
		return 0, fmt.Errorf("more than %d bytes", maxInlineResult)
	}
	return b.buffer.Write(p)
}

// platformStatus is the platform's word. // contract I4
func platformStatus(s job.Status) string {
	switch s {
	case job.AwaitingUpload, job.Queued:
		return "pending"
	case job.Processing:
		return "running"
	default:
		return string(s)
	}
}

// createPlatformJob is POST /v1/api/jobs: {type, parameters} as JSON, or as a
// form with files. // contract D, J22
func (a *API) createPlatformJob(r *http.Request, once *service.Once) (none service.Answer, err error) {
	submission, err := a.service.Begin(once)
	if err != nil {
		return none, err
	}
	defer submission.Discard()
	f, err := a.readFields(r, maxInputs, strictly(into(submission, maxInputs, "file")))
	if err != nil {
		return none, err
	}
	if err := f.only("type", "parameters", "file", "tags", "metadata", "expires_in"); err != nil {
		return none, err
	}
	if err := asks(r, once, f); err != nil {
		return none, err
	}
	spec, err := a.platformSpec(r, f, submission)
	if err != nil {
		return none, err
	}
	return submission.Submit(r.Context(), spec, a.createdPlatform(r))
}

func (a *API) platformSpec(r *http.Request, f *fields, submission *service.Submission) (job.Spec, error) {
	spec := job.Spec{Account: account.From(r.Context()).ID, Spelling: job.TypeID, Route: "/v1/api/jobs"}
	kind, err := f.text("type")
	if err != nil {
		return spec, err
	}
	spec.Operation = job.ParseOperation(plain(kind, 100))
	if !a.service.Has(spec.Operation) {
		problem := fmt.Sprintf("%q is not a type of job", plain(kind, 100))
		if kind == "" {
			problem = "it is missing"
		}
		return spec, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{"field": "type", "problem": problem, "allowed": a.service.Operations()}}
	}
	if spec.Parameters, err = f.object("parameters", maxParameter); err != nil {
		return spec, err
	}
	if spec.Parameters, err = a.addAddresses(r.Context(), &fields{}, spec, submission); err != nil {
		return spec, err
	}
	if spec.Metadata, err = f.object("metadata", maxMetadata); err != nil {
		return spec, err
	}
	if spec.Tags, err = f.tags(); err != nil {
		return spec, err
	}
	spec.Keep, err = f.keep()
	return spec, err
}

// createdPlatform tells of a new job.
func (a *API) createdPlatform(r *http.Request) func(job.Job) (service.Answer, error) {
	return func(j job.Job) (service.Answer, error) {
		v, err := a.viewPlatform(r, j, job.TypeID)
		if err != nil {
			return service.Answer{}, err
		}
		return answerJSON(http.StatusCreated, envelope{Data: v})
	}
}

// rerunPlatformJob is POST /v1/api/jobs/{id}/rerun. // contract D2
func (a *API) rerunPlatformJob(r *http.Request, once *service.Once) (service.Answer, error) {
	return a.rerun(r, nil, nil, once, a.createdPlatform(r))
}

// cancelPlatformJob is POST /v1/api/jobs/{id}/cancel. // contract J22
func (a *API) cancelPlatformJob(w http.ResponseWriter, r *http.Request) error {
	j, status, err := a.cancel(r)
	if err != nil {
		return err
	}
	return a.showPlatform(w, r, status, j)
}

func (a *API) showPlatform(w http.ResponseWriter, r *http.Request, status int, j job.Job) error {
	v, err := a.viewPlatform(r, j, job.TypeID)
	if err != nil {
		return err
	}
	return writeJSON(w, status, envelope{Data: v})
}

// listPlatformJobs is GET /v1/api/jobs.
func (a *API) listPlatformJobs(w http.ResponseWriter, r *http.Request) error {
	offset := "start"
	if r.URL.Query().Has("offset") {
		offset = "offset"
	}
	f, err := a.filter(r, "status", "type", offset)
	if err != nil {
		return err
	}
	found, err := a.service.List(r.Context(), f, false)
	if err != nil {
		return err
	}
	type page struct {
		Total int64 `json:"total"`
		Start int   `json:"start"`
		Limit int   `json:"limit"`
	}
	body := struct {
		Jobs       []platformJob `json:"jobs"`
		Pagination page          `json:"pagination"`
	}{[]platformJob{}, page{found.Total, f.Offset, f.Limit}}
	for _, j := range found.Jobs {
		v := platformJob{
			ID: j.ID.In(job.TypeID), Type: j.Operation, Status: platformStatus(j.Status), Progress: j.Progress.Percentage,
			CreatedAt: j.CreatedAt.Format(job.Seconds), CompletedAt: stamp(j.FinishedAt, job.Seconds),
		}
		if !j.Original.IsZero() {
			v.OriginalJobID = j.Original.In(job.TypeID)
		}
		body.Jobs = append(body.Jobs, v)
	}
	return writeJSON(w, http.StatusOK, envelope{Data: body})
}
