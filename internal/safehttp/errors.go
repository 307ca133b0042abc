package safehttp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"

	"docket/internal/job"
)

// temporary marks the cause of a failure that may pass.
type temporary struct{ error }

// Unwrap gives what happened.
func (t temporary) Unwrap() error { return t.error }

// Temporary tells whether a failed Get, or a failed read of its Body, may
// succeed when it is tried again: after time-outs, lost or refused
// connections, and the statuses 408, 425, 429 and 5xx.
func Temporary(err error) bool {
	_, ok := errors.AsType[temporary](err)
	return ok
}

func unreachable(reason string, err error) *job.Error {
	return &job.Error{Code: job.URLUnreachable, Facts: job.Facts{"reason": reason}, Err: err}
}

// transferError makes of what the transport says an error for the user. The
// cause keeps the host and never the URL, whose query may hold a signature.
func transferError(ctx context.Context, host string, err error) error {
	if e, ok := errors.AsType[*job.Error](err); ok {
		return e
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("fetch from %s: %w", host, context.Cause(ctx))
	}
	cause := fmt.Errorf("fetch from %s: %w", host, withoutURL(err))
	reason, passes := reasonOf(err)
	if ctx.Err() != nil {
		reason, passes = reasonTimeout, true
	}
	if passes {
		cause = temporary{cause}
	}
	return unreachable(reason, cause)
}

// withoutURL strips the URL that net/http and net/url put before their errors.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

const reasonTimeout = "timed out"

// Reason says in a few words for the user why a connection failed, whatever
// was spoken over it.
func Reason(err error) string {
	reason, _ := reasonOf(err)
	return reason
}

// reasonOf gives the words for a failed transfer, and whether it may pass.
func reasonOf(err error) (reason string, passes bool) {
	if errors.Is(err, errPrivate) {
		return reasonPrivate, false
	}
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return certificateReason(e), false
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "the server does not speak TLS", false
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return "the host name is not known", false
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() || errors.Is(err, os.ErrDeadlineExceeded) {
		return reasonTimeout, true
	}
	for _, known := range []struct {
		err    error
		reason string
		passes bool
	}{
		{http.ErrSchemeMismatch, "the server does not speak HTTPS", false},
		{syscall.ECONNREFUSED, "connection refused", true},
		{syscall.EHOSTUNREACH, "no way to the host", true},
		{syscall.ENETUNREACH, "no way to the host", true},
		{syscall.ECONNRESET, reasonLost, true},
		{syscall.EPIPE, reasonLost, true},
		{io.EOF, reasonLost, true},
		{io.ErrUnexpectedEOF, reasonLost, true},
	} {
		if errors.Is(err, known.err) {
			return known.reason, known.passes
		}
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "the host name cannot be looked up now", true
	}
	return "the transfer failed", true
}

const reasonLost = "the connection was lost"

func certificateReason(err error) string {
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "the TLS certificate is for another host"
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		return "the TLS certificate has expired"
	}
	return "the TLS certificate is not trusted"
}
