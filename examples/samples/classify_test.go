package samples_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// submitClassification is POST /classify; it gives a UUID.
func submitClassification(t *testing.T, f file) string {
	t.Helper()
	f.field = "pdf_file"
	return post(t, "/classify", map[string]string{"categories": `[{"name":"Invoice"},{"name":"Report","description":"annual reports"}]`}, f).text(t, "job_id")
}

// contract H14, H15, H98, H102, H103, H105, H106, H107, H108, H109, H110
func TestPollClassification(t *testing.T) {
	t.Parallel()
	const (
		program = "poll_classification.py"
		waiting = `(Status: processing, Progress: (Starting classification\.\.\.|Processing page \d+ of \d+)` + "\n)*"
	)
	t.Run("completed", func(t *testing.T) {
		t.Parallel()
		start(t, program, submitClassification(t, document())).succeeds(waiting + "(Invoice|Report) \\([0-9.]+\\)\n")
	})
	t.Run("failed", func(t *testing.T) {
		t.Parallel()
		id := submitClassification(t, corruptDocument())
		waitFor(t, id)
		startWith(t, []string{"DOCKET_MAX_WAIT=0.3"}, program, id).
			fails("(Error polling status: Classification failed: "+corruptText+"\n)+", "Exception: Classification job timed out")
	})
}

// contract H104, H112
func TestCheckClassification(t *testing.T) {
	t.Parallel()
	done, failed := submitClassification(t, document()), submitClassification(t, corruptDocument())
	waitFor(t, done)
	waitFor(t, failed)
	start(t, "check_classification.py", done).succeeds("completed: Classification completed\n")
	start(t, "check_classification.py", failed).succeeds("failed: Classification failed\n")
	start(t, "check_classification.py", unknownUUID).fails("", "Exception: Failed to get job status: 404")

	s := start(t, "classification_status.sh", done)
	s.succeeds("(?s).*")
	var got object
	if err := json.Unmarshal(s.stdout.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, &s.stdout)
	}
	if diff := cmp.Diff([]string{"error", "job_id", "progress", "result", "status"}, slices.Sorted(maps.Keys(got))); diff != "" {
		t.Error(diff)
	}
}

// contract H3, H113
func TestMonitorClassifications(t *testing.T) {
	t.Parallel()
	done, failed := submitClassification(t, document()), submitClassification(t, corruptDocument())
	waitFor(t, done)
	waitFor(t, failed)
	args, want := []string{}, ""
	for range 10 {
		args = append(args, done, failed, unknownUUID)
		want += done + ": completed\n" + failed + ": failed\n" + unknownUUID + ": .+\n"
	}
	start(t, "monitor_classifications.py", args...).succeeds(want)
}
