package op

import (
	"net/netip"

	"docket/internal/safehttp"
)

// CheckURL tells without asking the network whether the address could be
// reached: not when it is written as one of a private network that is not among
// these, or of this machine unless loopback. The error is of code
// URLUnreachable with the fact "reason".
func CheckURL(address string, networks []netip.Prefix, loopback bool) error {
	return safehttp.Options{AllowCIDRs: networks, AllowLoopback: loopback}.CheckURL(address)
}
