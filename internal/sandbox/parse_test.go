package sandbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

func parseAll(ctx context.Context, p *Pool, data []byte, req ParseRequest, out io.Writer) (*transcript, document.Summary, error) {
	tr := &transcript{}
	req.Size = int64(len(data))
	summary, err := p.Parse(ctx, bytes.NewReader(data), req, tr.opened, tr.page, out)
	return tr, summary, err
}

func TestParse(t *testing.T) {
	p, _ := startPool(t, 1, "script", nil)
	odd := func(page int) bool { return page%2 == 1 }
	tests := map[string]struct {
		script string
		req    ParseRequest
		pages  []int
		chunks string
	}{
		"all":          {"say:a say:b say:c", ParseRequest{}, []int{1, 2, 3}, "a b c"},
		"some":         {"say:a say:b say:c", ParseRequest{Wanted: odd}, []int{1, 2, 3}, "a c"},
		"goes on":      {"exit:1 loop say:c say:d", ParseRequest{ReadRequest: ReadRequest{FirstPage: 3}, Before: recordsOf("a", "b")}, []int{3, 4}, "a b c d"},
		"was read":     {"say:a say:b", ParseRequest{ReadRequest: ReadRequest{FirstPage: 3}, Before: recordsOf("a", "b")}, nil, "a b"},
		"first pages":  {"say:a say:b loop", ParseRequest{ReadRequest: ReadRequest{MaxPages: 2}}, []int{1, 2}, "a b"},
		"empty file":   {"", ParseRequest{}, nil, ""},
		"many at once": {strings.Repeat("say:a ", 100), ParseRequest{Before: recordsOf(strings.Fields(strings.Repeat("b ", 100))...), Wanted: func(page int) bool { return page == 7 }}, numbers(100), strings.Repeat("b ", 100) + "a"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			tr, summary, err := parseAll(testContext(t), p, []byte(test.script), test.req, &out)
			if err != nil {
				t.Fatal(err)
			}
			want := ""
			for _, chunk := range strings.Fields(test.chunks) {
				want += `{"text":"` + chunk + `"}` + "\n"
			}
			if diff := cmp.Diff(want, out.String()); diff != "" || summary.Pages != len(strings.Fields(test.chunks)) {
				t.Errorf("summary %+v, chunks: %s", summary, diff)
			}
			if diff := cmp.Diff(test.pages, tr.pages); diff != "" {
				t.Errorf("pages: %s", diff)
			}
		})
	}
}

func numbers(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i + 1
	}
	return out
}

// TestParseErrors are those of either half. Records that fill the pipes are
// under way when it fails, in both directions.
func TestParseErrors(t *testing.T) {
	p, _ := startPool(t, 1, "script", nil)
	mine := errors.New("mine")
	large := strings.Repeat("big:300000 ", 10)
	before := recordsOf(strings.Repeat("x", 1<<20), strings.Repeat("y", 1<<20))
	some := func(int) bool { return true }
	tests := map[string]struct {
		script string
		req    ParseRequest
		want   *job.Error
		is     error
		lives  bool // the child does
	}{
		"refused":             {"refuse", ParseRequest{Before: before}, &job.Error{Code: job.PasswordProtected}, nil, true},
		"not read":            {large + "error", ParseRequest{}, &job.Error{Code: job.Internal}, nil, true},
		"not read, all back":  {large + "error", ParseRequest{Before: before, Wanted: some}, &job.Error{Code: job.Internal}, nil, true},
		"not built":           {"ok say:fail " + large, ParseRequest{}, &job.Error{Code: job.Unreadable}, nil, true},
		"not built, all back": {"ok say:fail " + large, ParseRequest{Before: before, Wanted: some}, &job.Error{Code: job.Unreadable}, nil, true},
		"died in a page":      {"ok exit:1", ParseRequest{}, &job.Error{Code: job.Internal}, ErrDied, false},
		"died in building":    {"say:exit " + large, ParseRequest{Wanted: some}, &job.Error{Code: job.Internal}, ErrDied, false},
		"before": {"ok ok", ParseRequest{Before: func(yield func([]byte, error) bool) {
			_ = yield([]byte("a"), nil) && yield(nil, mine)
		}}, nil, mine, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			old := childPIDs(t)
			_, _, err := parseAll(testContext(t), p, []byte(test.script), test.req, io.Discard)
			if test.want != nil && job.CodeOf(err) != test.want.Code {
				t.Errorf("error %v, want %s", err, test.want.Code)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("error %v, want %v", err, test.is)
			}
			if _, _, err := parseAll(testContext(t), p, []byte("ok"), ParseRequest{}, io.Discard); err != nil {
				t.Errorf("next request: %v", err)
			}
			if diff := cmp.Diff(old, childPIDs(t)); test.lives != (diff == "") {
				t.Errorf("children changed: %s", diff)
			}
		})
	}
	_, _, err := parseAll(testContext(t), p, []byte("ok"), ParseRequest{}, failingWriter{mine})
	if !errors.Is(err, mine) || errors.Is(err, ErrDied) {
		t.Errorf("error %v, want that of the writer", err)
	}
}

// TestParseDeadline gives the pages their time, and then as much to what is
// made of them.
func TestParseDeadline(t *testing.T) {
	p, _ := startPool(t, 1, "script", func(l *Limits) {
		l.Deadline, l.PerPage = 500*time.Millisecond, 250*time.Millisecond
	})
	for script, facts := range map[string]job.Facts{
		"ok hang":    {"seconds": 1, "page": 2},
		"ok loop ok": {"seconds": 2, "page": 2},
		"say:hang":   {"seconds": 2},
	} {
		_, _, err := parseAll(testContext(t), p, []byte(script), ParseRequest{}, io.Discard)
		checkError(t, err, job.Errorf(job.Timeout, facts, ""))
	}
}

// TestParseIsReadAndBuild has the real engine do both, in one request and in
// two: a page of text, one whose text is recognized, and flows.
func TestParseIsReadAndBuild(t *testing.T) {
	p := startReader(t)
	for name, data := range map[string][]byte{
		"pages": testkit.LongPDF(7),
		"scan":  testkit.ScannedPDF("The quick brown fox", "jumps over the lazy dog."),
		"flow":  []byte("<html><h1>Title</h1><p>A paragraph of text.</p></html>"),
	} {
		var want bytes.Buffer
		tr, err := readAll(testContext(t), p, data, ReadRequest{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		built, err := p.Build(testContext(t), recordsOf(tr.recs...), document.Options{}, &want)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		half := (len(tr.recs) + 1) / 2
		for _, req := range []ParseRequest{
			{},
			{Wanted: func(int) bool { return true }},
			{ReadRequest: ReadRequest{FirstPage: half + 1}, Before: recordsOf(tr.recs[:half]...)},
		} {
			var got bytes.Buffer
			parsed, summary, err := parseAll(testContext(t), p, data, req, &got)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if diff := cmp.Diff(want.String(), got.String()) + cmp.Diff(built, summary); diff != "" || got.Len() == 0 {
				t.Errorf("%s from page %d: %s", name, req.FirstPage, diff)
			}
			if diff := cmp.Diff(tr.recs[max(req.FirstPage-1, 0):], parsed.recs); diff != "" && len(parsed.recs) > 0 {
				t.Errorf("%s from page %d: records: %s", name, req.FirstPage, diff)
			}
		}
	}
}
