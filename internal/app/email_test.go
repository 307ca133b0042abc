package app_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"docket/internal/testkit"
)

// letters reads the outbox until as many e-mails as wanted are there.
func (s *server) letters(n int) []*mail.Message {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); s.pause() {
		names, err := filepath.Glob(filepath.Join(s.data, "outbox", "*.eml"))
		if err != nil {
			s.t.Fatal(err)
		}
		if len(names) < n {
			continue
		}
		var all []*mail.Message
		for _, name := range names {
			f, err := os.Open(name)
			if err != nil {
				s.t.Fatal(err)
			}
			m, err := mail.ReadMessage(f)
			if err != nil {
				s.t.Fatalf("%s: %v", name, err)
			}
			body, err := io.ReadAll(m.Body)
			if err := errors.Join(err, f.Close()); err != nil {
				s.t.Fatal(err)
			}
			m.Body = strings.NewReader(string(body))
			all = append(all, m)
		}
		return all
	}
	s.t.Fatalf("no %d e-mails in the outbox: %s", n, s.stderr)
	return nil
}

func (s *server) notified(file []byte, name, settings string) string {
	s.t.Helper()
	a := s.post("/jobs", part{name: "operation", content: "parse"}, part{name: "notification_settings", content: settings}, part{"file", name, string(file)})
	id, _ := a.json(s.t)["job_id"].(string)
	if id == "" {
		s.t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	return id
}

// contract H83–H85, A12, J25
func TestEmailGoesToTheOutbox(t *testing.T) {
	s := serve(t, dataFolder(t))
	id := s.notified(testkit.PDF("x"), "report.pdf", `{"email":"user@example.com","events":["completed","failed"],"include_summary":true}`)
	s.wait(s.notified(testkit.PDF("x"), "silent.pdf", `{"email":"user@example.com","events":["failed"]}`))
	m := s.letters(1)[0]
	body, _ := io.ReadAll(m.Body)
	if m.Header.Get("To") != "<user@example.com>" || !strings.Contains(m.Header.Get("Subject"), "report.pdf") || !strings.Contains(string(body), id) ||
		!strings.Contains(string(body), "/result") || !strings.Contains(string(body), "Summary") {
		t.Errorf("wrote %v\n%s", m.Header, body)
	}
	s.notified([]byte("%PDF-1.4 broken"), "broken.pdf\r\nBcc: victim@example.com", `{"email":"user@example.com"}`)
	for _, m := range s.letters(2) {
		if m.Header.Get("Bcc") != "" {
			t.Errorf("a header was injected: %v", m.Header)
		}
	}
	for _, settings := range []string{`{}`, `{"email":"a@b\r\nBcc: c@d"}`, `{"email":"User <user@example.com>"}`, `{"email":["user@example.com"]}`, `{"email":"user@example.com","events":["done"]}`, `{"email":"user@example.com","colour":1}`, `[]`, `no JSON`} {
		a := s.post("/jobs", part{name: "operation", content: "parse"}, part{name: "notification_settings", content: settings}, part{"file", "a.pdf", "x"})
		if a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", settings, a.StatusCode, a.body)
		}
	}
}

// postOffice is a mail server; it refuses as often as it is told to.
type postOffice struct {
	mu      sync.Mutex
	refuse  []*smtp.SMTPError
	letters chan string
}

func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &counter{p}, nil }

type counter struct{ office *postOffice }

func (*counter) Mail(string, *smtp.MailOptions) error { return nil }
func (*counter) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (*counter) Reset()                               {}
func (*counter) Logout() error                        { return nil }

func (c *counter) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	if len(c.office.refuse) > 0 {
		answer := c.office.refuse[0]
		c.office.refuse = c.office.refuse[1:]
		return answer
	}
	c.office.letters <- string(b)
	return err
}

