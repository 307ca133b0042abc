package samples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"docket/internal/testkit"
)

// contract H44, H45, H46, H47, H48, H49, H51
func TestBatchStatus(t *testing.T) {
	t.Parallel()
	first, second, third := document(), document(), corruptDocument()
	first.field, second.field, third.field = "first", "second", "third"
	batch := post(t, "/jobs/batch", map[string]string{"jobs": `[
		{"operation": "extract", "file": "first", "parameters": {"schema": {"type": "object", "properties": {"company": {"type": "string"}}}}},
		{"operation": "parse", "file": "second"},
		{"operation": "classify", "file": "third", "parameters": {"categories": [{"name": "Invoice"}, {"name": "Report"}]}}]`},
		first, second, third).text(t, "batch_id")
	for _, j := range get(t, "/jobs/batch/"+batch)["jobs"].([]any) {
		waitFor(t, object(j.(map[string]any)).text(t, "job_id"))
	}
	start(t, "batch_status.py", batch).
		succeeds("Batch Status: completed\nCompleted Jobs: 2/3\n  job_\\w+: completed\n  job_\\w+: completed\n  job_\\w+: failed\n")
}

// contract H17, H52, H53, H54, H55, H56
func TestManyJobsStatus(t *testing.T) {
	t.Parallel()
	done, failed, p := submitJob(t, "parse", "{}", document()), submitJob(t, "parse", "{}", corruptDocument()), submitPending(t)
	waitFor(t, done)
	waitFor(t, failed)
	start(t, "many_jobs_status.py", done, failed, p.uuid, unknownTypeID).
		succeeds(done + ": completed \\(100%\\)\n" + failed + ": failed \\(\\d+%\\)\n" + p.uuid + ": queued \\(0%\\)\n" + unknownTypeID + ": not_found \\(0%\\)\n")
	start(t, "status_without_key.py", done, failed).
		succeeds("one by one: " + done + ": completed\none by one: " + failed + ": failed\nat once: " + done + ": completed\nat once: " + failed + ": failed\n")
}

// contract H39, H102
func TestCachedStatus(t *testing.T) {
	t.Parallel()
	id := submitJob(t, "parse", "{}", document())
	waitFor(t, id)
	start(t, "cached_status.py", id).succeeds("completed after 1 request\n")
}

// contract H65, H66, H67, H70, H72, H73, H74, H75, H76
func TestFailedExtractions(t *testing.T) {
	t.Parallel()
	schema := `{"schema": {"type": "object", "properties": {"company": {"type": "string"}}}}`
	failed, done := submitJob(t, "extract", schema, corruptDocument()), submitJob(t, "extract", schema, document())
	other := submitJob(t, "parse", "{}", corruptDocument())
	for _, id := range []string{failed, done, other} {
		waitFor(t, id)
	}
	program := start(t, "failed_extractions.py")
	program.succeeds("(?s)Found \\d+ failed extraction jobs\n.*  " + failed + ": " + corruptText + ".*\n")
	for _, id := range []string{done, other} {
		if strings.Contains(program.stdout.String(), id) {
			t.Errorf("job %s is no failed extraction:\n%s", id, &program.stdout)
		}
	}
}

// contract H83, H85, H86
func TestCreateWithEmail(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "invoice.pdf")
	if err := os.WriteFile(path, testkit.PDF("Invoice number: 2024-0017. Total: 99.50 EUR"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, "create_with_email.py", path, "someone@example.com")
	s.succeeds("Created job_\\w+: queued\n")
	id := regexp.MustCompile(`job_\w+`).FindString(s.stdout.String())
	if j := waitFor(t, id); j["status"] != "completed" || j["operation"] != "extract" {
		t.Errorf("the job ended as %v", j)
	}
}
