package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/op"
)

// Every parameter that is wrong is named, with what is allowed.
func TestCheck(t *testing.T) {
	const whole = `{"format":"jsonl","filter":{"status":["completed"],"operation":["classify","extract","parse"]}}`
	for _, parameters := range []string{``, `{}`, `{"filter":{}}`, `{"filter":null,"format":null,"job_ids":null}`, whole} {
		got, err := operation().Check(json.RawMessage(parameters))
		if diff := cmp.Diff(whole, string(got)); err != nil || diff != "" {
			t.Errorf("%s: %v %s", parameters, err, diff)
		}
	}
	for parameters, field := range map[string]string{
		`[]`: "parameters", `{"formats":"csv"}`: "parameters.formats", `{"format":"pdf"}`: "parameters.format", `{"format":7}`: "parameters.format",
		`{"include_documents":true}`: "parameters.include_documents", `{"format":"zip","include_documents":"yes"}`: "parameters.include_documents",
		`{"filter":[]}`: "parameters.filter", `{"filter":{"state":"x"}}`: "parameters.filter.state", `{"filter":{"status":"processing"}}`: "parameters.filter.status", `{"filter":{"status":7}}`: "parameters.filter.status",
		`{"filter":{"operation":"import"}}`: "parameters.filter.operation", `{"filter":{"operation":["parse","x"]}}`: "parameters.filter.operation",
		`{"filter":{"created_after":"yesterday"}}`: "parameters.filter.created_after", `{"filter":{"created_before":5}}`: "parameters.filter.created_before",
		`{"filter":{"created_after":"2024-02-01T00:00:00Z","created_before":"2024-01-01T00:00:00Z"}}`: "parameters.filter.created_before",
		`{"filter":{"tags":7}}`: "parameters.filter.tags", `{"filter":{"batch_id":"x"}}`: "parameters.filter.batch_id", `{"filter":{"batch_id":7}}`: "parameters.filter.batch_id",
	} {
		_, err := operation().Check(json.RawMessage(parameters))
		e, ok := errors.AsType[*job.Error](err)
		if !ok || e.Code != job.InvalidRequest || e.Facts["field"] != field || e.Facts["remedy"] == nil && e.Facts["allowed"] == nil {
			t.Errorf("%s: %v", parameters, err)
		}
	}
	if operation().CheckDocuments(0, nil) != nil || job.CodeOf(operation().CheckDocuments(1, nil)) != job.InvalidRequest {
		t.Error("documents are taken")
	}
}

// The filter is that of a list, for jobs that were made before the export.
func TestFilter(t *testing.T) {
	a := newAccount(`{}`)
	a.export(t, `{"filter":{"status":["FAILED","cancelled"],"operation":"extraction,parse","created_after":"2024-01-15T00:00:00Z","tags":["a","b"],"batch_id":"batch_01h455vb4pex5vsknk084sn02q"}}`)
	batch, err := job.ParseBatchID("batch_01h455vb4pex5vsknk084sn02q")
	if err != nil {
		t.Fatal(err)
	}
	want := job.Filter{
		Statuses: []job.Status{job.Failed, job.Cancelled}, Operations: []job.Operation{job.Extract, job.Parse}, After: time.Date(2024, 1, 15, 0, 0, 0, 0, time.UTC),
		Tags: []string{"a", "b"}, Batch: batch, Oldest: true, Limit: pageOfJobs,
	}
	got := a.asked[0]
	if since := time.Since(got.Before); since < -time.Second || since > time.Minute {
		t.Errorf("jobs before %v", got.Before)
	}
	got.Before = time.Time{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	w := a.task(t, `{"filter":{"created_before":"2024-01-15T12:00:00Z"}}`)
	w.Task.Inputs = []job.Input{{Source: a.jobs[0].ID}}
	if _, err := operation().Run(context.WithoutCancel(t.Context()), w.Task); err != nil {
		t.Fatal(err)
	}
	if f := a.asked[1]; !f.Before.Equal(time.Date(2024, 1, 15, 12, 0, 0, 0, time.UTC)) || len(f.IDs) != 1 || f.IDs[0] != a.jobs[0].ID {
		t.Errorf("%+v", f)
	}
}

// However many results there are, a few of them are in memory.
func TestMemory(t *testing.T) {
	result := `{"data":{"text":"` + strings.Repeat("words and words ", 256) + `"}}` // 4 KB
	for format, n := range map[string]int{"jsonl": 10_000, "zip": 10_000, "csv": 3000, "xlsx": 3000} {
		if testing.Short() {
			n /= 10
		}
		a := newAccount()
		for range n {
			a.add("")
		}
		w := a.task(t, `{"format":"`+format+`"}`)
		w.Task.Result = func(_ job.ID, _ job.Format, out io.Writer) error {
			_, err := io.WriteString(out, result)
			return err
		}
		onDisk(t, w.Task)
		w.Task.Create = func(string) (io.WriteCloser, error) { return nowhere{}, nil }
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		var most uint64
		calls := 0
		w.Task.Progress = func(job.Progress) {
			if calls++; calls%(n/5) == 0 {
				runtime.GC()
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapAlloc-min(before.HeapAlloc, now.HeapAlloc))
			}
		}
		begin := time.Now()
		r, err := operation().Run(context.WithoutCancel(t.Context()), w.Task)
		if s, _ := r.Summary.(Summary); err != nil || s.Results != n {
			t.Fatalf("%s: %+v %v", format, r.Summary, err)
		}
		t.Logf("%s: %d results in %v, %d MB more in memory at most", format, n, time.Since(begin).Round(time.Millisecond), most>>20)
		if most > 24<<20 {
			t.Errorf("%s: %d MB more in memory", format, most>>20)
		}
	}
}

type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) Close() error                { return nil }

// onDisk has a task keep its checkpoints in a file.
func onDisk(t *testing.T, task *op.Task) {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	var state json.RawMessage
	size := int64(0)
	task.Checkpoint = func(_ int, part []byte, said json.RawMessage) error {
		n, err := f.Write(part)
		size, state = size+int64(n), bytes.Clone(said)
		return err
	}
	task.Resume = func(int) (io.ReadCloser, json.RawMessage, error) {
		if state == nil {
			return nil, nil, nil
		}
		return io.NopCloser(io.NewSectionReader(f, 0, size)), state, nil
	}
}
