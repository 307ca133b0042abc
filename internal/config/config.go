// Package config holds every setting of the server: its default, its
// environment variable, its flag, and what is wrong with a value.
package config

import (
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Config is what the server runs with.
type Config struct {
	Listen         string         // host:port; an empty host is every address of the machine
	PublicURL      string         // where clients reach the server, without a slash at the end; empty: as they say themselves
	PublicOrigin   string         // of PublicURL, as browsers spell it
	TLSCert        string         // file; empty: no TLS
	TLSKey         string         // file; given when TLSCert is
	TrustedProxies []netip.Prefix // whose X-Forwarded headers count
	AllowedOrigins []string       // as browsers spell them, or "*"
	MetricsListen  string         // host:port; empty: none
	StopDelay      time.Duration  // between a signal and the end of serving

	PrivateNetworks []netip.Prefix // that documents may be fetched from and messages sent to
	HideForeign     bool           // answer 404 rather than 403 for jobs of other accounts

	Data      string        // folder of this process: the database when that is SQLite, and the blobs if they have no other place
	Database  string        // URL of a PostgreSQL database; empty: SQLite in the data folder
	Blobs     Blobs         // where large documents and results are
	MaxFile   int64         // bytes of one document
	MinFree   int64         // bytes of the disk below which no job is taken
	Retention time.Duration // how long a job is kept after its end
	// AuditRetention is how long it is known who did what.
	AuditRetention time.Duration

	Sandbox Sandbox // what reading one document may cost

	OCRLanguages  string // of scans, as tesseract names them, joined by +; empty: English, or what is installed
	Workers       int    // jobs that run at the same time; 0 for none
	MaxWebSockets int    // that one account may have open
	MaxWaiting    int    // jobs of one account that no worker has begun
	MaxReads      int    // of single jobs, that one key may make a minute
	MaxBatchReads int    // of batches or many jobs at once, the same
	MaxLists      int    // pages of lists, the same

	SMTP        string   // smtp://[user:password@]host:port; empty: e-mails go to the data folder
	MailFrom    string   // the sender of e-mails
	MailDomains []string // that e-mails may be sent to; all when empty
	MaxMails    int      // that one account may ask for in a day

	Model Model // which language model is asked

	LogJSON  bool
	LogLevel slog.Level
	Trace    Trace // where traces are sent
}

// Setting is one value that an operator may choose.
type Setting struct {
	Name    string // of the flag and in the file; the environment variable is DOCKET_ and this
	Default string
	Shown   string // instead of a default that is another one on every machine
	Usage   string
	List    bool // of texts: an array in the file, with commas elsewhere
	Secret  bool // it may hold a password, and is not repeated in errors
	set     func(*Config, string) error
}

// Env is the setting's environment variable.
func (s Setting) Env() string {
	return "DOCKET_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
}

// Group is settings that belong together.
type Group struct {
	Title    string
	Settings []Setting
}

// Groups lists all settings in the order in which they are shown.
func Groups() []Group {
	return []Group{
		{"Network", networkSettings()},
		{"Access", accessSettings()},
		{"Storage", storageSettings()},
		{"Work", workSettings()},
		{"Limits", limitSettings()},
		{"Documents", sandboxSettings()},
		{"Language model", modelSettings()},
		{"E-mail", mailSettings()},
		{"Logs and traces", slices.Concat(logSettings(), traceSettings())},
	}
}

// Settings lists all settings.
func Settings() []Setting {
	var all []Setting
	for _, g := range Groups() {
		all = append(all, g.Settings...)
	}
	return all
}

// check looks at what settings say together.
func (c Config) check() error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key: give both, or neither")
	}
	return nil
}
