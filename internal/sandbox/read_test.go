package sandbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"docket/internal/document"
	"docket/internal/job"

	"github.com/google/go-cmp/cmp"
)

func TestRead(t *testing.T) {
	p, _ := startPool(t, 1, "script", nil)
	tests := map[string]struct {
		script string
		req    ReadRequest
		want   []int
	}{
		"all":          {"ok ok ok", ReadRequest{}, []int{1, 2, 3}},
		"resumed":      {"exit:1 loop ok ok", ReadRequest{FirstPage: 3}, []int{3, 4}},
		"first pages":  {"ok ok loop", ReadRequest{MaxPages: 2}, []int{1, 2}},
		"from the end": {"ok", ReadRequest{FirstPage: 2}, nil},
		"large record": {"ok big:5000000 ok", ReadRequest{}, []int{1, 2, 3}},
		"empty file":   {"", ReadRequest{}, nil},
		"large file":   {"ok" + strings.Repeat(" ", 3*maxPayload+5) + "ok", ReadRequest{}, []int{1, 2}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tr, err := readAll(testContext(t), p, []byte(test.script), test.req)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, tr.pages); diff != "" {
				t.Errorf("pages: %s", diff)
			}
			if n := len(strings.Fields(test.script)); tr.info != (document.Info{Format: "script", Pages: n}) {
				t.Errorf("info: %+v", tr.info)
			}
		})
	}
}

// TestReportedErrors are the ends after which a child lives on.
func TestReportedErrors(t *testing.T) {
	p, _ := startPool(t, 1, "script", func(l *Limits) { l.Pages, l.RecordBytes = 5, 1000 })
	before := childPIDs(t)
	tests := map[string]struct {
		script string
		want   *job.Error
	}{
		"job error": {"refuse", job.Errorf(job.PasswordProtected, job.Facts{
			"page": 3, "bytes": int64(7), "ratio": 0.5, "name": "a b", "fatal": true, "fonts": []string{"A", "B"}}, "")},
		"plain error":    {"ok error", job.Errorf(job.Internal, nil, "")},
		"too many pages": {"ok ok ok ok ok ok", pagesError(6, 5)},
		"large record":   {"big:1001", limitError("record", 1000, nil)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := readScript(t, p, test.script)
			checkError(t, err, test.want)
			if errors.Is(err, ErrDied) {
				t.Error("the child did not die")
			}
		})
	}
	if diff := cmp.Diff(before, childPIDs(t)); diff != "" {
		t.Errorf("children changed: %s", diff)
	}
}

// checkError compares code and facts.
func checkError(t *testing.T, err error, want *job.Error) {
	t.Helper()
	got, ok := errors.AsType[*job.Error](err)
	if !ok {
		t.Fatalf("error %v is no job error", err)
	}
	if diff := cmp.Diff(want.Facts, got.Facts); diff != "" || got.Code != want.Code {
		t.Errorf("error %v: code %s, want %s; facts %s", err, got.Code, want.Code, diff)
	}
}

// TestCallerErrors come back as they are.
func TestCallerErrors(t *testing.T) {
	p, _ := startPool(t, 1, "script", nil)
	mine := errors.New("mine")
	ok := &transcript{}
	fail := func() error { return mine }
	tests := map[string]struct {
		in     io.Reader
		opened func(document.Info) error
		page   func(int, []byte) error
		want   error
	}{
		"input":       {iotest.ErrReader(mine), ok.opened, ok.page, mine},
		"short input": {strings.NewReader("o"), ok.opened, ok.page, io.ErrUnexpectedEOF},
		"opened":      {strings.NewReader("ok ok"), func(document.Info) error { return fail() }, ok.page, mine},
		"page":        {strings.NewReader("ok ok"), ok.opened, func(int, []byte) error { return fail() }, mine},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := p.Read(testContext(t), test.in, ReadRequest{Size: 5}, test.opened, test.page)
			if !errors.Is(err, test.want) || errors.Is(err, ErrDied) {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
	if _, err := readScript(t, p, "ok"); err != nil {
		t.Errorf("next request: %v", err)
	}
}

func TestReadRefuses(t *testing.T) {
	p := New(Options{Limits: Limits{FileBytes: 10}})
	ok := &transcript{}
	read := func(req ReadRequest) error {
		return p.Read(t.Context(), strings.NewReader(""), req, ok.opened, ok.page)
	}
	checkError(t, read(ReadRequest{Size: 11}), limitError("file_size", 10, nil))
	for _, req := range []ReadRequest{{Size: -1}, {FirstPage: -1}, {MaxPages: -1}} {
		if err := read(req); err == nil {
			t.Errorf("%+v was accepted", req)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	cancel(gone)
	if err := p.Read(ctx, strings.NewReader(""), ReadRequest{}, ok.opened, ok.page); !errors.Is(err, gone) {
		t.Errorf("error %v, want the cause", err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if err := p.Read(t.Context(), strings.NewReader(""), ReadRequest{}, ok.opened, ok.page); !errors.Is(err, ErrClosed) {
		t.Errorf("error %v after close", err)
	}
}

// TestSlowCaller has the child wait much longer than its deadline.
func TestSlowCaller(t *testing.T) {
	p, _ := startPool(t, 1, "script", func(l *Limits) { l.Deadline, l.PerPage = 6*time.Second, 0 })
	slow := make(chan struct{})
	time.AfterFunc(8*time.Second, func() { close(slow) })
	// Records that fill the pipe, so that the child is blocked.
	script := []byte("big:300000 big:300000 big:300000")
	seen := 0
	err := p.Read(testContext(t), bytes.NewReader(script), ReadRequest{Size: int64(len(script))},
		func(document.Info) error { return nil },
		func(int, []byte) error { <-slow; seen++; return nil })
	if err != nil || seen != 3 {
		t.Errorf("%d pages, %v", seen, err)
	}
}

func TestOutputLimit(t *testing.T) {
	p, _ := startPool(t, 1, "script", func(l *Limits) { l.OutputBytes = 250_000 })
	tr, err := readScript(t, p, "big:100000 big:100000 big:100000")
	checkError(t, err, limitError("output", 250_000, nil))
	if len(tr.pages) != 2 {
		t.Errorf("pages %v", tr.pages)
	}
}
