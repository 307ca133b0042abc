package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/service"
)

// Limits of a job's description.
const (
	maxTags      = 50
	maxTagBytes  = 200
	maxMetadata  = 4 << 10
	maxInputs    = 1000
	maxKeep      = 10 * 365 * 24 * time.Hour
	maxParameter = 1 << 20
)

// specFields are the fields of POST /jobs besides `file`. // contract J6
func specFields() []string {
	return []string{"operation", "parameters", "notification_settings", "tags", "metadata", "url", "urls", "file_url", "webhook_url", "expires_in", "reuse"}
}

// createJob is POST /jobs. // contract J6
func (a *API) createJob(r *http.Request, once *service.Once) (none service.Answer, err error) {
	submission, err := a.service.Begin(once)
	if err != nil {
		return none, err
	}
	defer submission.Discard()
	f, err := a.readFields(r, maxInputs, strictly(into(submission, maxInputs, "file")))
	if err != nil {
		return none, err
	}
	if err := f.only(append(specFields(), "file")...); err != nil {
		return none, err
	}
	if err := asks(r, once, f); err != nil {
		return none, err
	}
	spec, err := a.jobSpec(r.Context(), f, submission)
	if err != nil {
		return none, err
	}
	return submission.Submit(r.Context(), spec, func(j job.Job) (service.Answer, error) { return a.created(http.StatusAccepted, j) })
}

// created tells of a new job in the Jobs words, and where it is.
func (a *API) created(status int, j job.Job) (service.Answer, error) {
	answer, err := answerJSON(status, j.View(job.TypeID, job.JobsWords))
	answer.Header = map[string]string{"Location": a.location("/jobs/" + j.ID.In(job.TypeID))}
	return answer, err
}

// jobSpec reads what a job is to be, and adds the documents that are addresses
// to the submission.
func (a *API) jobSpec(ctx context.Context, f *fields, submission *service.Submission) (job.Spec, error) {
	spec := job.Spec{Account: account.From(ctx).ID, Spelling: job.TypeID, Route: "/jobs"}
	operation, err := f.text("operation")
	if err != nil {
		return spec, err
	}
	if operation == "" {
		return spec, invalid("operation", "it is missing", "Say what to do with the document, with curl: -F operation=parse")
	}
	spec.Operation = job.ParseOperation(plain(operation, 100))
	if spec.Parameters, err = f.object("parameters", maxParameter); err != nil {
		return spec, err
	}
	if spec.Parameters, err = a.addAddresses(ctx, f, spec, submission); err != nil {
		return spec, err
	}
	if spec.Metadata, err = f.object("metadata", maxMetadata); err != nil {
		return spec, err
	}
	if spec.Tags, err = f.tags(); err != nil {
		return spec, err
	}
	if spec.Keep, err = f.keep(); err != nil {
		return spec, err
	}
	if spec.Notify, err = f.notify(); err != nil {
		return spec, err
	}
	spec.Reuse, err = f.boolean("reuse")
	return spec, err
}

// addresses reads url and file_url as one address, urls as several.
func (f *fields) addresses(name string) ([]string, error) {
	if name != "urls" {
		one, err := f.text(name)
		if err != nil || one == "" {
			return nil, err
		}
		return []string{one}, nil
	}
	all, err := f.list(name)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" }), nil
}

// tags reads a JSON array, a repeated field, or a list with commas.
func (f *fields) tags() ([]string, error) {
	list, err := f.list("tags")
	if err != nil {
		return nil, err
	}
	var tags []string
	for _, tag := range list {
		tag = strings.TrimSpace(plain(tag, len(tag)))
		if tag == "" || slices.Contains(tags, tag) {
			continue
		}
		if len(tag) > maxTagBytes || strings.Contains(tag, ",") {
			return nil, invalid("tags", fmt.Sprintf("a tag is longer than %d bytes or has a comma in it", maxTagBytes), "")
		}
		tags = append(tags, tag)
	}
	if len(tags) > maxTags {
		return nil, invalid("tags", fmt.Sprintf("there are more than %d", maxTags), "")
	}
	return tags, nil
}

// keep reads expires_in, in seconds.
func (f *fields) keep() (time.Duration, error) {
	n, sent, err := f.number("expires_in")
	if err != nil || !sent {
		return 0, err
	}
	if n < 1 || n > maxKeep.Seconds() || n != math.Trunc(n) {
		return 0, invalid("expires_in", fmt.Sprintf("it is not a whole number of seconds from 1 to %.0f", maxKeep.Seconds()),
			"The seconds count from the end of the job; leave it out for the server's own retention")
	}
	return time.Duration(n) * time.Second, nil
}

// notify reads notification_settings and webhook_url. // contract A12, J24
func (f *fields) notify() (*job.Notify, error) {
	address, err := f.text("webhook_url")
	if err != nil {
		return nil, err
	}
	raw, err := f.object("notification_settings", maxMetadata)
	if err != nil || (raw == nil && address == "") {
		return nil, err
	}
	if raw == nil {
		return &job.Notify{WebhookURL: address}, nil
	}
	const field = "notification_settings"
	settings := &fields{}
	if settings.raws, err = object(raw); err != nil {
		return nil, invalid(field, "it is not a JSON object", "Send `json=` or a JSON string")
	}
	if err := settings.only("email", "events", "include_summary"); err != nil {
		return nil, err
	}
	n := job.Notify{WebhookURL: address}
	if n.Email, err = settings.text("email"); err != nil {
		return nil, err
	}
	if a, err := mail.ParseAddress(n.Email); err != nil || a.Address != n.Email {
		return nil, invalid(field+".email", "it is not an e-mail address", "Send the bare address, such as user@example.com")
	}
	if n.Events, err = settings.list("events"); err != nil {
		return nil, err
	}
	for _, e := range n.Events {
		if e != "completed" && e != "failed" {
			return nil, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
				"field": field + ".events", "problem": fmt.Sprintf("%q is not an event", plain(e, 50)), "allowed": []string{"completed", "failed"},
			}}
		}
	}
	if len(n.Events) == 0 {
		n.Events = []string{"completed", "failed"}
	}
	n.IncludeSummary, err = settings.boolean("include_summary")
	return &n, err
}
