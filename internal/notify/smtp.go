package notify

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"time"
)

const (
	mailTimeout    = 30 * time.Second // of one e-mail in all
	submissionPort = 587
	smtpsPort      = 465
)

// MailOptions say which server takes the e-mails, and from whom they are.
type MailOptions struct {
	URL      string           // smtp://[user:password@]host[:port] or smtps://…; the port is 587 or 465 unless given
	From     string           // docket@example.com, or Docket <docket@example.com>
	Now      func() time.Time // time.Now when nil
	Roots    *x509.CertPool   // who may have signed the server's certificate; the system's when nil
	Resolver *net.Resolver    // looks host names up; the system's when nil
	Timeout  time.Duration    // of one e-mail in all; 30 s when 0
}

// Mailer sends e-mails through one SMTP server. It is safe for concurrent use.
type Mailer struct {
	server   server
	from     *mail.Address
	now      func() time.Time
	roots    *x509.CertPool
	resolver *net.Resolver
	timeout  time.Duration
}

// server is what the URL says.
type server struct {
	host     string
	port     int
	implicit bool // TLS from the first byte
	user     string
	password string
	local    bool // on this machine: nobody listens in between
}

// NewMailer makes a sender without talking to the server. The error says what
// is wrong with an option, and never shows the password.
func NewMailer(o MailOptions) (*Mailer, error) {
	server, err := parseServer(o.URL)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	from, err := parseSender(o.From)
	if err != nil {
		return nil, err
	}
	m := &Mailer{server: server, from: from, now: o.Now, roots: o.Roots, resolver: o.Resolver, timeout: o.Timeout}
	if m.now == nil {
		m.now = time.Now
	}
	if m.timeout == 0 {
		m.timeout = mailTimeout
	}
	return m, nil
}

func parseServer(raw string) (server, error) {
	const form = "write smtp://[user:password@]host:port, with %-signs for special characters, such as %40 for @"
	u, err := url.Parse(raw)
	if err != nil {
		return server{}, errors.New("the address cannot be read; " + form) // err shows the password
	}
	s := server{host: u.Hostname(), port: submissionPort}
	switch u.Scheme {
	case "smtp":
	case "smtps":
		s.implicit, s.port = true, smtpsPort
	default:
		return server{}, fmt.Errorf("the address begins with %q; %s", u.Scheme+":", form)
	}
	if s.host == "" {
		return server{}, errors.New("the address names no host; " + form)
	}
	if port := u.Port(); port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return server{}, fmt.Errorf("the port %q is no number from 1 to 65535", port)
		}
		s.port = int(n)
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return server{}, errors.New("nothing may follow the port; " + form)
	}
	if u.User != nil {
		s.user = u.User.Username()
		s.password, _ = u.User.Password()
		if s.user == "" || s.password == "" {
			return server{}, errors.New("a user needs a password, and a password a user; " + form)
		}
	}
	ip := net.ParseIP(s.host)
	s.local = s.host == "localhost" || ip != nil && ip.IsLoopback()
	return s, nil
}
