package notify

import (
	"bufio"
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const withLogin = "docket:correct%20horse@"

func exampleMail() Mail {
	return Mail{To: "user@example.com", Subject: "invoice.pdf: extract completed", Text: "Hello.\n.\nBye.\n", MessageID: "evt_1"}
}

// contract H84
func TestMailIsTaken(t *testing.T) {
	tests := []struct {
		name        string
		server      mailServer
		scheme      string
		login, host string
		trusting    bool
		user        string
		secure      bool
	}{
		{name: "relay", scheme: "smtp", host: "127.0.0.1"},
		{name: "relay by name", scheme: "smtp", host: smtpHost},
		{name: "STARTTLS", server: mailServer{secure: true}, scheme: "smtp", host: smtpHost, trusting: true, secure: true},
		{name: "STARTTLS and PLAIN", server: mailServer{secure: true, mechanisms: []string{"LOGIN", "PLAIN"}},
			scheme: "smtp", login: withLogin, host: smtpHost, trusting: true, user: smtpUser, secure: true},
		{name: "STARTTLS and LOGIN", server: mailServer{secure: true, mechanisms: []string{"LOGIN"}},
			scheme: "smtp", login: withLogin, host: smtpHost, trusting: true, user: smtpUser, secure: true},
		{name: "TLS from the start", server: mailServer{implicit: true, mechanisms: []string{"PLAIN"}},
			scheme: "smtps", login: withLogin, host: smtpHost, trusting: true, user: smtpUser, secure: true},
		{name: "PLAIN on this machine", server: mailServer{mechanisms: []string{"PLAIN"}},
			scheme: "smtp", login: withLogin, host: "127.0.0.1", user: smtpUser},
		{name: "LOGIN on this machine", server: mailServer{mechanisms: []string{"LOGIN"}},
			scheme: "smtp", login: withLogin, host: "localhost", user: smtpUser},
		{name: "made-up certificate on this machine", server: mailServer{secure: true, mechanisms: []string{"PLAIN"}},
			scheme: "smtp", login: withLogin, host: "127.0.0.1", user: smtpUser, secure: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := tt.server.start(t)
			var roots *x509.CertPool
			if tt.trusting {
				roots = s.roots
			}
			a := s.mailer(t, tt.scheme, tt.login, tt.host, roots).Send(t.Context(), exampleMail())
			if !a.OK() || a.Status != 250 || a.Took <= 0 {
				t.Fatalf("got %+v", a)
			}
			got := <-s.taken
			want := taken{from: "docket@example.com", to: "user@example.com", user: tt.user, secure: tt.secure}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(taken{}), cmpopts.IgnoreFields(taken{}, "data")); diff != "" {
				t.Error(diff)
			}
			if m := readMail(t, got.data); m.text != exampleMail().Text {
				t.Errorf("the text is %q", m.text)
			}
		})
	}
}

