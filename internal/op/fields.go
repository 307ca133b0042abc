package op

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"docket/internal/job"
)

// Fields reads the parameters of a request one by one; the first that is wrong
// is told by Err, and those after it read as their defaults.
type Fields struct {
	name string // of the object, such as parameters
	raws map[string]json.RawMessage
	err  error
}

// ReadFields reads a JSON object, or nothing, of which only these names are
// known.
func ReadFields(o job.Operation, parameters json.RawMessage, known ...string) *Fields {
	return readFields("parameters", string(o)+" has no such parameter", parameters, known)
}

func readFields(object, unknownWords string, raw json.RawMessage, known []string) *Fields {
	f := &Fields{name: object}
	if len(raw) == 0 {
		return f
	}
	if err := json.Unmarshal(raw, &f.raws); err != nil {
		f.fault("", "it is not a JSON object", "Send an object such as {\""+known[0]+"\": …}")
		return f
	}
	var unknown []string
	for name := range f.raws {
		if !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		f.err = &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": object + "." + short(unknown[0]), "problem": unknownWords, "allowed": known,
		}}
	}
	return f
}

// Err is the first fault, of code InvalidRequest with the facts "field",
// "problem" and "remedy" or "allowed".
func (f *Fields) Err() error { return f.err }

// Fault keeps a fault of a field, unless there was one before.
func (f *Fields) Fault(name, problem, remedy string) { f.fault(name, problem, remedy) }

func (f *Fields) fault(name, problem, remedy string) {
	if f.err != nil {
		return
	}
	facts := job.Facts{"field": strings.TrimSuffix(f.name+"."+name, "."), "problem": problem}
	if remedy != "" {
		facts["remedy"] = remedy
	}
	f.err = &job.Error{Code: job.InvalidRequest, Facts: facts}
}

// raw is the field as it came; false when it was not sent or is null.
func (f *Fields) raw(name string) (json.RawMessage, bool) {
	raw := f.raws[name]
	return raw, len(raw) > 0 && string(raw) != "null"
}

// Int reads a whole number from least to most.
func (f *Fields) Int(name string, otherwise, least, most int) int {
	n := f.Number(name, float64(otherwise), float64(least), float64(most))
	if n != float64(int(n)) {
		f.fault(name, "it is not a whole number", fmt.Sprintf("Send a whole number from %d to %d", least, most))
		return otherwise
	}
	return int(n)
}

// Number reads a number from least to most.
func (f *Fields) Number(name string, otherwise, least, most float64) float64 {
	raw, sent := f.raw(name)
	if !sent {
		return otherwise
	}
	var n float64
	if err := json.Unmarshal(raw, &n); err != nil {
		f.fault(name, "it is not a number", fmt.Sprintf("Send a number from %v to %v", least, most))
		return otherwise
	}
	if n < least || n > most {
		f.fault(name, fmt.Sprintf("%v is out of range", n), fmt.Sprintf("Send a number from %v to %v", least, most))
		return otherwise
	}
	return n
}

// Bool reads true or false.
func (f *Fields) Bool(name string, otherwise bool) bool {
	raw, sent := f.raw(name)
	if !sent {
		return otherwise
	}
	b := otherwise
	if err := json.Unmarshal(raw, &b); err != nil {
		f.fault(name, "it is neither true nor false", "Send true or false, without quotation marks")
		return otherwise
	}
	return b
}

// Text reads a text of at most so many bytes.
func (f *Fields) Text(name string, most int) string {
	raw, sent := f.raw(name)
	if !sent {
		return ""
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		f.fault(name, "it is not a text", "Send a text in quotation marks")
		return ""
	}
	if len(s) > most {
		f.fault(name, fmt.Sprintf("it is longer than %d bytes", most), "Send a shorter one")
	}
	return s
}

// Texts reads a list of at most so many texts, each of at most so many bytes.
// None of them is blank.
func (f *Fields) Texts(name string, most, bytes int) []string {
	raw, sent := f.raw(name)
	if !sent {
		return nil
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		f.fault(name, "it is not a list of texts", `Send a JSON array such as ["a", "b"]`)
		return nil
	}
	if len(list) > most {
		f.fault(name, fmt.Sprintf("there are %d, which is more than %d", len(list), most), "Send the others in another job")
		return nil
	}
	for i, s := range list {
		at := fmt.Sprintf("%s[%d]", name, i)
		switch {
		case strings.TrimSpace(s) == "":
			f.fault(at, "it is empty", "Leave it out")
		case len(s) > bytes:
			f.fault(at, fmt.Sprintf("it is %d bytes long, which is more than %d", len(s), bytes), "Cut it into several")
		}
	}
	return list
}
