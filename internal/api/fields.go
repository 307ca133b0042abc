package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"docket/internal/job"
)

// Limits of what comes beside the files of a request.
const (
	maxFields     = 2000
	maxFieldBytes = 1 << 20
	maxJSONBytes  = 8 << 20
	maxListed     = 1000
)

// fields are what a request says beside its files, whether it came as a form
// or as a JSON object.
type fields struct {
	texts map[string][]string        // of a form
	raws  map[string]json.RawMessage // of an object
}

// readFields reads the body of a request in any of the ways in which clients
// send one; files of a form, at most so many, go to onFile.
func (a *API) readFields(r *http.Request, most int, onFile fileTaker) (*fields, error) {
	longest := int64(most)*a.maxFile + 2*maxJSONBytes // with the headers of parts
	if r.ContentLength > longest {
		return nil, &job.Error{Code: job.FileTooLarge, Facts: job.Facts{"max": a.maxFile}}
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" {
		kind = r.Header.Get("Content-Type")
	}
	switch kind {
	case "multipart/form-data":
		return a.readForm(r, params["boundary"], longest, onFile)
	case "application/json":
		b, err := readLimited(r, maxJSONBytes)
		if err != nil {
			return nil, err
		}
		raws, err := object(b)
		if err != nil {
			return nil, badBody(r, b)
		}
		return &fields{raws: raws}, nil
	case "application/x-www-form-urlencoded":
		b, err := readLimited(r, maxFieldBytes)
		if err != nil {
			return nil, err
		}
		values, err := url.ParseQuery(string(b))
		if err != nil {
			return nil, invalid("", "the form is broken", "Let your HTTP library make the body")
		}
		for name, list := range values {
			if !isText(name + strings.Join(list, "")) {
				return nil, invalid(plain(name, 100), "it is not UTF-8 text", "")
			}
		}
		return &fields{texts: values}, nil
	}
	return nil, &job.Error{Code: job.UnsupportedMedia, Err: err, Facts: job.Facts{"got": plain(kind, 100)}}
}

// badBody says what is wrong with a body that is no JSON object.
func badBody(r *http.Request, b []byte) error {
	if !isText(string(b)) {
		return invalid("", "the body is not UTF-8 text, or has a NUL character in it", "Send it as UTF-8, without \\u0000")
	}
	name := "operation"
	if strings.HasPrefix(r.URL.Path, "/v1/api/") {
		name = "type"
	}
	return invalid("", "the body is not a JSON object", `Send an object such as {"`+name+`":"parse","parameters":{"url":"https://…"}}`)
}

func readLimited(r *http.Request, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r.Body, most+1))
	if err != nil {
		return nil, brokenForm(err)
	}
	if int64(len(b)) > most {
		return nil, &job.Error{Code: job.BodyTooLarge, Facts: job.Facts{"max": most}}
	}
	return b, nil
}

// object decodes one JSON object and nothing after it.
func object(b []byte) (map[string]json.RawMessage, error) {
	var o map[string]json.RawMessage
	if !isText(string(b)) {
		return nil, errors.New("not UTF-8 text")
	}
	if err := json.Unmarshal(b, &o); err != nil {
		return nil, err
	}
	if o == nil {
		return nil, errors.New("not an object")
	}
	return o, nil
}

// isText says that a text can be stored: UTF-8 without NUL, also after JSON
// has turned its escapes into characters.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsRune(s, 0) && !strings.Contains(s, `\u0000`)
}

// names lists the fields that were sent.
func (f *fields) names() []string {
	return slices.Sorted(maps.Keys(mergeKeys(f.texts, f.raws)))
}

func mergeKeys(a map[string][]string, b map[string]json.RawMessage) map[string]bool {
	keys := map[string]bool{}
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	return keys
}

// has says that a field was sent.
func (f *fields) has(name string) bool { return mergeKeys(f.texts, f.raws)[name] }

// only refuses fields that are not known, naming those that are.
func (f *fields) only(known ...string) error {
	for _, name := range f.names() {
		if !slices.Contains(known, name) {
			return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
				"field": plain(name, 100), "problem": "there is no such field", "allowed": known,
			}}
		}
	}
	return nil
}

