package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

var (
	errNoTLS   = errors.New("the mail server offers no encryption, and the password is not sent without")
	errNoLogin = errors.New("the mail server offers no way to log in that is known here")
)

func (m *Mailer) dial(ctx context.Context) (net.Conn, error) {
	dialer := net.Dialer{Resolver: m.resolver}
	address := net.JoinHostPort(m.server.host, strconv.Itoa(m.server.port))
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil || !m.server.implicit {
		return conn, err
	}
	secure := tls.Client(conn, m.tls())
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return secure, nil
}

// tls verifies the server, except where nobody can stand between: a server on
// this machine has the certificate that its installation made up.
func (m *Mailer) tls() *tls.Config {
	return &tls.Config{
		ServerName: m.server.host, RootCAs: m.roots, MinVersion: tls.VersionTLS12,
		InsecureSkipVerify: m.server.local && m.roots == nil,
	}
}

// begin says hello, encrypts where it is offered, and logs in.
func (s *session) begin(server *smtp.Client) error {
	name, err := os.Hostname()
	if err != nil || strings.ContainsFunc(name, unprintable) {
		name = "localhost"
	}
	if err := server.Hello(name); err != nil {
		return fmt.Errorf("say hello: %w", err)
	}
	m := s.mailer
	if !m.server.implicit {
		offered, _ := server.Extension("STARTTLS")
		if !offered && m.server.user != "" && !m.server.local {
			return errNoTLS
		}
		if offered {
			s.step = "encryption"
			if err := server.StartTLS(m.tls()); err != nil {
				return fmt.Errorf("encrypt: %w", err)
			}
		}
	}
	if m.server.user == "" {
		return nil
	}
	s.step = "login"
	_, offered := server.Extension("AUTH")
	auth := m.server.auth(strings.Fields(offered))
	if auth == nil {
		return errNoLogin
	}
	if err := server.Auth(auth); err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	return nil
}

// auth chooses how to log in; nil when nothing that is offered is known. Inside
// TLS the plain ways work with every kind of password store; a server may offer
// the others without a password that it could check them by.
func (s server) auth(offered []string) smtp.Auth {
	for _, way := range []struct {
		name string
		auth func() smtp.Auth
	}{
		{"PLAIN", func() smtp.Auth { return smtp.PlainAuth("", s.user, s.password, s.host, s.local) }},
		{"LOGIN", func() smtp.Auth { return smtp.LoginAuth(s.user, s.password, s.host, s.local) }},
		{"SCRAM-SHA-256", func() smtp.Auth { return smtp.ScramSHA256Auth(s.user, s.password) }},
		{"CRAM-MD5", func() smtp.Auth { return smtp.CRAMMD5Auth(s.user, s.password) }},
	} {
		if slices.Contains(offered, way.name) {
			return way.auth()
		}
	}
	return nil
}
