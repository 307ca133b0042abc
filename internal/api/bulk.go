package api

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"docket/internal/job"
	"docket/internal/service"
)

// bulkItem is what became of one job.
type bulkItem struct {
	JobID   string            `json:"job_id"`
	AliasID string            `json:"alias_id,omitempty"`
	Outcome string            `json:"outcome"` // "done", "unchanged" or "failed"
	Status  string            `json:"status,omitempty"`
	New     string            `json:"new_job_id,omitempty"`
	Details *job.ErrorDetails `json:"error_details,omitempty"`
}

type bulkView struct {
	Action    service.BulkAction `json:"action"`
	Matched   int64              `json:"matched"`
	Done      int                `json:"done"`
	Unchanged int                `json:"unchanged"`
	Failed    int                `json:"failed"`
	HasMore   bool               `json:"has_more"`
	Cursor    string             `json:"cursor,omitempty"`
	Truncated bool               `json:"truncated,omitempty"`
	Jobs      []bulkItem         `json:"jobs"`
}

func (v *bulkView) add(item bulkItem) {
	v.Jobs = append(v.Jobs, item)
	switch item.Outcome {
	case "done":
		v.Done++
	case "unchanged":
		v.Unchanged++
	default:
		v.Failed++
	}
}

// bulkJobs is POST /jobs/bulk. // contract J31
func (a *API) bulkJobs(w http.ResponseWriter, r *http.Request) error {
	f, err := a.readFields(r, 0, strictly(into(nil, 0)))
	if err != nil {
		return err
	}
	if err := f.only("action", "ids", "filter", "cursor", "limit"); err != nil {
		return err
	}
	b, asked, err := a.readBulk(f)
	if err != nil {
		return err
	}
	once, err := a.once(r)
	if err != nil {
		return err
	}
	defer once.Release()
	if err := asks(r, once, f); err != nil {
		return err
	}
	done, err := a.service.Bulk(r.Context(), b, once)
	if err != nil {
		return err
	}
	v := bulkView{Action: b.Action, Matched: done.Matched, HasMore: done.Next != nil, Truncated: done.Truncated, Jobs: []bulkItem{}}
	if done.Next != nil {
		if v.Cursor, err = bulkCursor(*done.Next); err != nil {
			return err
		}
	}
	if b.Filter != nil {
		for _, item := range done.Items {
			v.add(a.viewBulk(r, item, item.ID.In(job.TypeID), job.TypeID))
		}
		return writeJSON(w, http.StatusOK, v)
	}
	byID := map[job.ID]service.BulkItem{}
	for _, item := range done.Items {
		byID[item.ID] = item
	}
	v.Matched = int64(len(asked))
	for _, text := range asked {
		id, spelling, err := job.ParseID(text)
		item, ok := byID[id]
		if err != nil || !ok {
			item = service.BulkItem{Err: err}
		}
		v.add(a.viewBulk(r, item, text, spelling))
	}
	return writeJSON(w, http.StatusOK, v)
}

// readBulk reads what is to be done, and the ids as they were asked, each
// once.
func (a *API) readBulk(f *fields) (b service.Bulk, asked []string, err error) {
	action, err := f.text("action")
	if err != nil {
		return b, nil, err
	}
	b.Action = service.BulkAction(strings.ToLower(strings.TrimSpace(action)))
	switch b.Action {
	case service.BulkCancel, service.BulkRerun, service.BulkDelete:
	default:
		return b, nil, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "action", "problem": fmt.Sprintf("%q is not an action", plain(action, 50)), "allowed": []string{"cancel", "rerun", "delete"},
		}}
	}
	byIDs, byFilter := f.has("ids"), f.has("filter")
	if byIDs == byFilter {
		return b, nil, invalid("ids", "a request has either ids or a filter", `Send {"action":"cancel","ids":["job_…"]} or {"action":"cancel","filter":{"status":"queued"}}`)
	}
	if byFilter {
		err := a.readBulkFilter(f, &b) // which changes b
		return b, nil, err
	}
	if f.has("cursor") || f.has("limit") {
		return b, nil, invalid("ids", "ids go without cursor and limit, which belong to a filter", "")
	}
	list, err := f.list("ids")
	if err != nil {
		return b, nil, err
	}
	if asked = distinct(list); len(asked) == 0 || len(asked) > service.MaxBulk {
		return b, nil, invalid("ids", fmt.Sprintf("there are %d; a request has 1 to %d", len(asked), service.MaxBulk), "")
	}
	for _, text := range asked {
		if id, _, err := job.ParseID(text); err == nil {
			b.IDs = append(b.IDs, id)
		}
	}
	return b, asked, nil
}