// text gives a field that holds one text; empty when it was not sent.
func (f *fields) text(name string) (string, error) {
	if raw, ok := f.raws[name]; ok {
		var s string
		if string(raw) == "null" {
			return "", nil
		}
		if err := json.Unmarshal(raw, &s); err != nil {
			return "", invalid(name, "it is not a string", "Send a text in quotation marks")
		}
		return s, nil
	}
	switch values := f.texts[name]; len(values) {
	case 0:
		return "", nil
	case 1:
		return values[0], nil
	default:
		return "", invalid(name, fmt.Sprintf("it was sent %d times", len(values)), "Send it once")
	}
}

// first gives the first of several names for the same field that was sent.
func (f *fields) first(names ...string) (string, error) {
	for _, name := range names {
		if s, err := f.text(name); err != nil || s != "" {
			return s, err
		}
	}
	return "", nil
}

// boolean reads a field as any client's language spells it.
func (f *fields) boolean(name string) (bool, error) {
	if raw, ok := f.raws[name]; ok && (string(raw) == "true" || string(raw) == "false") {
		return string(raw) == "true", nil
	}
	value, err := f.text(name)
	if err != nil {
		return false, invalid(name, "it is neither true nor false", "")
	}
	return parseBool(name, value)
}

func parseBool(name, value string) (bool, error) {
	switch strings.ToLower(value) {
	case "", "false", "0", "no", "off", "f":
		return false, nil
	case "true", "1", "yes", "on", "t":
		return true, nil
	}
	return false, invalid(name, "it is neither true nor false", "")
}

// number reads a field that holds a number; false when it was not sent.
func (f *fields) number(name string) (float64, bool, error) {
	text := string(f.raws[name])
	if unquoted, err := f.text(name); err == nil && unquoted != "" {
		text = unquoted
	}
	if text == "" || text == "null" {
		return 0, false, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n != n || n > 1e15 || n < -1e15 {
		return 0, false, invalid(name, "it is not a number", "")
	}
	return n, true, nil
}

// object gives a field that holds a JSON object; a form sends it as text.
// contract J6
func (f *fields) object(name string, most int) (json.RawMessage, error) {
	raw, ok := f.raws[name]
	if !ok {
		text, err := f.text(name)
		if err != nil || text == "" {
			return nil, err
		}
		raw = json.RawMessage(text)
	}
	if string(raw) == "null" {
		return nil, nil
	}
	if _, err := object(raw); err != nil {
		return nil, invalid(name, "it is not a JSON object", "Send `json=` or a JSON string")
	}
	if len(raw) > most {
		return nil, invalid(name, fmt.Sprintf("it is longer than %d bytes", most), "")
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return nil, invalid(name, "it is not a JSON object", "Send `json=` or a JSON string")
	}
	return compact.Bytes(), nil
}

// list gives a field that holds several texts: a JSON array, a repeated field,
// or a list with commas.
func (f *fields) list(name string) ([]string, error) {
	values := f.texts[name]
	if raw, ok := f.raws[name]; ok && string(raw) != "null" {
		var one string
		switch {
		case json.Unmarshal(raw, &one) == nil:
			values = []string{one}
		case raw[0] == '[':
			values = []string{string(raw)}
		default:
			return nil, notListed(name)
		}
	}
	var all []string
	for _, value := range values {
		var list []string
		if !strings.HasPrefix(strings.TrimSpace(value), "[") {
			list = strings.Split(value, ",")
		} else if err := json.Unmarshal([]byte(value), &list); err != nil {
			return nil, notListed(name)
		}
		if all = append(all, list...); len(all) > maxListed {
			return nil, invalid(name, fmt.Sprintf("there are more than %d", maxListed), "")
		}
	}
	return all, nil
}

func notListed(name string) error {
	return invalid(name, "it is not a JSON array of strings", `Send ["a","b"], a list with commas, or the field several times`)
}

func invalid(field, problem, remedy string) error {
	facts := job.Facts{"problem": problem}
	if field != "" {
		facts["field"] = field
	}
	if remedy != "" {
		facts["remedy"] = remedy
	}
	return &job.Error{Code: job.InvalidRequest, Facts: facts}
}
