package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"docket/internal/account"
	"docket/internal/job"
)

// manyItem is one job of GET /jobs/status. // contract A7, J19
type manyItem struct {
	JobID     string            `json:"job_id"`
	AliasID   string            `json:"alias_id,omitempty"`
	Status    string            `json:"status"`
	Operation job.Operation     `json:"operation,omitempty"`
	Progress  *job.Progress     `json:"progress,omitempty"`
	Details   *job.ErrorDetails `json:"error_details,omitempty"`
}

const maxMany = 100

// getMany is GET /jobs/status: many jobs in the order asked. // contract A7, J19
func (a *API) getMany(w http.ResponseWriter, r *http.Request) error {
	withProgress, err := queryBool(r, "include_progress", false)
	if err != nil {
		return err
	}
	asked, err := manyAsked(r.URL.Query()["job_ids"])
	if err != nil {
		return err
	}
	if err := a.findMany(r.Context(), asked); err != nil {
		return err
	}
	body := append(make([]byte, 0, 400*len(asked)), `{"jobs":[`...)
	for i, one := range asked {
		if i > 0 {
			body = append(body, ',')
		}
		if body, err = one.appendTo(body, withProgress); err != nil {
			return err
		}
	}
	return writeEncoded(w, http.StatusOK, append(body, "]}"...))
}

// askedID is an id of many, and what is found of its job.
type askedID struct {
	text     string // as the client spells it
	id       job.ID
	spelling job.Spelling
	since    uint64  // for answers.keep
	item     *answer // nil: fault says why there is none, or it is not read yet
	fault    error
}

// manyAsked reads the ids, each once.
func manyAsked(values []string) ([]askedID, error) {
	var asked []askedID
	seen := map[string]bool{}
	for _, value := range values {
		for text := range strings.SplitSeq(value, ",") {
			if text = strings.TrimSpace(text); text != "" && !seen[text] {
				seen[text] = true
				one := askedID{text: text}
				one.id, one.spelling, one.fault = job.ParseID(text)
				asked = append(asked, one)
			}
			if len(asked) > maxMany {
				return nil, invalid("job_ids", fmt.Sprintf("there are more than %d", maxMany), "Ask for them in several requests")
			}
		}
	}
	if len(asked) == 0 {
		return nil, invalid("job_ids", "it is missing", "Send the ids with commas between them, such as ?job_ids=job_…,job_…")
	}
	return asked, nil
}

// findMany finds the items of the jobs: those that are kept, and the others with
// one read of the database.
func (a *API) findMany(ctx context.Context, asked []askedID) error {
	c := account.From(ctx)
	var missing []job.ID
	for i := range asked {
		one := &asked[i]
		if one.fault != nil {
			continue
		}
		kept, since := a.answers.find(one.id, itemKindOf(one.spelling))
		if one.since = since; kept != nil && a.service.MayShow(c, kept.job) {
			one.item = kept
		} else {
			missing = append(missing, one.id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	jobs, faults, err := a.service.Jobs(ctx, missing)
	if err != nil {
		return err
	}
	for i := range asked {
		one := &asked[i]
		if one.item != nil || one.fault != nil {
			continue
		}
		if one.fault = faults[one.id]; one.fault == nil {
			if one.item, err = a.newItem(jobs[one.id], one.spelling, one.since); err != nil {
				return err
			}
		}
	}
	return nil
}

// newItem makes the item of a job that was read, and keeps it for as long as it
// holds.
func (a *API) newItem(j job.Job, asked job.Spelling, since uint64) (*answer, error) {
	holds := a.service.Holds(j)
	item, err := encodeItem(j, asked, time.Now().Add(holds))
	if err == nil && holds > 0 {
		a.answers.keep(j.ID, itemKindOf(asked), item, since)
	}
	return item, err
}

// encodeItem encodes the job as an item with its progress, which can be left out.
func encodeItem(j job.Job, asked job.Spelling, until time.Time) (*answer, error) {
	body, err := encode(manyItem{
		JobID: j.ID.In(asked), AliasID: j.ID.In(asked.Other()), Status: j.Status.In(job.JobsWords), Operation: j.Operation, Progress: &j.Progress, Details: j.Details(),
	})
	if err != nil {
		return nil, err
	}
	progress, err := encode(j.Progress)
	if err != nil {
		return nil, err
	}
	progress = append([]byte(`,"progress":`), progress...)
	at := bytes.Index(body, progress) // before it are ids and words of ours
	if at < 0 {
		return nil, errors.New("the item of a job has no progress")
	}
	return &answer{job: keptOf(j), until: until, body: body, optional: section{at, at + len(progress)}}, nil
}

// appendTo adds the item to the body of the answer, with the id as the client
// spells it: hexadecimals may be large letters.
func (one askedID) appendTo(body []byte, withProgress bool) ([]byte, error) {
	if one.fault != nil {
		item, err := encode(faultyItem(one.text, one.fault))
		return append(body, item...), err
	}
	const key = `{"job_id":"`
	item, cut := one.item.body, one.item.optional
	body = append(append(body, key...), one.text...)
	from := len(key) + len(one.text)
	if withProgress {
		return append(body, item[from:]...), nil
	}
	return append(append(body, item[from:cut.from]...), item[cut.to:]...), nil
}

// faultyItem says of an id why its job is not shown.
func faultyItem(text string, err error) manyItem {
	text = plain(text, 100)
	code, message := job.NotFound, fmt.Sprintf("Job with ID '%s' does not exist", text)
	if job.CodeOf(err) == job.Forbidden {
		code, message = job.Forbidden, "The job belongs to another account."
	}
	return manyItem{JobID: text, Status: string(code), Details: &job.ErrorDetails{ErrorType: code, Message: message}}
}
