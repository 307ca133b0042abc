// Package config holds every setting of the server: its default, its
// environment variable, its flag, and what is wrong with a value.
package config

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Config is what the server runs with.
type Config struct {
	Listen  string // host:port; an empty host is every address of the machine
	Data    string // folder of the database and the blobs
	Workers int    // jobs that run at the same time; 0 for none
	MaxFile int64  // bytes of one document

	MinFree   int64         // bytes of the disk below which no job is taken
	Retention time.Duration // how long a job is kept after its end

	MaxWebSockets int // that one account may have open
	MaxWaiting    int // jobs of one account that no worker has begun
	MaxReads      int // of single jobs, that one key may make a minute
	MaxBatchReads int // of batches or many jobs at once, the same
	MaxLists      int // pages of lists, the same

	PublicURL       string         // where clients reach the server, without a slash at the end; empty: as they say themselves
	PrivateNetworks []netip.Prefix // that documents may be fetched from and messages sent to

	HideForeign bool // answer 404 rather than 403 for jobs of other accounts

	SMTP     string // smtp://[user:password@]host:port; empty: e-mails go to the data folder
	MailFrom string // the sender of e-mails
}

// maxDays is the longest retention: ten years.
const maxDays = 3650

// Setting is one value that an operator may choose.
type Setting struct {
	Name    string // of the flag; the environment variable is DOCKET_ and this
	Default string
	Usage   string
	set     func(*Config, string) error
}

// Env is the setting's environment variable.
func (s Setting) Env() string {
	return "DOCKET_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
}

// Settings lists all settings in the order in which they are shown.
func Settings() []Setting {
	return []Setting{
		{"listen", "127.0.0.1:8080", "address to listen on, host:port", setListen},
		{"data", "./data", "folder for the database and the documents", setData},
		{"workers", strconv.Itoa(runtime.NumCPU()), "jobs to run at the same time; 0 runs none", setWorkers},
		{"max-file", "100MB", "largest document, in bytes or with kB, MB or GB", setMaxFile},
		{"min-free", "64MB", "room on the disk below which no job is taken, so that running ones can end; in bytes or with kB, MB or GB", setMinFree},
		{"retention", "7d", "how long a job and its result are kept after its end, such as 90m, 12h or 30d", setRetention},
		{"max-websockets", "10", "WebSockets that one account may have open at the same time", setMaxWebSockets},
		{"max-waiting", "100000", "jobs of one account that may wait for a worker", atLeastOne(func(c *Config) *int { return &c.MaxWaiting })},
		{"max-reads", "1000", "reads of single jobs that one key may make a minute", atLeastOne(func(c *Config) *int { return &c.MaxReads })},
		{"max-batch-reads", "100", "reads of a batch or of many jobs at once that one key may make a minute", atLeastOne(func(c *Config) *int { return &c.MaxBatchReads })},
		{"max-lists", "60", "pages of lists that one key may read a minute", atLeastOne(func(c *Config) *int { return &c.MaxLists })},
		{"public-url", "", "where clients reach the server, for links in messages", setPublicURL},
		{"private-networks", "", "private networks that documents may be fetched from and webhooks sent to, such as 10.1.0.0/16,192.168.7.0/24", setPrivateNetworks},
		{"foreign-jobs", "403", "answer for a job of another account: 403 says so, 404 hides that it exists", setForeignJobs},
		{"smtp", "", "mail server, smtp://[user:password@]host:port; without one, e-mails are written to the data folder", setSMTP},
		{"mail-from", "docket@localhost", "sender of e-mails", setMailFrom},
	}
}

// Load makes the configuration from the defaults, the environment, and the
// flags that were given, each over the one before. The error names everything
// that is wrong.
func Load(flags map[string]string, lookupEnv func(string) (string, bool)) (Config, error) {
	var (
		c    Config
		errs []error
	)
	for _, s := range Settings() {
		value, from := s.Default, "default"
		if v, ok := lookupEnv(s.Env()); ok {
			value, from = v, s.Env()
		}
		if v, ok := flags[s.Name]; ok {
			value, from = v, "--"+s.Name
		}
		if err := s.set(&c, value); err != nil {
			if s.Name == "smtp" { // it may hold a password
				value = "…"
			}
			errs = append(errs, fmt.Errorf("%s %q: %w", from, value, err))
		}
	}
	return c, errors.Join(errs...)
}