// contract H84: a real mail server, which is busy at first.
func TestEmailGoesToTheMailServer(t *testing.T) {
	office := &postOffice{letters: make(chan string, 10), refuse: []*smtp.SMTPError{{Code: 451, Message: "busy"}}}
	server := smtp.NewServer(office)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	s := serve(t, dataFolder(t), "--smtp", "smtp://"+listener.Addr().String(), "--mail-from", "docket@example.com")
	id := s.notified(testkit.PDF("x"), "report.pdf", `{"email":"user@example.com"}`)
	s.wait(id) // the job is not held up by its e-mail
	select {
	case letter := <-office.letters:
		if !strings.Contains(letter, "To: <user@example.com>") || !strings.Contains(letter, "report.pdf") || !strings.Contains(letter, "From: ") {
			t.Errorf("sent %s", letter)
		}
	case <-time.After(patience):
		t.Fatalf("no e-mail came: %s", s.stderr)
	}
	if _, err := os.Stat(filepath.Join(s.data, "outbox")); err == nil {
		t.Error("there is an outbox as well")
	}
}

// Once there are keys, nobody looks into the outbox: without a mail server an
// e-mail is refused when it is asked for. // contract J25
func TestEmailNeedsAMailServerOnceThereAreKeys(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "0")
	ask := func(s *server, email string) answer {
		return s.send("/jobs", map[string]any{"operation": "parse", "url": "https://example.com/a.pdf", "notification_settings": map[string]string{"email": email}})
	}
	if a := ask(s, "user@example.com"); a.StatusCode != http.StatusAccepted {
		t.Errorf("in open mode: %d %s", a.StatusCode, a.body)
	}
	_, key := newKey(t, data, "acme", "read,write")
	if a := ask(s.as(key), "user@example.com"); a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), "DOCKET_SMTP") {
		t.Errorf("with keys: %d %s", a.StatusCode, a.body)
	}
	s.stop()
	s = serve(t, data, "--workers", "0", "--smtp", "smtp://127.0.0.1:1", "--mail-domains", "example.com, Example.org").as(key)
	for email, want := range map[string]int{"user@EXAMPLE.com": 202, "a@example.org": 202, "a@evil.com": 400, "a@sub.example.com": 400} {
		if a := ask(s, email); a.StatusCode != want {
			t.Errorf("%s: %d %s", email, a.StatusCode, a.body)
		}
	}
}

// contract J25
func TestEmailsOfADayAreLimited(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0", "--max-mails", "2")
	settings := map[string]any{"email": "user@example.com"}
	first := s.notified(testkit.PDF("x"), "a.pdf", `{"email":"user@example.com"}`)
	item := map[string]any{"operation": "parse", "url": "https://example.com/a.pdf", "notification_settings": settings}
	refused := func(what string, a answer) {
		t.Helper()
		v := a.json(t)
		if a.StatusCode != http.StatusTooManyRequests || v["error_code"] != "mail_limit" || !strings.Contains(string(a.body), "may not ask for more than 2") || !strings.Contains(string(a.body), "--max-mails") {
			t.Errorf("%s: %d %s", what, a.StatusCode, a.body)
		}
		if after, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || after < 86_000 || after > 86_400 {
			t.Errorf("%s: Retry-After %q", what, a.Header.Get("Retry-After"))
		}
	}
	refused("a batch of two", s.send("/jobs/batch", map[string]any{"jobs": []any{item, item}}))
	if a := s.send("/jobs/batch", map[string]any{"jobs": []any{item}}); a.StatusCode != http.StatusAccepted {
		t.Fatalf("a batch of one: %d %s", a.StatusCode, a.body)
	}
	refused("one more", s.send("/jobs", item))
	s.call("/jobs/" + first + "/cancel")
	refused("a rerun", s.call("/jobs/"+first+"/rerun"))
	delete(item, "notification_settings")
	if a := s.send("/jobs", item); a.StatusCode != http.StatusAccepted {
		t.Errorf("without an e-mail: %d %s", a.StatusCode, a.body)
	}
}
