package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"docket/internal/job"
)

// listItem is one job of a list. // contract A5, J2
type listItem struct {
	JobID       string            `json:"job_id"`
	AliasID     string            `json:"alias_id"`
	Status      string            `json:"status"`
	Operation   job.Operation     `json:"operation"`
	CreatedAt   string            `json:"created_at"`
	UpdatedAt   string            `json:"updated_at"`
	CompletedAt string            `json:"completed_at,omitempty"`
	FileCount   int               `json:"file_count"`
	FileName    string            `json:"file_name,omitempty"`
	Tags        []string          `json:"tags"`
	Metadata    any               `json:"metadata,omitempty"`
	Progress    job.Progress      `json:"progress"`
	Details     *job.ErrorDetails `json:"error_details,omitempty"`
}

type pagination struct {
	Total   int64 `json:"total"`
	Limit   int   `json:"limit"`
	Offset  int   `json:"offset"`
	HasMore bool  `json:"has_more"`
	// Truncated says that not all jobs were searched: Total is the least that there are.
	Truncated bool `json:"truncated,omitempty"`
}

// listJobs is GET /jobs. // contract A5, J20
func (a *API) listJobs(w http.ResponseWriter, r *http.Request) error {
	f, err := a.filter(r, "status", "operation", "offset")
	if err != nil {
		return err
	}
	if err := a.search(&f, r.URL.Query()); err != nil {
		return err
	}
	counted, err := queryBool(r, "counts", false)
	if err != nil {
		return err
	}
	page, err := a.service.List(r.Context(), f, counted)
	if err != nil {
		return err
	}
	items := []listItem{}
	for _, j := range page.Jobs {
		items = append(items, itemOf(j))
	}
	body := struct {
		Jobs       []listItem   `json:"jobs"`
		Pagination pagination   `json:"pagination"`
		Counts     *stateCounts `json:"counts,omitempty"`
	}{Jobs: items, Pagination: pagination{
		Total: page.Total, Limit: f.Limit, Offset: f.Offset, HasMore: int64(f.Offset+len(items)) < page.Total, Truncated: page.Truncated,
	}}
	if counted {
		counts := viewCounts(page.Counts)
		body.Counts = &counts
	}
	return writeJSON(w, http.StatusOK, body)
}

func itemOf(j job.Job) listItem {
	v := j.View(job.TypeID, job.JobsWords)
	item := listItem{
		JobID: v.JobID, AliasID: v.AliasID, Status: v.Status, Operation: j.Operation,
		CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt, CompletedAt: v.CompletedAt,
		FileCount: v.FileCount, FileName: v.PDFName, Tags: v.Tags, Progress: j.Progress, Details: v.ErrorDetails,
	}
	if v.Metadata != nil {
		item.Metadata = v.Metadata
	}
	return item
}

// Limits of a page.
const (
	defaultLimit = 50
	maxLimit     = 100
	maxOffset    = 1_000_000_000
)

// filter reads the query of a list; the names of three parameters differ
// between the dialects.
func (a *API) filter(r *http.Request, status, operation, offset string) (job.Filter, error) {
	return a.filterOf(r.URL.Query(), status, operation, offset)
}

func (a *API) filterOf(q url.Values, status, operation, offset string) (job.Filter, error) {
	var f job.Filter
	var err error
	if f.Statuses, err = statuses(status, q.Get(status)); err != nil {
		return f, err
	}
	if f.Operations, err = a.operations(operation, q.Get(operation)); err != nil {
		return f, err
	}
	if f.After, err = timestamp("created_after", q.Get("created_after")); err != nil {
		return f, err
	}
	if f.Before, err = timestamp("created_before", q.Get("created_before")); err != nil {
		return f, err
	}
	for _, list := range q["tags"] {
		for tag := range strings.SplitSeq(list, ",") {
			if tag = strings.TrimSpace(plain(tag, len(tag))); tag != "" {
				f.Tags = append(f.Tags, tag)
			}
		}
	}
	if len(f.Tags) > maxTags {
		return f, invalid("tags", fmt.Sprintf("there are more than %d", maxTags), "")
	}
	if f.Limit, err = integer("limit", q.Get("limit"), defaultLimit, 1, maxLimit); err != nil {
		return f, err
	}
	f.Account = plain(q.Get("account"), 100) // for admins // contract J27
	if text := q.Get("batch"); text != "" {
		if f.Batch, err = job.ParseBatchID(text); err != nil {
			return f, invalid("batch", fmt.Sprintf("%q is not the id of a batch", plain(text, 60)), "Send one such as batch_01hm6f4yk0f8xa7zq3v5c9d2ft")
		}
	}
	f.Offset, err = integer(offset, q.Get(offset), 0, 0, maxOffset)
	return f, err
}

// statuses reads a status in any vocabulary and case. // contract I4, J20
func statuses(field, list string) ([]job.Status, error) {
	var all []job.Status
	for word := range strings.SplitSeq(list, ",") {
		if word = strings.ToLower(strings.TrimSpace(word)); word == "" {
			continue
		}
		found, ok := job.ParseStatus(word)
		if !ok {
			return nil, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
				"field": field, "problem": fmt.Sprintf("%q is not a status", plain(word, 50)), "allowed": []string{"queued", "processing", "completed", "failed", "cancelled"},
			}}
		}
		all = append(all, found...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func (a *API) operations(field, list string) ([]job.Operation, error) {
	var all []job.Operation
	for word := range strings.SplitSeq(list, ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		o := job.ParseOperation(word)
		if !a.service.Has(o) {
			return nil, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
				"field": field, "problem": fmt.Sprintf("%q is not an operation", plain(word, 50)), "allowed": a.service.Operations(),
			}}
		}
		all = append(all, o)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// timestamp reads a time of the query.
func timestamp(field, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	if t, ok := job.ParseTime(value); ok {
		return t, nil
	}
	return time.Time{}, invalid(field, fmt.Sprintf("%q is not an ISO time", plain(value, 50)), "Send one such as 2024-01-15T10:30:00Z")
}

// span reads the limit and the offset of a list; without a limit it is
// defaultLimit.
func span(q url.Values) (limit, offset int, err error) {
	if limit, err = integer("limit", q.Get("limit"), defaultLimit, 1, maxLimit); err != nil {
		return 0, 0, err
	}
	offset, err = integer("offset", q.Get("offset"), 0, 0, maxOffset)
	return limit, offset, err
}

func integer(field, value string, otherwise, least, most int) (int, error) {
	if value == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		return 0, invalid(field, fmt.Sprintf("it is not a number from %d to %d", least, most), "")
	}
	return n, nil
}
