package notify

import (
	"net"
	"net/netip"
	"testing"

	"docket/internal/testkit"
)

// loopbackNames answers every name with this machine.
func loopbackNames(t *testing.T) *net.Resolver {
	t.Helper()
	return testkit.Names(t, func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("127.0.0.1")} })
}
