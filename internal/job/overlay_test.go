package job_test

import (
	"encoding/json"
	"testing"

	"docket/internal/job"
)

func TestOverlay(t *testing.T) {
	for _, test := range []struct{ under, over, want string }{
		{``, ``, ``},
		{`{"a":1}`, ``, `{"a":1}`},
		{``, `{"a":1}`, `{"a":1}`},
		{`{"a":1,"b":2}`, `{"b":3,"c":[4]}`, `{"a":1,"b":3,"c":[4]}`},
		{`{"a":1,"b":2}`, `{"a":null,"z":null}`, `{"b":2}`},
		{`{"a":{"b":1,"c":2}}`, `{"a":{"b":null,"d":{"e":null,"f":1}}}`, `{"a":{"c":2,"d":{"f":1}}}`},
		{`{"a":[1]}`, `{"a":{"b":1}}`, `{"a":{"b":1}}`},
		{`{"n":12345678901234567890}`, `{"m":0.10}`, `{"m":0.10,"n":12345678901234567890}`},
	} {
		got, err := job.Overlay(json.RawMessage(test.under), json.RawMessage(test.over))
		if err != nil || string(got) != test.want {
			t.Errorf("%s over %s is %s, want %s: %v", test.over, test.under, got, test.want, err)
		}
	}
	if got, err := job.Overlay(nil, json.RawMessage(`[1]`)); err == nil {
		t.Errorf("an array lies over nothing: %s", got)
	}
}
