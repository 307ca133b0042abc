package op

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Raw gives a parameter as it came; nil when it was not sent or is null.
func (f *Fields) Raw(name string) json.RawMessage {
	raw, _ := f.raw(name)
	return raw
}

// Nested reads a parameter that is an object itself, or nothing, of which only
// these names are known.
func (f *Fields) Nested(name string, known ...string) *Fields {
	return readFields(f.name+"."+name, name+" has no such key", f.Raw(name), known)
}

// Choice reads one of some words.
func (f *Fields) Choice(name, otherwise string, words ...string) string {
	s := f.Text(name, 100)
	if s == "" {
		return otherwise
	}
	if s = strings.ToLower(s); !slices.Contains(words, s) {
		f.fault(name, "it is "+quoted(s), "Send one of "+strings.Join(words, ", "))
		return otherwise
	}
	return s
}

// Words reads a list of words: an array of texts, or one text with commas.
func (f *Fields) Words(name string, most int) []string {
	raw, sent := f.raw(name)
	if !sent {
		return nil
	}
	var list []string
	var one string
	if json.Unmarshal(raw, &one) == nil {
		list = strings.Split(one, ",")
	} else if json.Unmarshal(raw, &list) != nil {
		f.fault(name, "it is neither a text nor a list of texts", `Send "a,b" or ["a", "b"]`)
		return nil
	}
	words := list[:0]
	for _, w := range list {
		if w = strings.TrimSpace(w); w != "" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	if len(words) > most {
		f.fault(name, fmt.Sprintf("there are %d, which is more than %d", len(words), most), "Send fewer")
	}
	return words
}

func quoted(s string) string {
	b, err := json.Marshal(short(s))
	if err != nil {
		return s
	}
	return string(b) + ", which is not known"
}
