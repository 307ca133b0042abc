package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"docket/internal/testkit"
)

// whispers answers with an address that holds a secret and then breaks, as
// the storage of strangers does.
func whispers(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "whispered-answer", http.StatusInternalServerError)
	}))
	t.Cleanup(s.Close)
	return s
}

// Whatever is sent, and however it fails, no line of the log has a secret of
// it in it, nor what a document is called or says. Polls have no line at all.
func TestLogKeepsSecrets(t *testing.T) {
	elsewhere := whispers(t)
	s := serve(t, dataFolder(t), "--log-level", "debug", "--log-format", "json", "--smtp", "smtp://user:whispered-smtp@127.0.0.1:1")
	key := "whispered-key"
	call := func(method, path, contentType, body string, headers ...string) answer {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("X-Api-Key", key)
		r.Header.Set("Content-Type", contentType)
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		resp, err := s.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(resp.Body); err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return answer{resp, b.Bytes()}
	}
	secrets := []string{"whispered", "sesame", "Quarterly"}
	pdf := string(testkit.PDF("whispered-content"))
	jobs := []string{}
	for _, parts := range [][]part{
		{{"file", "whispered-name.pdf", pdf}, {name: "tags", content: "whispered-tag"}, {name: "metadata", content: `{"k":"whispered-meta"}`}},
		{{"file", "whispered-name.pdf", string(testkit.EncryptedPDF("sesame", "secret"))}, {name: "parameters", content: `{"password":"sesame-not"}`}},
		{{"file", "Quarterly.pdf", "\x00\x01 whispered-noise"}},
		{{name: "url", content: elsewhere.URL + "/x.pdf?signature=whispered-signature"}},
		{{name: "url", content: "http://user:whispered-password@127.0.0.1:1/x.pdf"}},
		{{"file", "a.pdf", pdf}, {name: "webhook_url", content: elsewhere.URL + "/hook/whispered-hook"}, {name: "notification_settings", content: `{"email":"whispered@example.com"}`}},
	} {
		contentType, body := form(append(parts, part{name: "operation", content: "parse"})...)
		if a := call("POST", "/jobs", contentType, body.String(), "Idempotency-Key", "whispered-idempotency"); a.StatusCode == http.StatusAccepted {
			jobs = append(jobs, a.json(t)["job_id"].(string))
		}
	}
	secrets = append(secrets, strings.TrimPrefix(s.call("/webhooks/secret").json(t)["secret"].(string), "whsec_"))
	for _, id := range jobs {
		s.wait(id)
	}
	link := s.get("/parse/" + jobs[0]).json(t)["pdf_url"].(string)
	upload := s.send("/v2/parse/upload", map[string]string{"file_name": "whispered-upload.pdf"}).json(t)["upload_url"].(string)
	ticket := s.send("/tickets", map[string]string{}).json(t)["ticket"].(string)
	for _, address := range []string{link, upload} {
		signed := address[strings.LastIndex(address, "/")+1:]
		secrets = append(secrets, signed)
		for _, path := range []string{"/files/" + signed, "/uploads/" + signed} {
			call("GET", path, "", "")
			call("PUT", path, "application/pdf", pdf)
		}
	}
	secrets = append(secrets, ticket)
	call("GET", "/jobs/"+jobs[0]+"/status?ticket="+ticket, "", "", "Accept", "application/json")
	call("GET", "/jobs/"+jobs[0]+"/status?api_key=whispered-query", "", "")
	call("GET", "/nothing/whispered-path", "", "")
	call("POST", "/jobs", "application/json", `{"operation":"whispered-operation"}`)
	call("POST", "/jobs/whispered-id/cancel", "", "")
	call("POST", "/webhooks", "application/json", `{"url":"`+elsewhere.URL+`/whispered-endpoint"}`)
	call("DELETE", "/jobs/"+jobs[0], "", "", "X-Request-Id", "my-own-name")
	s.stop()

	log := s.stderr.String()
	for _, secret := range secrets {
		if i := strings.Index(log, secret); i >= 0 {
			t.Errorf("%q is in the log: …%s…", secret, log[max(0, i-300):min(len(log), i+100)])
		}
	}
	deleted := false
	for line := range strings.Lines(log) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Errorf("a line is no JSON: %s", line)
			continue
		}
		if v["method"] == "GET" && v["status"].(float64) < 400 {
			t.Errorf("a poll has a line: %s", line)
		}
		if v["request_id"] == "my-own-name" {
			deleted = v["method"] == "DELETE" && v["route"] == "/jobs/{id}" && v["status"] == 200.0 && strings.HasPrefix(fmt.Sprint(v["client"]), "127.0.0.1:") && v["account"] == "local"
		}
	}
	if !deleted {
		t.Errorf("the deletion has no line of its own:\n%s", log)
	}
}

func TestLogLevelAndFormat(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0", "--log-level", "warn")
	s.call("/jobs/x/cancel")
	s.stop()
	if log := s.stderr.String(); log != "" {
		t.Errorf("from warnings on, the log has %q", log)
	}
}
