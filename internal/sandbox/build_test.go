package sandbox

import (
	"bytes"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"docket/internal/document"
	"docket/internal/job"

	"github.com/google/go-cmp/cmp"
)

func recordsOf(records ...string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, r := range records {
			if !yield([]byte(r), nil) {
				return
			}
		}
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func TestBuild(t *testing.T) {
	p, _ := startPool(t, 1, "script", nil)
	large := strings.Repeat("z", 3*maxPayload)
	var out bytes.Buffer
	summary, err := p.Build(testContext(t), recordsOf("a", large, "c"), document.Options{}, &out)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"text":"a"}` + "\n" + `{"text":"` + large + `"}` + "\n" + `{"text":"c"}` + "\n"
	if out.String() != want || summary.Pages != 3 {
		t.Errorf("summary %+v, %d bytes of chunks, want %d", summary, out.Len(), len(want))
	}
}

func TestBuildOfNothing(t *testing.T) {
	p, _ := startPool(t, 1, "script", nil)
	var out bytes.Buffer
	summary, err := p.Build(testContext(t), recordsOf(), document.Options{}, &out)
	if diff := cmp.Diff(document.Summary{}, summary); err != nil || diff != "" || out.Len() > 0 {
		t.Errorf("%s %q %v", diff, out.String(), err)
	}
}

func TestBuildErrors(t *testing.T) {
	p, _ := startPool(t, 1, "script", func(l *Limits) {
		l.Deadline, l.PerPage, l.RecordBytes = 6*time.Second, 0, 1000
	})
	mine := errors.New("mine")
	many := make([]string, 500)
	for i := range many {
		many[i] = strings.Repeat("x", 900)
	}
	many[0] = "fail"
	tests := map[string]struct {
		records iter.Seq2[[]byte, error]
		want    *job.Error
		is      error
	}{
		"reported": {recordsOf(many...), job.Errorf(job.Unreadable, job.Facts{"page": 1}, ""), nil},
		"died":     {recordsOf("a", "exit", "b"), &job.Error{Code: job.Internal}, ErrDied},
		"stuck":    {recordsOf("a", "hang", "b"), job.Errorf(job.Timeout, job.Facts{"seconds": 6}, ""), nil},
		"record":   {recordsOf(strings.Repeat("x", 1001)), limitError("record", 1000, nil), nil},
		"records":  {func(yield func([]byte, error) bool) { _ = yield([]byte("a"), nil) && yield(nil, mine) }, nil, mine},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := p.Build(testContext(t), test.records, document.Options{}, &bytes.Buffer{})
			if test.want != nil {
				checkError(t, err, test.want)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("error %v, want %v", err, test.is)
			}
		})
	}
	_, err := p.Build(testContext(t), recordsOf("a"), document.Options{}, failingWriter{mine})
	if !errors.Is(err, mine) || errors.Is(err, ErrDied) {
		t.Errorf("error %v, want that of the writer", err)
	}
}
