package api

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"docket/internal/job"
)

// checkHost refuses, in open mode, a request for a name that is not this
// machine's: a page elsewhere may let its own name point here, and would then
// be of the same origin as we are. Whoever has a key proves itself with that.
// A request without a name is from no browser. // contract J27
func (e *edge) checkHost(r *http.Request) error {
	if r.Host == "" || !e.open() {
		return nil
	}
	name := hostName(r.Host)
	if loopbackName(name) || (e.publicHost != "" && strings.EqualFold(name, e.publicHost)) {
		return nil
	}
	return &job.Error{Code: job.WrongHost, Facts: job.Facts{"host": plain(r.Host, 100)}}
}

// hostName is the host without a port; what stands there instead of one stays.
func hostName(host string) string {
	if name, port, err := net.SplitHostPort(host); err == nil && strings.Trim(port, "0123456789") == "" {
		host = name
	}
	return strings.TrimSuffix(strings.Trim(host, "[]"), ".")
}

// loopbackName says that a name or address is this machine's own for everyone.
func loopbackName(name string) bool {
	if a, err := netip.ParseAddr(name); err == nil {
		return a.Unmap().IsLoopback()
	}
	name = strings.ToLower(name)
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}
