package crawl

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

// maxAddress is the longest address that is visited, in bytes. Sites that build
// longer ones are mostly building them without end.
const maxAddress = 2048

// address is a page's place, without what does not matter for its content.
type address struct {
	url  *url.URL
	text string // what is asked for
}

// parseAddress reads a link of the page base; false when it leads to nothing
// that can be visited. A nil base is for addresses on their own.
func parseAddress(base *url.URL, link string) (address, bool) {
	link = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, strings.TrimSpace(link))
	if link == "" || len(link) > maxAddress {
		return address{}, false
	}
	u, err := url.Parse(link)
	if err == nil && base != nil {
		u = base.ResolveReference(u)
	} else if err == nil {
		u = u.ResolveReference(&url.URL{})
	}
	if err != nil || u.Opaque != "" || !cleanHost(u) {
		return address{}, false
	}
	u.User, u.Fragment, u.RawFragment, u.ForceQuery = nil, "", "", false
	if u.Path == "" {
		u.Path = "/"
	}
	withoutSession(u)
	u.RawQuery = escapeQuery(u.RawQuery)
	text := u.String()
	return address{url: u, text: text}, len(text) <= maxAddress
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
		if err != nil && !isPlain(host) { // names with _ are used though they are none
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

func isPlain(host string) bool {
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

// key is the same for all ways to write the address of one page.
type key uint64

func (a address) key() key {
	query := strings.Split(a.url.RawQuery, "&")
	for i := range query {
		query[i] = unescaped(query[i])
	}
	slices.Sort(query)
	sum := sha256.Sum256([]byte(a.url.Host + unescaped(a.url.EscapedPath()) + "?" + strings.Join(query, "&")))
	return key(binary.BigEndian.Uint64(sum[:]))
}

// kind is the same for addresses that one program is likely to make: digits
// and the values of parameters do not count.
func (a address) kind() string {
	var b strings.Builder
	b.WriteString(a.url.Host)
	digits := false
	for _, r := range a.url.Path {
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
	for pair := range strings.SplitSeq(a.url.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return b.String() + "?" + strings.Join(slices.Compact(names), "&")
}

// origin is the server that has the page.
func (a address) origin() string { return a.url.Scheme + "://" + a.url.Host }

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
