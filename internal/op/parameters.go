package op

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
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
		field, problem := undecodable(err)
		return RefuseParameter(field, problem, remedy, err)
	}
	return nil
}

// undecodable says of which parameter what is wrong, in words that know
// nothing of our types.
func undecodable(err error) (field, problem string) {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if e.Field == "" {
			return "parameters", "it is not a JSON object"
		}
		kind, _, _ := strings.Cut(e.Value, " ") // such as number 1.5
		return "parameters." + short(e.Field), "it is of the wrong kind (" + kind + ")"
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return "parameters." + short(strings.Trim(name, `"`)), "there is no such parameter"
	}
	return "parameters", strings.TrimPrefix(err.Error(), "json: ")
}

// Within is the error of an operation that stands for another one, whose
// parameters are a parameter of its own.
func Within(err error) error {
	e, ok := errors.AsType[*job.Error](err)
	if !ok {
		return err
	}
	facts := maps.Clone(e.Facts)
	if facts == nil {
		facts = job.Facts{}
	}
	field, _ := facts["field"].(string)
	switch {
	case e.Code == job.InvalidSchema:
		field = "schema"
	case e.Code == job.InvalidConditions:
		field = "categories"
	case field == "parameters":
		field = ""
	}
	facts["field"] = strings.TrimSuffix("parameters.parameters."+strings.TrimPrefix(field, "parameters."), ".")
	return &job.Error{Code: e.Code, Facts: facts, Err: e.Err}
}

// RefuseParameter is the error for one of the parameters.
func RefuseParameter(field, problem, remedy string, cause error) error {
	return &job.Error{Code: job.InvalidRequest, Err: cause, Facts: job.Facts{"field": field, "problem": problem, "remedy": remedy}}
}