func TestMailIsNotTaken(t *testing.T) {
	reply := func(code int) error { return &smtp.SMTPError{Code: code, Message: "not now"} }
	plain := []string{"PLAIN"}
	tests := []struct {
		name        string
		server      mailServer
		scheme      string
		login, host string
		trusting    bool
		want        Attempt
	}{
		{name: "4xx to the receiver", server: mailServer{rcpt: reply(450)}, want: Attempt{Status: 450, Error: "the mail server answered 450 to the receiver"}},
		{name: "5xx to the receiver", server: mailServer{rcpt: reply(550)}, want: Attempt{Status: 550, Error: "the mail server answered 550 to the receiver", Permanent: true}},
		{name: "4xx to the message", server: mailServer{data: reply(451)}, want: Attempt{Status: 451, Error: "the mail server answered 451 to the message"}},
		{name: "5xx to the message", server: mailServer{data: reply(554)}, want: Attempt{Status: 554, Error: "the mail server answered 554 to the message", Permanent: true}},
		{name: "4xx to the greeting", server: mailServer{hello: reply(421)}, want: Attempt{Status: 421, Error: "the mail server answered 421 to the connection"}},
		{name: "5xx to the greeting", server: mailServer{hello: reply(554)}, want: Attempt{Status: 554, Error: "the mail server answered 554 to the connection"}},
		{name: "wrong password", server: mailServer{mechanisms: plain}, login: "docket:wrong@", want: Attempt{Status: 535, Error: "the mail server answered 535 to the login"}},
		{name: "no login", login: withLogin, want: Attempt{Error: errNoLogin.Error()}},
		{name: "no encryption", server: mailServer{mechanisms: plain}, login: withLogin, host: smtpHost, want: Attempt{Error: errNoTLS.Error()}},
		{name: "unknown signer", server: mailServer{secure: true, mechanisms: plain}, login: withLogin, host: smtpHost,
			want: Attempt{Error: "the mail server cannot be used: the TLS certificate is not trusted"}},
		{name: "certificate of another", server: mailServer{secure: true}, host: "mail.example.org", trusting: true,
			want: Attempt{Error: "the mail server cannot be used: the TLS certificate is for another host"}},
		{name: "unknown signer from the start", server: mailServer{implicit: true}, scheme: "smtps", host: smtpHost,
			want: Attempt{Error: "the mail server cannot be used: the TLS certificate is not trusted"}},
		{name: "TLS from the start to one without", scheme: "smtps", want: Attempt{Error: "the mail server cannot be used: the server does not speak TLS"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := tt.server.start(t)
			var roots *x509.CertPool
			if tt.trusting {
				roots = s.roots
			}
			a := s.mailer(t, orElse(tt.scheme, "smtp"), tt.login, orElse(tt.host, "127.0.0.1"), roots).Send(t.Context(), exampleMail())
			if diff := cmp.Diff(tt.want, a, cmpopts.IgnoreFields(Attempt{}, "At", "Took", "RequestHeaders", "Answer")); diff != "" {
				t.Error(diff)
			}
			if a.Status > 0 && !strings.HasPrefix(a.Answer, fmt.Sprint(a.Status)) {
				t.Errorf("the answer is %q", a.Answer)
			}
			if len(s.taken) > 0 || strings.Contains(fmt.Sprintf("%+v", a), smtpPassword) {
				t.Errorf("taken %d: %+v", len(s.taken), a)
			}
		})
	}
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func TestSlowMailServer(t *testing.T) {
	s := &mailServer{hold: make(chan struct{})}
	s.start(t)
	defer close(s.hold)
	m := s.mailer(t, "smtp", "", "127.0.0.1", nil)
	m.timeout = brief
	if a := m.Send(t.Context(), exampleMail()); a.Error != "the mail server timed out" || a.Permanent || a.Took > 10*brief {
		t.Errorf("got %+v", a)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	cancel()
	if a := m.Send(ctx, exampleMail()); a.Error != "the server was stopped" || a.Permanent {
		t.Errorf("got %+v", a)
	}
}

// serveScript answers a line for each that it gets, and hangs up after the
// last. A line of the script that is empty is for lines of the message.
func serveScript(t *testing.T, script ...string) (port string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		lines := bufio.NewScanner(conn)
		for i, line := range script {
			_, _ = fmt.Fprintf(conn, "%s\r\n", line) // the client says what it saw
			if i == len(script)-1 {
				return
			}
			for lines.Scan() && strings.HasPrefix(line, "354") && lines.Text() != "." {
				continue
			}
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func TestMailServersThatHangUp(t *testing.T) {
	session := []string{"220 here", "250 hello", "250 from", "250 to", "354 go on", "250 queued as 7"}
	for n := 1; n <= len(session); n++ {
		t.Run(session[n-1], func(t *testing.T) {
			m, err := NewMailer(MailOptions{URL: "smtp://127.0.0.1:" + serveScript(t, session[:n]...), From: "docket@example.com", Timeout: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			a := m.Send(t.Context(), exampleMail())
			switch {
			case n == len(session) && (!a.OK() || a.Answer != "queued as 7"):
				t.Errorf("it was taken: %+v", a)
			case n < len(session) && (a.OK() || a.Permanent || a.Error != "the mail server cannot be used: the connection was lost"):
				t.Errorf("got %+v", a)
			}
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		m, err := NewMailer(MailOptions{URL: "smtp://127.0.0.1:1", From: "docket@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		if a := m.Send(t.Context(), exampleMail()); a.Permanent || a.Error != "the mail server cannot be used: connection refused" {
			t.Errorf("got %+v", a)
		}
	})
}

// SMTPUTF8 is asked for by those who need it alone: a relay refuses a mail with
// it when the next server does not offer it.
func TestAddressInUTF8(t *testing.T) {
	s := &mailServer{utf8: true}
	s.start(t)
	for to, want := range map[string]bool{"jürgen@example.com": true, "user@example.com": false} {
		mail := exampleMail()
		mail.To = to
		if a := s.mailer(t, "smtp", "", "127.0.0.1", nil).Send(t.Context(), mail); !a.OK() {
			t.Fatalf("got %+v", a)
		}
		if got := <-s.taken; got.to != to || got.utf8 != want {
			t.Errorf("it is to %q, SMTPUTF8 %t", got.to, got.utf8)
		}
	}
}

func TestMailServerURLs(t *testing.T) {
	tests := []struct {
		url  string
		want server
		err  string // words of the error
	}{
		{url: "smtp://localhost:25", want: server{host: "localhost", port: 25, local: true}},
		{url: "smtp://127.0.0.2:25/", want: server{host: "127.0.0.2", port: 25, local: true}},
		{url: "smtp://[::1]:25", want: server{host: "::1", port: 25, local: true}},
		{url: "smtp://mail.example.com", want: server{host: "mail.example.com", port: 587}},
		{url: "smtps://me%40example.com:p%3Aw@mail.example.com", want: server{host: "mail.example.com", port: 465, implicit: true, user: "me@example.com", password: "p:w"}},
		{url: "", err: `begins with ":"`},
		{url: "mail.example.com:25", err: `begins with "mail.example.com:"`},
		{url: "http://mail.example.com:25", err: `begins with "http:"`},
		{url: "smtp://:25", err: "names no host"},
		{url: "smtp://mail.example.com:0", err: `the port "0"`},
		{url: "smtp://mail.example.com:99999", err: `the port "99999"`},
		{url: "smtp://mail.example.com:smtp", err: "cannot be read"},
		{url: "smtp://me:secret word@mail.example.com:25", err: "cannot be read"},
		{url: "smtp://me@mail.example.com:25", err: "a user needs a password"},
		{url: "smtp://:secret@mail.example.com:25", err: "a user needs a password"},
		{url: "smtp://mail.example.com:25/inbox", err: "nothing may follow"},
		{url: "smtp://mail.example.com:25?tls=no", err: "nothing may follow"},
	}
	for _, tt := range tests {
		t.Run(tt.url, func(t *testing.T) {
			m, err := NewMailer(MailOptions{URL: tt.url, From: "docket@example.com"})
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "secret") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, m.server, cmp.AllowUnexported(server{})); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, from := range []string{"", "docket", "a@b, c@d", "a@b\r\nBcc: c@d", "Docket\r\nBcc: c@d <a@b>", `"a b"@c`} {
		if _, err := NewMailer(MailOptions{URL: "smtp://localhost:25", From: from}); err == nil {
			t.Errorf("sender %q is accepted", from)
		}
	}
}
