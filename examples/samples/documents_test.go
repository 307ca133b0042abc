package samples_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"testing"

	"docket/internal/testkit"
)

const (
	unknownUUID   = "b2094b38-e432-44b6-a5d0-67bed07d5de1"
	unknownTypeID = "job_01hm6f4yk0e8xa7zq3v5c9d2bt"
	corruptText   = "Failed to process PDF: File appears to be corrupted"
)

func document() file {
	return file{"file", "report.pdf", string(testkit.PDF("Annual report of the company.", "Second page."))}
}

// corruptDocument begins like a PDF and is none.
func corruptDocument() file { return file{"file", "broken.pdf", "%PDF-1.7\nthis is not what it says"} }

// submitJob is POST /jobs; it gives the spelling job_….
func submitJob(t *testing.T, operation, parameters string, f file) string {
	t.Helper()
	return post(t, "/jobs", map[string]string{"operation": operation, "parameters": parameters}, f).text(t, "job_id")
}

// waitFor gives a job when it has ended.
func waitFor(t *testing.T, id string) object {
	t.Helper()
	for t.Context().Err() == nil {
		j := get(t, "/jobs/"+id+"?wait=30&dialect=jobs")
		switch j["status"] {
		case "completed", "failed", "cancelled":
			return j
		}
	}
	t.Fatalf("job %s did not end", id)
	return nil
}

// pending is a job that waits for its document, so that it is as unfinished as
// a test wants it to be.
type pending struct {
	uuid, typeID string
	upload       func(content string)
}

func submitPending(t *testing.T) pending {
	t.Helper()
	b, err := json.Marshal(object{"file_name": "later.pdf"})
	if err != nil {
		t.Fatal(err)
	}
	created := do(t, http.MethodPost, os.Getenv(urlVariable)+"/v2/parse/upload", "application/json", bytes.NewReader(b))
	uuid, link := created.text(t, "job_id"), created.text(t, "upload_url")
	return pending{
		uuid: uuid, typeID: get(t, "/jobs/"+uuid).text(t, "alias_id"),
		upload: func(content string) {
			t.Helper()
			do(t, http.MethodPut, link, "application/pdf", bytes.NewReader([]byte(content)))
		},
	}
}

func (p pending) cancel(t *testing.T) {
	t.Helper()
	do(t, http.MethodPost, os.Getenv(urlVariable)+"/jobs/"+p.uuid+"/cancel", "", http.NoBody)
}
