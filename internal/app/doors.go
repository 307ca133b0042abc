package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"docket/internal/api"
	"docket/internal/config"
)

// stopRequests is how long requests may go on after the server has begun to
// stop. Workers stop in the same time, and the whole server in less than ten
// seconds.
const stopRequests = 5 * time.Second

// doors are where requests come in: the main one, and one for those who watch
// over the server.
type doors struct {
	main        net.Listener // nil when there is no API
	health      net.Listener // nil when there is none
	certificate *certificate // nil without TLS
	delay       time.Duration
	log         *slog.Logger
}

// listen opens the doors; requests wait until they are served. A node that
// only works has no main one.
func listen(ctx context.Context, cfg config.Config, role role, log *slog.Logger) (_ *doors, err error) {
	d := &doors{delay: cfg.StopDelay, log: log}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if cfg.TLSCert != "" && role == serving {
		if d.certificate, err = newCertificate(cfg.TLSCert, cfg.TLSKey, log); err != nil {
			return nil, err
		}
	}
	if role == serving {
		if d.main, err = new(net.ListenConfig).Listen(ctx, "tcp", cfg.Listen); err != nil {
			return nil, fmt.Errorf("listen on %s: %w; choose another address with --listen", cfg.Listen, err)
		}
	}
	if cfg.MetricsListen != "" {
		if d.health, err = new(net.ListenConfig).Listen(ctx, "tcp", cfg.MetricsListen); err != nil {
			return nil, fmt.Errorf("listen on %s: %w; choose another address with --metrics-listen", cfg.MetricsListen, err)
		}
	}
	return d, nil
}

// close is for doors that nobody has served; served ones are closed already.
func (d *doors) close() {
	for _, l := range []net.Listener{d.main, d.health} {
		if l != nil {
			_ = l.Close() // nothing is lost
		}
	}
}

// url is how clients of this machine reach the main door.
func (d *doors) url() string {
	if d.certificate != nil {
		return "https://" + reachable(d.main.Addr())
	}
	return "http://" + reachable(d.main.Addr())
}

// keepCertificate loads the certificate again when that is wanted, until ctx
// ends.
func (d *doors) keepCertificate(ctx context.Context) {
	if d.certificate != nil {
		d.certificate.keep(ctx)
	}
}

func (d *doors) collectors() []prometheus.Collector {
	if d.certificate == nil {
		return nil
	}
	return []prometheus.Collector{d.certificate.expiry()}
}

// serve answers requests until ctx ends; then, after the delay, it closes
// stopping and lets the requests that are under way finish. It returns what
// ended ctx, unless that was a signal. The door of those who watch is closed
// last, so that they can see the end.
func (d *doors) serve(ctx context.Context, handler *api.API, stopping chan<- struct{}) error {
	main, health := d.server(handler), d.server(handler.HealthHandler())
	failed := make(chan error, 2)
	var wg sync.WaitGroup
	defer wg.Wait()
	if d.main != nil {
		wg.Go(func() { failed <- d.serveMain(main) })
	}
	if d.health != nil {
		wg.Go(func() { failed <- health.Serve(d.health) })
		defer health.Close() //nolint:errcheck // who watches the end of a server has nothing to lose
	}
	select {
	case err := <-failed:
		close(stopping)
		return errors.Join(fmt.Errorf("serve: %w", err), main.Close())
	case <-ctx.Done():
	}
	d.wait(ctx)
	d.log.Info("stopping: running jobs that do not finish now go on at the next start")
	close(stopping)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopRequests)
	defer cancel()
	if err := main.Shutdown(end); err != nil {
		d.log.Warn("requests were cut off", "error", errors.Join(err, main.Close()))
	}
	if err := handler.Drain(end); err != nil {
		d.log.Warn("streams were cut off", "error", err)
	}
	return unlessSignal(context.Cause(ctx))
}

// wait lets those who ask /readyz see that the server is about to stop.
func (d *doors) wait(ctx context.Context) {
	if d.delay == 0 || !errors.Is(context.Cause(ctx), context.Canceled) {
		return
	}
	d.log.Info("about to stop: /readyz says so, and requests are still answered", "for", d.delay)
	time.Sleep(d.delay)
}

func (d *doors) server(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ConnContext:       api.ConnContext,
		ErrorLog:          slog.NewLogLogger(d.log.Handler(), slog.LevelWarn),
	}
}

func (d *doors) serveMain(s *http.Server) error {
	if d.certificate == nil {
		return s.Serve(d.main)
	}
	s.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: d.certificate.get}
	return s.ServeTLS(d.main, "", "")
}
