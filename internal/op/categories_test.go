package op

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"docket/internal/job"

	"github.com/google/go-cmp/cmp"
)

func TestParseCategories(t *testing.T) {
	tests := map[string]struct {
		text string
		want []Category
	}{
		"objects":      {`[{"name":"Invoice","description":"a bill"},{"name":"Contract"}]`, []Category{{"Invoice", "a bill"}, {"Contract", ""}}},
		"names":        {`["Invoice","Contract"]`, []Category{{"Invoice", ""}, {"Contract", ""}}},
		"mixed":        {`["Invoice", {"name":"Contract"}]`, []Category{{"Invoice", ""}, {"Contract", ""}}},
		"one":          {`["Invoice"]`, []Category{{"Invoice", ""}}},
		"spaces":       {`["  Purchase   Order "]`, []Category{{"Purchase Order", ""}}},
		"unknown keys": {`[{"name":"Invoice","color":"red"}]`, []Category{{"Invoice", ""}}},
		"null text":    {`[{"name":"Invoice","description":null}]`, []Category{{"Invoice", ""}}},
	}
	for name, test := range tests {
		got, err := ParseCategories(test.text)
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

func TestParseCategoriesRefuses(t *testing.T) {
	tests := map[string]struct{ text, problem string }{
		"nothing":       {``, "there are none"},
		"malformed":     {`[{"name":"Invoice"`, "not a JSON array"},
		"object":        {`{"name":"Invoice"}`, "not a JSON array"},
		"numbers":       {`[1,2]`, "not a JSON array"},
		"null":          {`null`, "there are none"},
		"empty":         {`[]`, "there are none"},
		"without names": {`[{"description":"a bill"}]`, "not a JSON array"},
		"null item":     {`[null]`, "not a JSON array"},
		"empty name":    {`["Invoice"," "]`, "number 2 has no name"},
		"twice":         {`["Invoice","INVOICE"]`, `"INVOICE" is there twice`},
		"long name":     {`["` + strings.Repeat("x", 201) + `"]`, "longer than 200"},
		"long text":     {`[{"name":"a","description":"` + strings.Repeat("x", 4001) + `"}]`, "longer than 4000"},
		"many":          {`[` + strings.Repeat(`"a",`, 100) + `"b"]`, "the limit is 100"},
	}
	for name, test := range tests {
		got, err := ParseCategories(test.text)
		e, ok := errors.AsType[*job.Error](err)
		if !ok || e.Code != job.InvalidConditions || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
			continue
		}
		if problem := e.Facts["problem"].(string); !strings.Contains(problem, test.problem) || e.Facts["field"] != "categories" || e.Facts["remedy"] == "" {
			t.Errorf("%s: facts %v", name, e.Facts)
		}
	}
}

func FuzzParseCategories(f *testing.F) {
	for _, seed := range []string{``, `[]`, `["a"]`, `[{"name":"a","description":"b"}]`, `[null]`, `["a",{"name":"b"}]`, `[{"name":1}]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseCategories(text)
		if err != nil {
			if job.CodeOf(err) != job.InvalidConditions {
				t.Fatalf("error %v", err)
			}
			return
		}
		if len(got) == 0 || len(got) > MaxCategories {
			t.Fatalf("%d categories", len(got))
		}
		b, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseCategories(string(b))
		if diff := cmp.Diff(got, again); err != nil || diff != "" {
			t.Fatalf("%v %s", err, diff)
		}
	})
}
