// Package site takes apart what web sites serve: pages, with their text and
// links, and maps of sites.
package site

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// MaxAddress is the longest address that is visited, in bytes. Sites that build
// longer ones are mostly building them without end.
const MaxAddress = 2048

// Address is a page's place, without what does not matter for its content.
type Address struct {
	URL  *url.URL
	Text string // what is asked for
}

// ParseAddress reads a link of the page base; false when it leads to nothing
// that can be visited. A nil base is for addresses on their own.
func ParseAddress(base *url.URL, link string) (Address, bool) {
	link = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, strings.TrimSpace(link))
	if link == "" || len(link) > MaxAddress {
		return Address{}, false
	}
	u, err := url.Parse(link)
	if err == nil && base != nil {
		u = base.ResolveReference(u)
	} else if err == nil {
		u = u.ResolveReference(&url.URL{})
	}
	if err != nil || u.Opaque != "" || !cleanHost(u) {
		return Address{}, false
	}
	u.User, u.Fragment, u.RawFragment, u.ForceQuery = nil, "", "", false
	if u.Path == "" {
		u.Path = "/"
	}
	withoutSession(u)
	u.RawQuery = escapeQuery(u.RawQuery)
	text := u.String()
	return Address{URL: u, Text: text}, len(text) <= MaxAddress
}

// escapeQuery escapes what may not stand in a query as browsers do; url.URL
// leaves it as it was written.
func escapeQuery(query string) string {
	var b strings.Builder
	for i := range len(query) {
		if c := query[i]; c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(query[i])
	}
	return b.String()
}

// cleanHost brings scheme, name and port into their one form.
func cleanHost(u *url.URL) bool {
	u.Scheme = strings.ToLower(u.Scheme)
	port := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if port == "" || host == "" {
		return false
	}
	if _, err := netip.ParseAddr(host); err != nil {
		ascii, err := idna.Lookup.ToASCII(host)
		if err != nil && !IsPlain(host) { // names with _ are used though they are none
			return false
		}
		if err == nil {
			host = strings.TrimSuffix(ascii, ".")
		}
	}
	if host == "" || strings.HasPrefix(host, ".") || strings.HasSuffix(host, ".") || strings.Contains(host, "..") {
		return false
	}
	if p := u.Port(); p != "" && p != port {
		u.Host = net.JoinHostPort(host, p)
	} else {
		u.Host = host
		if strings.Contains(host, ":") {
			u.Host = "[" + host + "]"
		}
	}
	return true
}

// IsPlain says that a name of a host is written in the letters of the DNS, and
// in _ which some use.
func IsPlain(host string) bool {
	return strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

// withoutSession takes away what names the visit and not the page.
func withoutSession(u *url.URL) {
	if at := strings.Index(strings.ToLower(u.Path), ";jsessionid="); at >= 0 {
		u.Path, u.RawPath = u.Path[:at], ""
	}
	if u.RawQuery == "" {
		return
	}
	kept := slices.DeleteFunc(strings.Split(u.RawQuery, "&"), func(pair string) bool {
		name, value, _ := strings.Cut(pair, "=")
		return pair == "" || isSession(strings.ToLower(name), value)
	})
	u.RawQuery = strings.Join(kept, "&")
}

// isSession says of a parameter that it names a visit or its origin. Of short
// names only values that look made up count: ?s=shoes is a search.
func isSession(name, value string) bool {
	switch name {
	case "phpsessid", "jsessionid", "sessionid", "session_id", "cfid", "cftoken", "zenid", "oscsid",
		"gclid", "fbclid", "msclkid", "dclid", "yclid", "mc_cid", "mc_eid", "igshid":
		return true
	case "sid", "s", "session", "sess", "sessid":
		return len(value) >= 16 && strings.ContainsAny(value, "0123456789") && strings.Trim(strings.ToLower(value), "abcdefghijklmnopqrstuvwxyz0123456789-_,") == ""
	}
	return strings.HasPrefix(name, "utm_") || strings.HasPrefix(name, "aspsessionid")
}

// Key is the same for all ways to write the address of one page.
type Key uint64

// Key is that of the page.
func (a Address) Key() Key {
	query := strings.Split(a.URL.RawQuery, "&")
	for i := range query {
		query[i] = unescaped(query[i])
	}
	slices.Sort(query)
	sum := sha256.Sum256([]byte(a.URL.Host + unescaped(a.URL.EscapedPath()) + "?" + strings.Join(query, "&")))
	return Key(binary.BigEndian.Uint64(sum[:]))
}

// Kind is the same for addresses that one program is likely to make: digits
// and the values of parameters do not count.
func (a Address) Kind() string {
	var b strings.Builder
	b.WriteString(a.URL.Host)
	digits := false
	for _, r := range a.URL.Path {
		if r >= '0' && r <= '9' {
			if !digits {
				b.WriteByte('0')
			}
			digits = true
			continue
		}
		digits = false
		b.WriteRune(r)
	}
	var names []string
	for pair := range strings.SplitSeq(a.URL.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return b.String() + "?" + strings.Join(slices.Compact(names), "&")
}

// Origin is the server that has the page.
func (a Address) Origin() string { return a.URL.Scheme + "://" + a.URL.Host }

// unescaped undoes escapes that need not be, and writes the others alike.
func unescaped(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' || i+2 >= len(s) {
			b.WriteByte(s[i])
			continue
		}
		c, err := url.PathUnescape(s[i : i+3])
		if err != nil || c == "" {
			b.WriteByte(s[i])
			continue
		}
		if strings.Trim(strings.ToLower(c), "abcdefghijklmnopqrstuvwxyz0123456789-._~") == "" {
			b.WriteString(c)
		} else {
			b.WriteString(strings.ToUpper(s[i : i+3]))
		}
		i += 2
	}
	return b.String()
}