func setListen(c *Config, v string) error {
	host, port, err := net.SplitHostPort(v)
	if err != nil {
		return errors.New("must be host:port, such as 127.0.0.1:8080")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return errors.New("the port must be a number from 0 to 65535")
	}
	if host != "" && host != "localhost" && net.ParseIP(host) == nil {
		return errors.New("the host must be an address of this machine, such as 127.0.0.1 or 0.0.0.0, or localhost")
	}
	c.Listen = v
	return nil
}

// Loopback says that only this machine can reach the server.
func (c Config) Loopback() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || (ip != nil && ip.IsLoopback()))
}

func setPrivateNetworks(c *Config, v string) error {
	c.PrivateNetworks = nil
	for text := range strings.SplitSeq(v, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil || p != p.Masked() {
			return errors.New("must be networks such as 10.1.0.0/16, with commas between them")
		}
		c.PrivateNetworks = append(c.PrivateNetworks, p)
	}
	return nil
}

func setForeignJobs(c *Config, v string) error {
	if v != "403" && v != "404" {
		return errors.New("must be 403 or 404")
	}
	c.HideForeign = v == "404"
	return nil
}

func setData(c *Config, v string) error {
	if strings.TrimSpace(v) == "" {
		return errors.New("must name a folder")
	}
	c.Data = v
	return nil
}

func setWorkers(c *Config, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > 1024 {
		return errors.New("must be a number from 0 to 1024")
	}
	c.Workers = n
	return nil
}

func setRetention(c *Config, v string) error {
	d, err := time.ParseDuration(v)
	if days, ok := strings.CutSuffix(v, "d"); ok {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(min(n, maxDays+1)) * 24 * time.Hour
	}
	if err != nil || d < time.Second || d > maxDays*24*time.Hour {
		return errors.New("must be a time from 1s to 3650d, such as 90m, 12h or 30d")
	}
	c.Retention = d
	return nil
}

func setPublicURL(c *Config, v string) error {
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("must be an address such as https://docket.example.com")
	}
	c.PublicURL = strings.TrimRight(v, "/")
	return nil
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

func setMailFrom(c *Config, v string) error {
	if a, err := mail.ParseAddress(v); err != nil || a.Address != v {
		return errors.New("must be an e-mail address, such as docket@example.com")
	}
	c.MailFrom = v
	return nil
}

func setMaxWebSockets(c *Config, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > 1_000_000 {
		return errors.New("must be a number from 0 to 1000000")
	}
	c.MaxWebSockets = n
	return nil
}

// atLeastOne reads a limit.
func atLeastOne(field func(*Config) *int) func(*Config, string) error {
	const most = 10_000_000
	return func(c *Config, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > most {
			return fmt.Errorf("must be a number from 1 to %d", most)
		}
		*field(c) = n
		return nil
	}
}

func setMaxFile(c *Config, v string) error {
	n, err := bytes(v)
	if err != nil || n < 1 || n > 5e9 {
		return errors.New("must be a number of bytes up to 5GB, such as 100MB")
	}
	c.MaxFile = n
	return nil
}

// setMinFree has a floor: with less room than that, the database itself cannot
// write.
func setMinFree(c *Config, v string) error {
	n, err := bytes(v)
	if err != nil || n < 1e6 || n > 1e15 {
		return errors.New("must be a number of bytes from 1MB on, such as 500MB")
	}
	c.MinFree = n
	return nil
}

// bytes reads a number of bytes; the error is that of its number.
func bytes(v string) (int64, error) {
	number, factor := v, int64(1)
	for suffix, f := range map[string]int64{"kB": 1e3, "MB": 1e6, "GB": 1e9} {
		if rest, ok := strings.CutSuffix(v, suffix); ok {
			number, factor = strings.TrimSpace(rest), f
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n > math.MaxInt64/factor {
		return 0, errors.Join(err, strconv.ErrRange)
	}
	return n * factor, nil
}
