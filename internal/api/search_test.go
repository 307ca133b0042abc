package api

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
)

func TestSplitTerms(t *testing.T) {
	for text, want := range map[string][]term{
		"":                           nil,
		"  \t ":                      nil,
		"invoice":                    {{"", "invoice"}},
		" a  b ":                     {{"", "a"}, {"", "b"}},
		"status:failed invoice":      {{"status", "failed"}, {"", "invoice"}},
		"STATUS:Failed":              {{"status", "Failed"}},
		`tag:"two words" x`:          {{"tag", "two words"}, {"", "x"}},
		`"march 2026"`:               {{"", "march 2026"}},
		`""`:                         nil,
		`tag:""`:                     {{"tag", ""}},
		"status:":                    {{"status", ""}},
		"after:2026-01-01T10:00:00Z": {{"after", "2026-01-01T10:00:00Z"}},
		"10:30.pdf":                  {{"", "10:30.pdf"}},
		":x":                         {{"", ":x"}},
		"https://example.com":        {{"https", "//example.com"}},
		`"https://example.com"`:      {{"", "https://example.com"}},
		`"status:failed"`:            {{"", "status:failed"}},
	} {
		got, err := splitTerms(text)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(term{})); diff != "" || err != nil {
			t.Errorf("%q: %v, error %v", text, diff, err)
		}
	}
	for _, text := range []string{`"`, `"a`, `a "b" "c`} {
		if got, err := splitTerms(text); job.CodeOf(err) != job.InvalidRequest {
			t.Errorf("%q is %v, error %v", text, got, err)
		}
	}
}
