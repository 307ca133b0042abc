package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/client"
)

// One job is followed by the server's stream, between two questions for all
// that there is to say of it; where no stream passes, by asking.
func TestFollowOne(t *testing.T) {
	const frame = `{"job_id":"other spelling","alias_id":"x","status":%q,"version":%d,"timestamp":"2026-01-01T00:00:00Z","progress":{"percentage":%d,"files_completed":0,"total_files":1}}`
	for name, test := range map[string]struct {
		stream func(http.ResponseWriter)
		want   []string
	}{
		"stream": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/event-stream")
			for i, status := range []string{"queued", "processing", "processing", "completed"} {
				_, _ = fmt.Fprintf(w, "event: status\ndata: "+frame+"\n\n", status, i+1, i*30)
			}
		}, []string{"a.pdf queued 0", "a.pdf processing 30", "a.pdf processing 60", "a.pdf completed 100"}},
		"no stream": {func(w http.ResponseWriter) {
			http.Error(w, "a proxy knows better", http.StatusNotImplemented)
		}, []string{"a.pdf completed 100"}},
		"deleted": {func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusNotFound)
		}, []string{"a.pdf completed 100"}},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ended := fmt.Sprintf(frame, "completed", 9, 100)
				switch {
				case r.URL.Path == "/jobs/status" && asked.Add(1) == 1:
					_, _ = fmt.Fprint(w, `{"jobs":[{"job_id":"job_1","status":"queued","file_name":"a.pdf"}]}`)
				case r.URL.Path == "/jobs/status":
					_, _ = fmt.Fprint(w, `{"jobs":[{"job_id":"job_1","status":"completed","file_name":"a.pdf","progress":{"percentage":100}}]}`)
				case strings.HasSuffix(r.URL.Path, "/status"):
					test.stream(w)
				default:
					_, _ = fmt.Fprint(w, ended)
				}
			}))
			defer server.Close()
			c, err := client.New(client.Options{URL: server.URL, Tries: 1})
			if err != nil {
				t.Fatal(err)
			}
			r := &remote{Settings: Settings{Server: server.URL}, client: c}
			var saw []string
			if err := r.follow(t.Context(), []string{"job_1"}, func(j jobState) error {
				saw = append(saw, fmt.Sprint(j.name(), " ", j.Status, " ", j.Progress.Percentage))
				if j.ID != "job_1" {
					t.Errorf("the job is called %s", j.ID)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, saw); diff != "" || asked.Load() != 2 {
				t.Errorf("%s; asked %d times", diff, asked.Load())
			}
		})
	}
}
