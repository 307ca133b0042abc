package api

import (
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// hostSpelling is what a name may look like under which the server is reached.
var hostSpelling = regexp.MustCompile(`^([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?$`)

// unwrap puts into the request what a trusted proxy says of its client: the
// address, the scheme, the host. Nobody else is believed. // contract J30
func (e *edge) unwrap(r *http.Request) {
	// A request in absolute form names a scheme that proves nothing.
	r.URL.Scheme = ""
	if len(e.TrustedProxies) == 0 || !e.trusts(peer(r.RemoteAddr)) {
		return
	}
	if client := e.client(r.Header.Values("X-Forwarded-For")); client.IsValid() {
		r.RemoteAddr = net.JoinHostPort(client.String(), "0")
	}
	switch proto := strings.ToLower(last(r.Header.Values("X-Forwarded-Proto"))); proto {
	case "http", "https":
		r.URL.Scheme = proto
	}
	if host := last(r.Header.Values("X-Forwarded-Host")); hostSpelling.MatchString(host) {
		r.Host = host
	}
}

func (e *edge) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(e.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// client is the address nearest to us that is no trusted proxy. What stands
// before it was written by the client itself. It is invalid when there is none.
func (e *edge) client(headers []string) netip.Addr {
	var nearest netip.Addr
	hops := strings.Split(strings.Join(headers, ","), ",")
	for _, hop := range slices.Backward(hops) {
		a := peer(strings.TrimSpace(hop))
		if !a.IsValid() {
			break
		}
		nearest = a
		if !e.trusts(a) {
			break
		}
	}
	return nearest
}

// peer reads an address with or without a port; it is invalid when the text is
// none.
func peer(text string) netip.Addr {
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap().WithZone("")
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// last is the last item of a header that is a comma list: what the proxy next
// to us wrote.
func last(headers []string) string {
	if len(headers) == 0 {
		return ""
	}
	list := headers[len(headers)-1]
	return strings.TrimSpace(list[strings.LastIndex(list, ",")+1:])
}
