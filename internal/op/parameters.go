package op

import (
	"bytes"
	"encoding/json"
	"strings"

	"docket/internal/job"
)

// DecodeParameters reads the parameters of an operation, a JSON object or
// nothing, into a struct that has a field for each that is known. The error is
// of code InvalidRequest with the facts field, problem and remedy.
func DecodeParameters(parameters json.RawMessage, into any, remedy string) error {
	if len(parameters) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(parameters))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return RefuseParameter("parameters", strings.TrimPrefix(err.Error(), "json: "), remedy, err)
	}
	return nil
}

// RefuseParameter is the error for one of the parameters.
func RefuseParameter(field, problem, remedy string, cause error) error {
	return &job.Error{Code: job.InvalidRequest, Err: cause, Facts: job.Facts{"field": field, "problem": problem, "remedy": remedy}}
}
