package job_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
)

func sample(t *testing.T) job.Job {
	t.Helper()
	id, _, err := job.ParseID("b2094b38-e432-44b6-a5d0-67bed07d5de1")
	if err != nil {
		t.Fatal(err)
	}
	spec := job.Spec{Account: "user_123", Operation: job.Parse, Spelling: job.UUID}
	j, _ := spec.New(id, []job.Input{{Name: "financial_report.pdf", SHA256: "abc123"}}, time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC))
	return j
}

// The eight keys of the published sample, with these values, and no error. // contract H30, J4
func TestViewOfAQueuedJob(t *testing.T) {
	j := sample(t)
	b, err := json.Marshal(j.View(job.UUID, job.VisionWords))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"id": "b2094b38-e432-44b6-a5d0-67bed07d5de1", "status": "queued", "type": "chunking",
		"created_at": "2024-01-15T10:30:00.000Z", "updated_at": "2024-01-15T10:30:00.000Z",
		"pdf_name": "financial_report.pdf", "pdf_hash": "sha256:abc123", "user_id": "user_123",
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s: got %v, want %v", key, got[key], value)
		}
	}
	for _, key := range []string{"error", "error_details", "message", "completed_at"} {
		if _, ok := got[key]; ok {
			t.Errorf("a queued job has the key %s", key)
		}
	}
}

func TestWordsOfStatuses(t *testing.T) {
	want := map[job.Status][2]string{
		job.AwaitingUpload: {"queued", "queued"},
		job.Queued:         {"queued", "queued"},
		job.Processing:     {"PROCESSING", "processing"},
		job.Completed:      {"COMPLETED", "completed"},
		job.Failed:         {"FAILED", "failed"},
		job.Cancelled:      {"FAILED", "cancelled"},
	}
	for status, words := range want {
		got := [2]string{status.In(job.VisionWords), status.In(job.JobsWords)}
		if got != words {
			t.Errorf("%s: got %v, want %v", status, got, words)
		}
	}
}

func TestViewOfACancelledJobSaysSo(t *testing.T) {
	j, _, err := sample(t).Move(job.Cancelled, time.Unix(1705314700, 0))
	if err != nil {
		t.Fatal(err)
	}
	v := j.View(job.TypeID, job.JobsWords)
	want := &job.ErrorDetails{ErrorType: "cancelled", Message: "Job was cancelled"}
	if v.Status != "cancelled" || v.Error != "Job was cancelled" || !cmp.Equal(v.ErrorDetails, want) {
		t.Errorf("got %+v", v)
	}
	if v.JobID[:4] != "job_" || v.AliasID != "b2094b38-e432-44b6-a5d0-67bed07d5de1" || v.CompletedAt != "2024-01-15T10:31:40Z" {
		t.Errorf("got %+v", v)
	}
}

// Every failure says what happened and, but for a cancel, what to do now; its
// words are the same before and after storage.
func TestFailuresHaveWords(t *testing.T) {
	failures := []job.Failure{
		{Code: job.FileCorrupted, Facts: job.Facts{"reason": "no pages"}},
		{Code: job.FileCorrupted, Facts: job.Facts{"empty": true}},
		{Code: job.PasswordProtected, Facts: job.Facts{"password_given": false}},
		{Code: job.PasswordProtected, Facts: job.Facts{"password_given": true}},
		{Code: job.Unreadable},
		{Code: job.UnsupportedFormat, Facts: job.Facts{"detected": "a PNG image"}},
		{Code: job.ResourceLimit, Facts: job.Facts{"limit": "pages", "pages": 5_000_000, "max": 2000}},
		{Code: job.ResourceLimit, Facts: job.Facts{"limit": "memory", "bytes": int64(1610612736), "page": 7}},
		{Code: job.Timeout, Facts: job.Facts{"seconds": 31, "page": 2}},
		{Code: job.StorageError}, {Code: job.WorkerLost, Facts: job.Facts{"times": 10}}, {Code: job.Internal}, {Code: "new_code"},
	}
	var seen []string
	for _, f := range failures {
		b, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		var stored job.Failure
		if err := json.Unmarshal(b, &stored); err != nil {
			t.Fatal(err)
		}
		m := f.Message()
		if m != stored.Message() {
			t.Errorf("%v: %q, and after storage %q", f, m, stored.Message())
		}
		if f.Remedy() == "" || !strings.HasSuffix(m, f.Remedy()) || strings.Contains(m, "%!") || strings.Contains(m, "e+") {
			t.Errorf("%v: %q", f, m)
		}
		if slices.Contains(seen, m) && f.Code != "new_code" {
			t.Errorf("%v: %q was said of another failure", f, m)
		}
		seen = append(seen, m)
	}
}

func TestProgressNeverFalls(t *testing.T) {
	before := job.Progress{Percentage: 60, PagesCompleted: 6, TotalPages: 10, TotalFiles: 1, Stage: "reading"}
	got := job.Progress{Percentage: 10, PagesCompleted: 1, Stage: "building"}.Over(before)
	want := job.Progress{Percentage: 60, PagesCompleted: 6, TotalPages: 10, TotalFiles: 1, Stage: "building"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