// distinct leaves out what comes again, also in the other spelling.
func distinct(list []string) (all []string) {
	seen := map[string]bool{}
	for _, text := range list {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		key := text
		if id, _, err := job.ParseID(text); err == nil {
			key = id.String()
		}
		if !seen[key] {
			seen[key] = true
			all = append(all, text)
		}
	}
	return all
}

// filterFields are what a filter may say, as in the query of GET /jobs.
func filterFields() []string {
	return []string{"q", "status", "operation", "tags", "created_after", "created_before", "batch", "account"}
}

func (a *API) readBulkFilter(f *fields, b *service.Bulk) error {
	raw, err := f.object("filter", maxJSONBytes)
	if err != nil {
		return err
	}
	of := &fields{}
	if of.raws, err = object(raw); err != nil {
		return invalid("filter", "it is not a JSON object", `Send one such as {"status":"failed"}`)
	}
	if err := of.only(filterFields()...); err != nil {
		return err
	}
	q := url.Values{}
	for _, name := range filterFields() {
		text, err := of.text(name)
		if name == "tags" || name == "status" || name == "operation" {
			var values []string
			values, err = of.list(name)
			text = strings.Join(values, ",")
		}
		if err != nil {
			return err
		}
		q.Set(name, text)
	}
	filter, err := a.filterOf(q, "status", "operation", "offset")
	if err != nil {
		return err
	}
	if err := a.search(&filter, q); err != nil {
		return err
	}
	if narrows := len(filter.Statuses)+len(filter.Operations)+len(filter.Tags)+len(filter.Words) > 0 || !filter.Batch.IsZero() || !filter.After.IsZero() || !filter.Before.IsZero(); !narrows {
		return invalid("filter", "it is empty, and would pick every job", `Name what to pick, such as {"status":"failed"}; all jobs are {"created_after":"1970-01-01"}`)
	}
	limit, given, err := f.number("limit")
	if err != nil {
		return err
	}
	filter.Limit = int(limit)
	if !given {
		filter.Limit = service.MaxBulk
	}
	if filter.Limit < 1 || filter.Limit > service.MaxBulk || float64(filter.Limit) != limit && given {
		return invalid("limit", fmt.Sprintf("it is not a number from 1 to %d", service.MaxBulk), "")
	}
	b.Filter = &filter
	cursor, err := f.text("cursor")
	if err != nil || cursor == "" {
		return err
	}
	b.After, err = parseBulkCursor(cursor)
	return err
}

// bulkCursor is opaque to clients.
func bulkCursor(m service.BulkMark) (string, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("encode a cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

func parseBulkCursor(s string) (*service.BulkMark, error) {
	var m service.BulkMark
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil || m.Past.ID.IsZero() || m.Until.IsZero() {
		return nil, invalid("cursor", "it is none of this server's", "Send the cursor of the last answer as it is, or none to begin anew")
	}
	return &m, nil
}

// about names the job of an error, which the path of the request does not.
func about(err error, id string) error {
	e, ok := errors.AsType[*job.Error](err)
	if !ok {
		return err
	}
	facts := job.Facts{"job_id": id}
	for name, fact := range e.Facts {
		if name != "job_id" {
			facts[name] = fact
		}
	}
	return &job.Error{Code: e.Code, Facts: facts, Err: e.Err}
}

// viewBulk tells what became of a job.
func (a *API) viewBulk(r *http.Request, item service.BulkItem, text string, asked job.Spelling) bulkItem {
	if item.Err != nil {
		text = plain(text, 100)
		p := problemOf(about(item.Err, text), r)
		if p.status >= http.StatusInternalServerError {
			a.log.Error("do something to one of many jobs", "job", text, "error", item.Err)
		}
		return bulkItem{JobID: text, Outcome: "failed", Details: &job.ErrorDetails{ErrorType: p.code, Message: p.message}}
	}
	v := bulkItem{JobID: text, AliasID: item.ID.In(asked.Other()), Outcome: "done"}
	if item.Unchanged {
		v.Outcome = "unchanged"
	}
	if item.Job.Status != "" {
		v.Status = item.Job.Status.In(job.JobsWords)
	}
	if !item.New.IsZero() {
		v.New = item.New.In(job.TypeID)
	}
	return v
}
