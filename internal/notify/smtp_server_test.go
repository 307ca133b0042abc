package notify

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const (
	smtpUser     = "docket"
	smtpPassword = "correct horse"
	smtpHost     = "mail.example.com" // the certificate is for it, and for 127.0.0.1
)

// taken is a mail that the server took.
type taken struct {
	from, to string
	user     string // who logged in; empty: nobody
	secure   bool   // it came over TLS
	utf8     bool   // SMTPUTF8 was asked for
	data     []byte
}

// mailServer is a real SMTP server, and what it is to refuse.
type mailServer struct {
	secure     bool     // STARTTLS is offered
	implicit   bool     // TLS from the first byte
	mechanisms []string // to log in with; none are offered when empty
	utf8       bool     // SMTPUTF8 is offered
	hello      error    // answered to EHLO
	rcpt       error    // answered to RCPT TO
	data       error    // answered to the message
	hold       chan struct{}

	port  string
	roots *x509.CertPool
	taken chan taken
}

// start starts the server on a port of loopback.
func (s *mailServer) start(t *testing.T) *mailServer {
	t.Helper()
	certified := httptest.NewTLSServer(http.NotFoundHandler())
	s.roots = x509.NewCertPool()
	s.roots.AddCert(certified.Certificate())
	config := &tls.Config{Certificates: certified.TLS.Certificates, MinVersion: tls.VersionTLS12}
	certified.Close()

	s.taken = make(chan taken, 10)
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		if s.hello != nil {
			return nil, s.hello
		}
		return &mailSession{server: s, conn: c}, nil
	}))
	server.Domain, server.AllowInsecureAuth, server.EnableSMTPUTF8 = "mail.example.com", true, s.utf8
	server.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0) // clients that hang up are the point
	if s.secure {
		server.TLSConfig = config
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, s.port, err = net.SplitHostPort(l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if s.implicit {
		l = tls.NewListener(l, config)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(server.Close(), <-done); err != nil {
			t.Error(err)
		}
	})
	return s
}

// mailer makes a sender to the server under the host, which is looked up here.
func (s *mailServer) mailer(t *testing.T, scheme, login, host string, roots *x509.CertPool) *Mailer {
	t.Helper()
	m, err := NewMailer(MailOptions{
		URL: scheme + "://" + login + net.JoinHostPort(host, s.port), From: "Docket <docket@example.com>",
		Roots: roots, Resolver: loopbackNames(t), Timeout: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mailSession is one client of the server.
type mailSession struct {
	server *mailServer
	conn   *smtp.Conn
	mail   taken
}

func (s *mailSession) Reset()        {}
func (s *mailSession) Logout() error { return nil }

func (s *mailSession) AuthMechanisms() []string { return s.server.mechanisms }

func (s *mailSession) Auth(mechanism string) (sasl.Server, error) {
	check := func(user, password string) error {
		if user != smtpUser || password != smtpPassword {
			return smtp.ErrAuthFailed
		}
		s.mail.user = user
		return nil
	}
	if mechanism == "LOGIN" {
		return &loginServer{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

func (s *mailSession) Mail(from string, o *smtp.MailOptions) error {
	s.mail.from, s.mail.utf8 = from, o.UTF8
	return nil
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.server.hold != nil {
		<-s.server.hold
	}
	s.mail.to = to
	return s.server.rcpt
}

func (s *mailSession) Data(r io.Reader) (err error) {
	if s.mail.data, err = io.ReadAll(r); err != nil {
		return err
	}
	if s.server.data != nil {
		return s.server.data
	}
	_, s.mail.secure = s.conn.TLSConnectionState()
	s.server.taken <- s.mail
	return nil
}

// loginServer is the server's side of LOGIN: two questions.
type loginServer struct {
	check func(user, password string) error
	asked int
	user  string
}

func (l *loginServer) Next(answer []byte) (challenge []byte, done bool, err error) {
	l.asked++
	switch l.asked {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(answer)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(answer))
}
