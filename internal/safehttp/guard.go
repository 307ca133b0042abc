package safehttp

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"

	"code.dny.dev/ssrf"
)

var errPrivate = errors.New("address is not public")

// guard decides which addresses may be dialled. It looks at what a name was
// resolved to, right before the connection is made, so a name server that
// changes its answer gains nothing.
type guard struct {
	addresses *ssrf.Guardian
}

func newGuard(o Options) guard {
	var v4, v6 []netip.Prefix
	allow := func(p netip.Prefix) {
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	for _, p := range o.AllowCIDRs {
		allow(p)
	}
	if o.AllowLoopback {
		allow(netip.MustParsePrefix("127.0.0.0/8"))
		allow(netip.MustParsePrefix("::1/128"))
	}
	return guard{addresses: ssrf.New(
		ssrf.WithAnyPort(),
		ssrf.WithAllowedV4Prefixes(v4...),
		ssrf.WithAllowedV6Prefixes(v6...),
		// Azure's metadata service has a public address.
		ssrf.WithDeniedV4Prefixes(netip.MustParsePrefix("168.63.129.16/32")),
	)}
}

// control is a net.Dialer.Control: it sees every connection before it is made.
func (g guard) control(network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("%w: network %s", errPrivate, network)
	}
	dialled, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", errPrivate, err)
	}
	return g.check(dialled.Addr())
}

func (g guard) check(addr netip.Addr) error {
	addr = addr.Unmap()
	if addr.Zone() != "" {
		return fmt.Errorf("%w: %s has a zone", errPrivate, addr)
	}
	if err := g.addresses.SafeAddr(addr); err != nil {
		return fmt.Errorf("%w: %w", errPrivate, err)
	}
	return nil
}
