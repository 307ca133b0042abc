package config

import (
	"errors"
	"net/mail"
	"net/url"
	"strings"
)

// mailSettings say how e-mails leave the server.
func mailSettings() []Setting {
	return []Setting{
		{Name: "smtp", Usage: "mail server, smtp://[user:password@]host:port; without one, e-mails are written to the data folder in open mode, and refused with keys", Secret: true, set: setSMTP},
		{Name: "mail-domains", Usage: "domains that e-mails may be sent to, such as example.com,example.org; all when empty", set: setMailDomains},
		{Name: "mail-from", Default: "docket@localhost", Usage: "sender of e-mails", set: setMailFrom},
	}
}

func setSMTP(c *Config, v string) error {
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") || u.Host == "" {
		return errors.New("must be smtp://[user:password@]host:port") // without what may be a password
	}
	c.SMTP = v
	return nil
}

func setMailDomains(c *Config, v string) error {
	c.MailDomains = nil
	for domain := range strings.SplitSeq(v, ",") {
		if domain = strings.ToLower(strings.TrimSpace(domain)); domain == "" {
			continue
		}
		if a, err := mail.ParseAddress("x@" + domain); err != nil || a.Address != "x@"+domain {
			return errors.New("must be domains such as example.com, with commas between them")
		}
		c.MailDomains = append(c.MailDomains, domain)
	}
	return nil
}

func setMailFrom(c *Config, v string) error {
	if a, err := mail.ParseAddress(v); err != nil || a.Address != v {
		return errors.New("must be an e-mail address, such as docket@example.com")
	}
	c.MailFrom = v
	return nil
}
