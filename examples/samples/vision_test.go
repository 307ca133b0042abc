package samples_test

import (
	"encoding/json"
	"regexp"
	"testing"
)

// contract H22, H29, H32, H35, H98, H102
func TestWaitForVisionJob(t *testing.T) {
	t.Parallel()
	const program = "wait_for_vision_job.py"
	t.Run("completed", func(t *testing.T) {
		t.Parallel()
		start(t, program, post(t, "/parse", nil, document()).text(t, "job_id")).
			succeeds("(Job status: (queued|PROCESSING)\n)*Job status: COMPLETED\nJob completed successfully!\n")
	})
	t.Run("completed while it waits", func(t *testing.T) {
		t.Parallel()
		p := submitPending(t)
		s := start(t, program, p.uuid)
		s.printed(s.line(), "Job status: queued\n")
		p.upload(document().content)
		s.succeeds("(Job status: (queued|PROCESSING)\n)+Job status: COMPLETED\nJob completed successfully!\n")
	})
	t.Run("failed", func(t *testing.T) {
		t.Parallel()
		start(t, program, post(t, "/parse", nil, corruptDocument()).text(t, "job_id")).
			succeeds("(Job status: (queued|PROCESSING)\n)*Job status: FAILED\nJob failed: " + corruptText + ".*\n")
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		p := submitPending(t)
		s := start(t, program, p.uuid)
		s.line()
		p.cancel(t)
		s.succeeds("(Job status: queued\n)+Job status: FAILED\nJob failed: Job was cancelled\n")
	})
	t.Run("unknown", func(t *testing.T) {
		t.Parallel()
		startWith(t, []string{"DOCKET_MAX_WAIT=0.3"}, program, unknownUUID).
			fails("", "TimeoutError: Job "+unknownUUID+" did not complete within 0.3 seconds")
	})
}

// contract H12, H20, H21, H23, H24, H25, H26, H27, H28, H30, H34
func TestVisionJobStatus(t *testing.T) {
	t.Parallel()
	p := submitPending(t)
	s := start(t, "vision_job_status.sh", p.uuid)
	s.succeeds("(?s).*")
	var got object
	if err := json.Unmarshal(s.stdout.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, &s.stdout)
	}
	for _, key := range []string{"id", "status", "type", "created_at", "updated_at", "pdf_name", "user_id"} {
		got.text(t, key)
	}
	_, hashed := got["pdf_hash"].(string)
	_, failed := got["error"]
	if got["id"] != p.uuid || got["status"] != "queued" || got["type"] != "chunking" || got["pdf_name"] != "later.pdf" ||
		got["created_at"] != got["updated_at"] || !hashed || failed {
		t.Errorf("got %v", got)
	}
	if at := got.text(t, "created_at"); !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`).MatchString(at) {
		t.Errorf("created_at is %q", at)
	}
}
