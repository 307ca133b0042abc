package samples_test

import (
	"testing"

	"docket/internal/testkit"
)

// contract H38, H39, H40, H41, H42, H98, H102
func TestWaitForJob(t *testing.T) {
	t.Parallel()
	const program = "wait_for_job.py"
	t.Run("completed", func(t *testing.T) {
		t.Parallel()
		id := submitJob(t, "parse", "{}", document())
		start(t, program, id).succeeds("(Job " + id + ": (queued|processing)\n  Progress: \\d+%\n)*Job " + id + ": completed\nJob completed successfully!\n")
	})
	t.Run("completed while it waits", func(t *testing.T) {
		t.Parallel()
		p := submitPending(t)
		s := start(t, program, p.typeID)
		s.printed(s.line(), "Job "+p.typeID+": queued\n")
		s.printed(s.line(), "  Progress: 0%\n")
		p.upload(string(testkit.LongPDF(40)))
		s.succeeds("(Job " + p.typeID + ": (queued|processing)\n  Progress: \\d+%\n)+Job " + p.typeID + ": completed\nJob completed successfully!\n")
	})
	t.Run("failed", func(t *testing.T) {
		t.Parallel()
		start(t, program, submitJob(t, "parse", "{}", corruptDocument())).succeeds("(?s).*: failed\nJob failed: " + corruptText + "[^\n]*\n")
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		p := submitPending(t)
		s := start(t, program, p.typeID)
		s.line()
		p.cancel(t)
		s.succeeds("(?s).*: cancelled\nJob failed: Job was cancelled\n")
	})
	t.Run("unknown", func(t *testing.T) {
		t.Parallel()
		startWith(t, []string{"DOCKET_MAX_WAIT=0.3"}, program, unknownTypeID).
			succeeds("Timeout: Job " + unknownTypeID + " did not complete within 0.3 seconds\n")
	})
}

// contract H40, H43, H102
func TestPollWithBackoff(t *testing.T) {
	t.Parallel()
	const program = "poll_with_backoff.py"
	for _, tt := range []struct {
		status string
		file   file
	}{{"completed", document()}, {"failed", corruptDocument()}} {
		t.Run(tt.status, func(t *testing.T) {
			t.Parallel()
			id := submitJob(t, "parse", "{}", tt.file)
			start(t, program, id).succeeds("(Job " + id + ": (queued|processing) - waiting [0-9.]+s\n)*Job " + id + ": " + tt.status + "\n")
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		p := submitPending(t)
		s := start(t, program, p.typeID)
		s.printed(s.line(), "Job "+p.typeID+": queued - waiting 0.05s\n")
		p.cancel(t)
		s.succeeds("(Job " + p.typeID + ": queued - waiting [0-9.]+s\n)+Job " + p.typeID + ": cancelled\n")
	})
	t.Run("unknown", func(t *testing.T) {
		t.Parallel()
		start(t, program, unknownTypeID).fails("", "KeyError: 'status'")
	})
}
