package safehttp

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

const maxURLBytes = 8192

const (
	reasonInvalid  = "not a valid URL"
	reasonScheme   = "only http and https URLs can be fetched"
	reasonUserInfo = "a URL with a user name or password is not accepted"
	reasonZone     = "an address with a zone is not accepted"
	reasonPrivate  = "the address is private"
)

// CheckURL tells without asking the network whether a URL could be fetched at
// all. The error is a job.Error with code URLUnreachable and the fact "reason".
// Where the host name leads is known only when Get connects to it.
func CheckURL(raw string) error {
	if len(raw) > maxURLBytes {
		return unreachable(reasonInvalid, errors.New("URL is too long"))
	}
	u, err := url.Parse(raw)
	if err != nil {
		return unreachable(reasonInvalid, withoutURL(err))
	}
	if reason := problemWith(u); reason != "" {
		return unreachable(reason, nil)
	}
	return nil
}

// CheckURL is the function CheckURL, which also refuses a host that is written
// as an address, or as localhost, when the options do not let it through.
func (o Options) CheckURL(raw string) error {
	if err := CheckURL(raw); err != nil {
		return err
	}
	u, err := url.Parse(raw)
	if err != nil {
		return unreachable(reasonInvalid, withoutURL(err))
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		host = "127.0.0.1"
	}
	// Where another name leads is seen when it is dialled.
	if addr, err := netip.ParseAddr(host); err == nil {
		if err := newGuard(o).check(addr); err != nil {
			return unreachable(reasonPrivate, err)
		}
	}
	return nil
}

// problemWith says what is wrong with a URL, and nothing when it is fine.
func problemWith(u *url.URL) string {
	host := u.Hostname()
	switch {
	case u.Scheme == "":
		return reasonInvalid
	case u.Scheme != "http" && u.Scheme != "https":
		return reasonScheme
	case u.User != nil:
		return reasonUserInfo
	case strings.Contains(host, "%"):
		return reasonZone
	case host == "" || !portFits(u.Port()) || disguised(host):
		return reasonInvalid
	}
	return ""
}

func portFits(port string) bool {
	if port == "" {
		return true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

// disguised reports whether the host is a number that some resolvers read as
// an IPv4 address, such as 2130706433, 0x7f.1 or 0177.0.0.1.
func disguised(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	last := strings.ToLower(labels[len(labels)-1])
	if digits, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(digits, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}
