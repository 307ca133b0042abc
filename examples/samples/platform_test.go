package samples_test

import (
	"encoding/json"
	"testing"
)

// submitPlatformJob is POST /v1/api/jobs; it gives the spelling job_….
func submitPlatformJob(t *testing.T, f file) string {
	t.Helper()
	created := post(t, "/v1/api/jobs", map[string]string{"type": "document_processing", "parameters": `{"operation":"parse"}`}, f)
	data, ok := created["data"].(map[string]any)
	if !ok {
		t.Fatalf("answered %v", created)
	}
	return object(data).text(t, "id")
}

// contract H16, H120, H121, H123, H125, H126, H130, H133
func TestPollPlatformJob(t *testing.T) {
	t.Parallel()
	const program, waiting = "poll_platform_job.py", "(Job (pending|running): \\d+%\n)*"
	t.Run("completed", func(t *testing.T) {
		t.Parallel()
		start(t, program, submitPlatformJob(t, document())).
			succeeds(waiting + "Job completed: \\{.*'documentsProcessed': 1, 'errors': 0.*\\}\n")
	})
	t.Run("failed", func(t *testing.T) {
		t.Parallel()
		start(t, program, submitPlatformJob(t, corruptDocument())).succeeds(waiting + "Job failed: \\{.*'error.*\\}\n")
	})
	t.Run("cancelled, by its UUID", func(t *testing.T) {
		t.Parallel()
		p := submitPending(t)
		s := start(t, program, p.uuid)
		s.printed(s.line(), "Job pending: 0%\n")
		p.cancel(t)
		s.succeeds(waiting + "Job cancelled: \\{.*\\}\n")
	})
	t.Run("unknown", func(t *testing.T) {
		t.Parallel()
		start(t, program, unknownTypeID).fails("", "TypeError: 'NoneType' object is not subscriptable")
	})
}

// contract H122, H127, H128, H129, H132
func TestRerunJob(t *testing.T) {
	t.Parallel()
	for _, f := range []file{document(), corruptDocument()} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			id := submitPlatformJob(t, f)
			before := waitFor(t, id)
			s := start(t, "rerun_job.sh", id)
			s.succeeds("(?s).*")
			rerun := decodeData(t, s)
			again := rerun.text(t, "id")
			_, ended := rerun["completedAt"]
			if again == id || rerun["originalJobId"] != id || rerun["type"] != "document_processing" || rerun["status"] != "pending" || rerun.text(t, "createdAt") == "" || ended {
				t.Errorf("the rerun is %v", rerun)
			}
			if after := waitFor(t, again); after["status"] != before["status"] {
				t.Errorf("the job ended as %v, its rerun as %v", before["status"], after["status"])
			}
			s = start(t, "platform_job_status.sh", id)
			s.succeeds("(?s).*")
			if original := decodeData(t, s); original["id"] != id || original["status"] != before["status"] || original.text(t, "completedAt") == "" {
				t.Errorf("the original is %v", original)
			}
		})
	}
}

// decodeData takes a body of the platform out of its envelope.
func decodeData(t *testing.T, s *sample) object {
	t.Helper()
	var envelope struct {
		Data  object
		Error any
	}
	if err := json.Unmarshal(s.stdout.Bytes(), &envelope); err != nil || envelope.Error != nil {
		t.Fatalf("%v: %s", err, &s.stdout)
	}
	return envelope.Data
}
