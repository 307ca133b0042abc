package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"docket/internal/account"
	"docket/internal/job"
)

// createJob is POST /jobs. // contract J6
func (a *API) createJob(w http.ResponseWriter, r *http.Request) error {
	submission, err := a.service.Begin()
	if err != nil {
		return err
	}
	defer submission.Discard()
	f, err := a.readForm(r, submission, formRules{files: []string{"file"}, most: 1, strict: true})
	if err != nil {
		return err
	}
	spec, err := jobSpec(f)
	if err != nil {
		return err
	}
	spec.Account, spec.Spelling, spec.Route = account.From(r.Context()).ID, job.TypeID, "/jobs"
	j, err := submission.Submit(r.Context(), spec)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/jobs/"+j.ID.In(job.TypeID))
	return writeJSON(w, http.StatusAccepted, j.View(job.TypeID, job.JobsWords))
}

// jobSpec reads the fields of the form; one that is not known is a mistake
// that the client should hear of.
func jobSpec(f *form) (job.Spec, error) {
	known := map[string]bool{"operation": true, "parameters": true, "metadata": true, "tags": true}
	for _, name := range slices.Sorted(maps.Keys(f.values)) {
		if !known[name] {
			return job.Spec{}, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
				"field": plain(name, 100), "problem": "there is no such field", "allowed": append(slices.Sorted(maps.Keys(known)), "file"),
			}}
		}
	}
	operation, err := f.one("operation")
	if err != nil {
		return job.Spec{}, err
	}
	if operation == "" {
		return job.Spec{}, invalid("operation", "it is missing", "Say what to do with the document, with curl: -F operation=parse")
	}
	parameters, err := f.object("parameters", maxFieldBytes)
	if err != nil {
		return job.Spec{}, err
	}
	metadata, err := f.object("metadata", 4<<10)
	if err != nil {
		return job.Spec{}, err
	}
	tags, err := f.tags()
	if err != nil {
		return job.Spec{}, err
	}
	return job.Spec{Operation: job.Operation(strings.ToLower(operation)), Parameters: parameters, Metadata: metadata, Tags: tags}, nil
}

// object reads a field that holds a JSON object as text.
func (f *form) object(name string, most int) (json.RawMessage, error) {
	value, err := f.one(name)
	if err != nil || value == "" {
		return nil, err
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(value), &object); err != nil || object == nil {
		return nil, invalid(name, "it is not a JSON object", "Send `json=` or a JSON string")
	}
	if len(value) > most {
		return nil, invalid(name, fmt.Sprintf("it is longer than %d bytes", most), "")
	}
	return json.RawMessage(value), nil
}

// Limits of tags.
const (
	maxTags     = 50
	maxTagBytes = 200
)

// tags reads a JSON array, a repeated field, or a comma list. // contract J6
func (f *form) tags() ([]string, error) {
	var tags []string
	for _, value := range f.values["tags"] {
		var list []string
		if !strings.HasPrefix(strings.TrimSpace(value), "[") {
			list = strings.Split(value, ",")
		} else if err := json.Unmarshal([]byte(value), &list); err != nil {
			return nil, invalid("tags", "it is not a JSON array of strings", `Send ["a","b"], a comma list, or the field several times`)
		}
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
	}
	if len(tags) > maxTags {
		return nil, invalid("tags", fmt.Sprintf("there are more than %d", maxTags), "")
	}
	return tags, nil
}

// getJob is GET /jobs/{id}: the spelling of the id selects the words, unless
// ?dialect= does. // contract J1
func (a *API) getJob(w http.ResponseWriter, r *http.Request) error {
	j, asked, err := a.job(r)
	if err != nil {
		return err
	}
	words := job.WordsOf(asked)
	switch d := job.Words(r.URL.Query().Get("dialect")); d {
	case "":
	case job.VisionWords, job.JobsWords:
		words = d
	default:
		return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "dialect", "problem": fmt.Sprintf("%q is not a dialect", plain(string(d), 50)), "allowed": []string{"vision", "jobs"},
		}}
	}
	return writeJSON(w, http.StatusOK, j.View(asked, words))
}

// getResult is GET /jobs/{id}/result. // contract A3, J15, J16
func (a *API) getResult(w http.ResponseWriter, r *http.Request) error {
	j, _, err := a.job(r)
	if err != nil {
		return err
	}
	format := job.FormatJSON
	if q := r.URL.Query().Get("format"); q != "" {
		format = job.Format(strings.ToLower(q))
	}
	if format == job.FormatChunks {
		format = "" // the operation's own route has it; here it is no format
	}
	out := newBody(w, format.MediaType())
	if err := a.service.RenderResult(r.Context(), out, j, format); err != nil {
		return err
	}
	return out.Flush()
}

// job reads the job of the path for the caller.
func (a *API) job(r *http.Request) (job.Job, job.Spelling, error) {
	id, asked, err := job.ParseID(chi.URLParam(r, "id"))
	if err != nil {
		return job.Job{}, "", err
	}
	j, err := a.service.Job(r.Context(), id)
	return j, asked, err
}
