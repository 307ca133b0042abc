package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"docket/internal/document"
	"docket/internal/job"
)

// settings is the first thing a child is told.
type settings struct {
	// Compile makes the child fill the compilation cache and end.
	Compile  bool
	CacheDir string
	Limits   Limits
}

// readiness is a child's answer to its settings.
type readiness struct {
	// Missing names each protection that this kernel did not grant, and why.
	Missing []string
}

// readCommand asks for the pages of the file of Size bytes that follows.
type readCommand struct {
	Size      int64
	Name      string
	Password  string
	FirstPage int
	MaxPages  int
	OCR       recognition
}

// parseCommand asks for the pages of the file that follows and for their
// structure.
type parseCommand struct {
	Read  readCommand
	Build document.Options
	// Back says that the structure is that of the records which come back.
	// Without it, only those come back that the parent has changed: of pages
	// whose text it has recognized.
	Back bool
}

// outcome ends a request.
type outcome struct {
	Failure *failure          `json:",omitempty"`
	Summary *document.Summary `json:",omitempty"`
	// Retire says that the child must not be given another document.
	Retire bool `json:",omitempty"`
}

// failure is a job.Error on its way through the pipe.
type failure struct {
	Code  job.Code
	Facts map[string]fact
	Cause string
}

// fact keeps the type of a value, which plain JSON would lose.
type fact struct {
	Type  string
	Value string
}

const (
	maxCause = 8 << 10
	maxFact  = 1 << 10
	maxFacts = 16
)

// newFailure describes err; what is no job.Error becomes an internal one.
func newFailure(err error) *failure {
	e, ok := errors.AsType[*job.Error](err)
	if !ok {
		return &failure{Code: job.Internal, Cause: clip(err.Error(), maxCause)}
	}
	f := &failure{Code: e.Code}
	switch {
	case err.Error() != e.Error(): // wrapped, and the wrapping says more
		f.Cause = clip(err.Error(), maxCause)
	case e.Err != nil:
		f.Cause = clip(e.Err.Error(), maxCause)
	}
	for name, value := range e.Facts {
		if len(f.Facts) == maxFacts {
			break
		}
		if f.Facts == nil {
			f.Facts = map[string]fact{}
		}
		f.Facts[name] = newFact(value)
	}
	return f
}

// err is the error that the child had. A child cannot make up codes that only
// the parent may give.
func (f *failure) err() *job.Error {
	e := &job.Error{Code: f.Code}
	switch f.Code {
	case job.FileCorrupted, job.PasswordProtected, job.Unreadable,
		job.UnsupportedFormat, job.ResourceLimit, job.Timeout, job.Internal:
	default:
		e.Code = job.Internal
	}
	if f.Cause != "" {
		e.Err = errors.New(f.Cause)
	}
	for name, v := range f.Facts {
		if e.Facts == nil {
			e.Facts = job.Facts{}
		}
		e.Facts[name] = v.value()
	}
	return e
}

func newFact(v any) fact {
	switch v := v.(type) {
	case string:
		return fact{"string", clip(v, maxFact)}
	case int:
		return fact{"int", strconv.Itoa(v)}
	case int64:
		return fact{"int64", strconv.FormatInt(v, 10)}
	case float64:
		return fact{"float64", strconv.FormatFloat(v, 'g', -1, 64)}
	case bool:
		return fact{"bool", strconv.FormatBool(v)}
	case []string:
		if b, err := json.Marshal(v); err == nil && len(b) <= maxFact {
			return fact{"strings", string(b)}
		}
	}
	return fact{"string", clip(fmt.Sprint(v), maxFact)}
}

// value is the fact in its own type, or its text when that does not parse.
func (f fact) value() any {
	var v any
	var err error
	switch f.Type {
	case "int":
		v, err = strconv.Atoi(f.Value)
	case "int64":
		v, err = strconv.ParseInt(f.Value, 10, 64)
	case "float64":
		v, err = strconv.ParseFloat(f.Value, 64)
	case "bool":
		v, err = strconv.ParseBool(f.Value)
	case "strings":
		var list []string
		err = json.Unmarshal([]byte(f.Value), &list)
		v = list
	default:
		return f.Value
	}
	if err != nil {
		return f.Value
	}
	return v
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n] + "…"
}
