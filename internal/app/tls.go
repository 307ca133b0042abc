package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// lookEvery is how often the files of the certificate are looked at.
const lookEvery = 5 * time.Second

// certificate is the server's, as it was last read. A new one is used for new
// connections; one that cannot be used leaves the old one in place.
type certificate struct {
	certFile, keyFile string
	current           atomic.Pointer[tls.Certificate]
	log               *slog.Logger
}

// newCertificate reads the files. The error says what is wrong with them.
func newCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	if err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *certificate) load() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("use --tls-cert %s and --tls-key %s: %w", c.certFile, c.keyFile, err)
	}
	now := time.Now()
	if now.After(pair.Leaf.NotAfter) || now.Before(pair.Leaf.NotBefore) {
		c.log.Warn("the TLS certificate is not valid now", "from", pair.Leaf.NotBefore, "until", pair.Leaf.NotAfter)
	}
	c.current.Store(&pair)
	return nil
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.current.Load(), nil
}

// keep loads the files again on SIGHUP and when one of them has changed.
func (c *certificate) keep(ctx context.Context) {
	hangUp := make(chan os.Signal, 1)
	signal.Notify(hangUp, syscall.SIGHUP)
	defer signal.Stop(hangUp)
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	seen := c.state()
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangUp:
		case <-look.C:
			if c.state() == seen {
				continue
			}
		}
		seen = c.state()
		if err := c.load(); err != nil {
			c.log.Error("the TLS certificate could not be read again; the old one stays in use", "error", err)
			continue
		}
		c.log.Info("the TLS certificate was read again", "until", c.current.Load().Leaf.NotAfter)
	}
}

// fileState is by what a change of the two files is seen.
type fileState struct{ cert, key stamp }

type stamp struct {
	at   time.Time
	size int64
}

func (c *certificate) state() fileState {
	return fileState{stampOf(c.certFile), stampOf(c.keyFile)}
}

// stampOf is zero for a file that is not there: while files are replaced, that
// is no news.
func stampOf(name string) stamp {
	info, err := os.Stat(name)
	if err != nil {
		return stamp{}
	}
	return stamp{info.ModTime(), info.Size()}
}

// expiry tells until when the certificate in use is valid.
func (c *certificate) expiry() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "docket_tls_certificate_expiry_timestamp_seconds", Help: "Until when the TLS certificate in use is valid.",
	}, func() float64 { return float64(c.current.Load().Leaf.NotAfter.Unix()) })
}
