package op

import (
	"fmt"

	"docket/internal/job"
	"docket/internal/model"
)

// Method is how a result is found. // contract J18
type Method string

// An operation asks the model when there is one, unless the request says which
// it wants.
const (
	ByModel     Method = "model"
	ByHeuristic Method = "heuristic"
)

// Check refuses a word that is no method, and a model where there is none; the
// error is of code InvalidRequest.
func (m Method) Check(remote *model.Remote) error {
	switch {
	case m == "", m == ByHeuristic, m == ByModel && remote != nil:
		return nil
	case m == ByModel:
		return RefuseParameter("method", "this server has no model", "Leave it out or send `heuristic`; the operator sets --model-url and --model-name.", nil)
	}
	return RefuseParameter("method", fmt.Sprintf("%q is not model or heuristic", short(string(m))), "Send `model` or `heuristic`, or leave it out.", nil)
}

// Chosen is the method that a job is submitted with: what was asked for, or the
// model if there is one. It is stored, so that results of rules are not taken
// over where a model is wanted. // contract J12
func (m Method) Chosen(remote *model.Remote) Method {
	switch {
	case m != "":
		return m
	case remote != nil:
		return ByModel
	}
	return ByHeuristic
}

// Asks says whether the model is to be asked. The error is of code ModelError:
// the server had a model when the job was submitted.
func (m Method) Asks(remote *model.Remote) (bool, error) {
	if m == ByModel && remote == nil {
		return false, &job.Error{Code: job.ModelError, Facts: job.Facts{
			"reason": "this server has no model any more", "remedy": "Submit it again with `method` set to `heuristic`, or ask the operator for a model.",
		}}
	}
	return remote != nil && m != ByHeuristic, nil
}

// short cuts a text that a client has written before it is said back.
func short(s string) string {
	if runes := []rune(s); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return s
}
