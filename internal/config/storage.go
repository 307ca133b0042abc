package config

import (
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// storageSettings say where documents are kept, and how large they may be.
func storageSettings() []Setting {
	return append([]Setting{
		{Name: "data", Default: "./data", Usage: "folder for the database and the documents", set: setData},
		{Name: "database", Usage: "PostgreSQL to use instead of the database in the data folder, postgres://user:password@host:port/name; many servers may use the same", Secret: true, set: setDatabase},
		{Name: "max-file", Default: "100MB", Usage: "largest document, in bytes or with kB, MB or GB", set: setMaxFile},
		{Name: "min-free", Default: "64MB", Usage: "room on the disk below which no job is taken, so that running ones can end; in bytes or with kB, MB or GB", set: setMinFree},
		{Name: "retention", Default: "7d", Usage: "how long a job and its result are kept after its end, such as 90m, 12h or 30d", set: keeping(func(c *Config) *time.Duration { return &c.Retention })},
		{Name: "audit-retention", Default: "90d", Usage: "how long it is known who did what (GET /audit), such as 12h or 365d", set: keeping(func(c *Config) *time.Duration { return &c.AuditRetention })},
	}, blobSettings()...)
}

func setData(c *Config, v string) error {
	if strings.TrimSpace(v) == "" {
		return errors.New("must name a folder")
	}
	c.Data = v
	return nil
}

func setDatabase(c *Config, v string) error {
	if v == "" {
		c.Database = ""
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Host == "" && u.Query().Get("host") == "" {
		return errors.New("must be postgres://user:password@host:port/name, with special characters of the password percent-encoded, such as %40 for @")
	}
	c.Database = v
	return nil
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

// maxDays is the longest retention: ten years.
const maxDays = 3650

// keeping reads how long something is kept.
func keeping(field func(*Config) *time.Duration) func(*Config, string) error {
	return func(c *Config, v string) (err error) {
		*field(c), err = parseKeeping(v)
		return err
	}
}

func parseKeeping(v string) (time.Duration, error) {
	d, err := time.ParseDuration(v)
	if days, ok := strings.CutSuffix(v, "d"); ok {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(min(n, maxDays+1)) * 24 * time.Hour
	}
	if err != nil || d < time.Second || d > maxDays*24*time.Hour {
		return 0, errors.New("must be a time from 1s to 3650d, such as 90m, 12h or 30d")
	}
	return d, nil
}

// bytes reads a number of bytes, in units of thousands or of 1,024; the error is that of its number.
func bytes(v string) (int64, error) {
	number, factor := v, int64(1)
	for suffix, f := range map[string]int64{"kB": 1e3, "MB": 1e6, "GB": 1e9, "MiB": 1 << 20, "GiB": 1 << 30} {
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
