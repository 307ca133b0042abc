package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"docket/internal/job"
)

// Limits of what is searched for.
const (
	maxQuery = 500 // bytes
	maxWords = 10
)

// term is one part of a search: key:value, or a word.
type term struct {
	key, value string
}

// search narrows the filter by ?q=: words, and terms such as status:failed.
// What another parameter says already may not be said again.
func (a *API) search(f *job.Filter, q url.Values) error {
	text := q.Get("q")
	if len(text) > maxQuery {
		return invalid("q", fmt.Sprintf("it is longer than %d bytes", maxQuery), "")
	}
	if !isText(text) {
		return invalid("q", "it is not UTF-8 text", "")
	}
	terms, err := splitTerms(text)
	if err != nil {
		return err
	}
	said := map[string]bool{"status": len(f.Statuses) > 0, "operation": len(f.Operations) > 0, "after": !f.After.IsZero(), "before": !f.Before.IsZero(), "batch": !f.Batch.IsZero()}
	for _, t := range terms {
		if t.key == "op" {
			t.key = "operation"
		}
		if once, ok := said[t.key]; ok {
			if once {
				return invalid("q", fmt.Sprintf("it says %s, which the request says already", t.key), "Say it once; several states or operations go together with commas: status:failed,cancelled")
			}
			said[t.key] = true
		}
		if err := a.narrow(f, t); err != nil {
			return err
		}
	}
	switch {
	case len(f.Words) > maxWords:
		return invalid("q", fmt.Sprintf("it has more than %d words", maxWords), "")
	case len(f.Tags) > maxTags:
		return invalid("q", fmt.Sprintf("there are more than %d tags", maxTags), "")
	}
	return nil
}

// narrow adds one term to the filter.
func (a *API) narrow(f *job.Filter, t term) (err error) {
	if t.key != "" && t.value == "" {
		return invalid("q", fmt.Sprintf("%s: has no value", t.key), "Write the value right behind the colon, such as status:failed")
	}
	switch t.key {
	case "":
		f.Words = append(f.Words, job.NewWord(t.value))
	case "status":
		f.Statuses, err = statuses("q", t.value)
	case "operation":
		f.Operations, err = a.operations("q", t.value)
	case "tag":
		f.Tags = append(f.Tags, t.value)
	case "after":
		f.After, err = queryTime(t)
	case "before":
		f.Before, err = queryTime(t)
	case "batch":
		if f.Batch, err = job.ParseBatchID(t.value); err != nil {
			return invalid("q", fmt.Sprintf("%q is not the id of a batch", plain(t.value, 60)), "Send one such as batch_01hm6f4yk0f8xa7zq3v5c9d2ft")
		}
	case "name":
		f.Words = append(f.Words, job.Word{Text: job.SearchText(t.value)})
	case "id":
		w := job.NewWord(t.value)
		if w.From.IsZero() {
			return invalid("q", fmt.Sprintf("%q is not the beginning of a job's id", plain(t.value, 60)), "Send job_ and at least 4 more characters, or at least 8 of the UUID")
		}
		f.Words = append(f.Words, w)
	case "source":
		id, _, err := job.ParseID(t.value)
		if err != nil {
			return invalid("q", fmt.Sprintf("%q is not the id of a job", plain(t.value, 60)), "Send one such as job_01hm6f4yk0f8xa7zq3v5c9d2ft")
		}
		f.Words = append(f.Words, job.SourceWord(id))
	default:
		return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "q", "problem": fmt.Sprintf("there is nothing called %q to search by; put quotes around a word that has a colon", plain(t.key, 50)+":"),
			"allowed": []string{"status:", "op:", "tag:", "after:", "before:", "batch:", "source:", "name:", "id:"},
		}}
	}
	return err
}

func queryTime(t term) (time.Time, error) {
	at, ok := job.ParseTime(t.value)
	if !ok {
		return at, invalid("q", fmt.Sprintf("%s:%s is not a time", t.key, plain(t.value, 50)), "Write a day or a time, such as 2024-01-15 or 2024-01-15T10:30:00Z")
	}
	return at, nil
}

// splitTerms takes a search apart at its spaces; what is in double quotes
// stays together, and is never a key.
func splitTerms(text string) ([]term, error) {
	var terms []term
	var now term
	some, quoted := false, false
	flush := func() {
		if some {
			terms = append(terms, now)
		}
		now, some = term{}, false
	}
	for _, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
			some = some || now.key != "" || now.value != ""
		case quoted:
			now.value += string(r)
			some = true
		case unicode.IsSpace(r):
			flush()
		case r == ':' && now.key == "" && isKey(now.value):
			now.key, now.value, some = strings.ToLower(now.value), "", true
		default:
			now.value += string(r)
			some = true
		}
	}
	if quoted {
		return nil, invalid("q", "a quote is not closed", `Write " at both ends of what belongs together`)
	}
	flush()
	return slices.DeleteFunc(terms, func(t term) bool { return t == term{} }), nil
}

// isKey says that a text before a colon is meant as a key.
func isKey(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '_' })
}
