package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"docket/internal/job"

	"github.com/google/go-cmp/cmp"
)

func TestFailureCrosses(t *testing.T) {
	facts := job.Facts{
		"int": -3, "int64": int64(math.MaxInt64), "float": 0.1, "whole": 2.0, "text": "a \"b\"\n",
		"bool": true, "list": []string{"x", "y,z"},
	}
	inner := job.Errorf(job.FileCorrupted, facts, "xref at %d", 5)
	tests := map[string]struct {
		err  error
		want *job.Error
	}{
		"job error":     {inner, inner},
		"no cause":      {&job.Error{Code: job.Unreadable}, &job.Error{Code: job.Unreadable}},
		"wrapped":       {fmt.Errorf("read page 3: %w", inner), &job.Error{Code: job.FileCorrupted, Facts: facts, Err: fmt.Errorf("read page 3: %w", inner)}},
		"plain":         {errors.New("oops"), job.Errorf(job.Internal, nil, "oops")},
		"made-up code":  {&job.Error{Code: "root"}, &job.Error{Code: job.Internal}},
		"parent's code": {&job.Error{Code: job.CancelledCode}, &job.Error{Code: job.Internal}},
		"other type": {&job.Error{Code: job.Timeout, Facts: job.Facts{"x": []int{1}}},
			&job.Error{Code: job.Timeout, Facts: job.Facts{"x": "[1]"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b, err := json.Marshal(newFailure(test.err))
			if err != nil {
				t.Fatal(err)
			}
			var f failure
			if err := json.Unmarshal(b, &f); err != nil {
				t.Fatal(err)
			}
			got := f.err()
			if diff := cmp.Diff(test.want.Facts, got.Facts); diff != "" || got.Code != test.want.Code {
				t.Errorf("code %s, facts %s", got.Code, diff)
			}
			if got.Error() != test.want.Error() {
				t.Errorf("text %q, want %q", got, test.want)
			}
		})
	}
}

func TestFailureIsBounded(t *testing.T) {
	facts := job.Facts{}
	for i := range 100 {
		facts[fmt.Sprint(i)] = strings.Repeat("x", 1<<20)
	}
	b, err := json.Marshal(newFailure(job.Errorf(job.Internal, facts, "%s", strings.Repeat("y", 1<<22))))
	if err != nil || len(b) > maxControl {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

func TestFactThatDoesNotParse(t *testing.T) {
	for _, typ := range []string{"int", "int64", "float64", "bool", "strings", "what"} {
		if got := (fact{typ, "zzz"}).value(); got != "zzz" {
			t.Errorf("%s: %v", typ, got)
		}
	}
}

func TestGreet(t *testing.T) {
	tests := map[string]struct {
		answer  []byte
		missing []string
		says    string
	}{
		"ready":   {rawMessage(t, kindReady, readiness{Missing: []string{"seccomp: none"}}), []string{"seccomp: none"}, ""},
		"failed":  {rawMessage(t, kindFailed, outcome{Failure: newFailure(errors.New("no engine"))}), nil, "no engine"},
		"silent":  {rawMessage(t, kindFailed, outcome{}), nil, "without a reason"},
		"ended":   {nil, nil, "before it was ready"},
		"hasty":   {rawMessage(t, kindDone, outcome{}), nil, "out of order"},
		"garbled": {rawFrame(1, byte(kindReady), "{"), nil, "protocol"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := &process{w: newFrameWriter(io.Discard), r: newFrameReader(bytes.NewReader(test.answer))}
			got, err := p.greet(settings{})
			if diff := cmp.Diff(test.missing, got.Missing); diff != "" {
				t.Errorf("missing: %s", diff)
			}
			if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want %q", err, test.says)
			}
		})
	}
}

func rawMessage(t *testing.T, k kind, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := newFrameWriter(&b).sendJSON(k, v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
