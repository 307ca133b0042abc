package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"docket/internal/job"
	"docket/internal/service"
)

// addAddresses takes url, urls and file_url, beside the parameters or among
// them, and gives the parameters without them. They are documents of the
// submission; where a job has none they are its parameter urls.
func (a *API) addAddresses(ctx context.Context, f *fields, spec job.Spec, submission *service.Submission) (json.RawMessage, error) {
	inside := &fields{}
	if len(spec.Parameters) > 0 {
		var err error
		if inside.raws, err = object(spec.Parameters); err != nil {
			return nil, invalid("parameters", "it is not a JSON object", "Send `json=` or a JSON string")
		}
	}
	urls := []string{}
	add := submission.URL
	if !a.service.TakesDocuments(spec.Operation) {
		add = func(ctx context.Context, address string) error {
			if a.service.TakesSource(spec.Operation, address) {
				return submission.URL(ctx, address)
			}
			urls = append(urls, address)
			return submission.CheckAddress("urls", address)
		}
	}
	taken := false
	for _, from := range []*fields{f, inside} {
		for _, name := range []string{"url", "file_url", "urls"} {
			addresses, err := from.addresses(name)
			if err != nil {
				return nil, err
			}
			for n, address := range addresses {
				if submission.Inputs()+len(urls) == maxInputs {
					return nil, invalid(name, fmt.Sprintf("there are more than %d documents", maxInputs), "")
				}
				if err := add(ctx, address); err != nil {
					return nil, ofField(err, name, n)
				}
			}
			if _, ok := inside.raws[name]; ok && from == inside {
				delete(inside.raws, name)
				taken = true
			}
		}
	}
	if raw := inside.raws["job_ids"]; a.service.NamesJobs(spec.Operation) && raw != nil && string(raw) != "null" {
		if err := addJobs(ctx, inside, submission); err != nil {
			return nil, err
		}
		delete(inside.raws, "job_ids")
		taken = true
	}
	if len(urls) > 0 {
		if inside.raws == nil {
			inside.raws = map[string]json.RawMessage{}
		}
		inside.raws["urls"] = asJSON(urls)
		taken = true
	}
	if !taken {
		return spec.Parameters, nil
	}
	return json.Marshal(inside.raws)
}

// ofField names the field, and the place in it, of an address that is refused.
func ofField(err error, name string, n int) error {
	e, ok := errors.AsType[*job.Error](err)
	if !ok || e.Code != job.InvalidRequest {
		return err
	}
	facts := maps.Clone(e.Facts)
	if facts["field"] = name; name == "urls" {
		facts["field"] = fmt.Sprintf("%s[%d]", name, n)
	}
	return &job.Error{Code: e.Code, Facts: facts, Err: e.Err}
}

// addJobs takes the jobs whose results are the input; one that is named again
// counts once.
func addJobs(ctx context.Context, inside *fields, submission *service.Submission) error {
	const example = `Send a JSON array of ids such as ["job_01h455vb4pex5vsknk084sn02q"]`
	var ids []string
	if err := json.Unmarshal(inside.raws["job_ids"], &ids); err != nil {
		return invalid("parameters.job_ids", "it is not a JSON array of strings", example)
	}
	if len(ids) == 0 {
		return invalid("parameters.job_ids", "it names no job", example+", or leave it out")
	}
	for n, id := range ids {
		if slices.Contains(ids[:n], id) {
			continue
		}
		if submission.Inputs() == maxInputs {
			return invalid("parameters.job_ids", fmt.Sprintf("there are more than %d jobs and documents", maxInputs), "Send the others in another job")
		}
		if err := submission.Job(ctx, fmt.Sprintf("parameters.job_ids[%d]", n), id); err != nil {
			return err
		}
	}
	return nil
}
