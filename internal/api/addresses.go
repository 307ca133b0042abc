package api

import (
	"context"
	"encoding/json"
	"fmt"

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
		add = func(_ context.Context, address string) error {
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
			for _, address := range addresses {
				if submission.Inputs()+len(urls) == maxInputs {
					return nil, invalid(name, fmt.Sprintf("there are more than %d documents", maxInputs), "")
				}
				if err := add(ctx, address); err != nil {
					return nil, err
				}
			}
			if _, ok := inside.raws[name]; ok && from == inside {
				delete(inside.raws, name)
				taken = true
			}
		}
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
