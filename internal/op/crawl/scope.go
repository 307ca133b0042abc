package crawl

import (
	"net/netip"
	"slices"
	"strings"

	"docket/internal/document/site"

	"golang.org/x/net/idna"
)

// scope says which links are followed.
type scope struct {
	hosts            []string
	include, exclude []string
}

func newScope(p Parameters) *scope {
	s := &scope{hosts: slices.Clone(p.Hosts), include: p.Include, exclude: p.Exclude}
	for _, u := range p.URLs {
		if a, ok := site.ParseAddress(nil, u); ok {
			s.admit(a)
		}
	}
	return s
}

// admit lets links lead to the host of an address.
func (s *scope) admit(a site.Address) {
	if name := a.URL.Hostname(); !slices.Contains(s.hosts, name) {
		s.hosts = append(s.hosts, name)
	}
}

// on says that the address is on one of the hosts.
func (s *scope) on(a site.Address) bool {
	name := a.URL.Hostname()
	return slices.ContainsFunc(s.hosts, func(host string) bool {
		below, wild := strings.CutPrefix(host, "*")
		return name == host || wild && strings.HasSuffix(name, below)
	})
}

// has says that a link to the address is followed.
func (s *scope) has(a site.Address) bool {
	if !s.on(a) || slices.ContainsFunc(s.exclude, func(p string) bool { return matches(p, a) }) {
		return false
	}
	return len(s.include) == 0 || slices.ContainsFunc(s.include, func(p string) bool { return matches(p, a) })
}

// matches compares a pattern that begins with / to path and query, and any
// other to the whole address.
func matches(pattern string, a site.Address) bool {
	text := a.Text
	if strings.HasPrefix(pattern, "/") {
		text = a.URL.RequestURI()
	}
	return wild(pattern, text)
}

// wild matches * to anything, in time that grows with the lengths only.
func wild(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return true
}

// hostName brings the name of a host, with *. before it or not, into its one
// form.
func hostName(s string) (string, bool) {
	name, wild := strings.CutPrefix(strings.ToLower(strings.TrimSpace(s)), "*.")
	name = strings.TrimSuffix(name, ".")
	if _, err := netip.ParseAddr(name); err == nil && !wild {
		return name, true
	}
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil || ascii == "" || !site.IsPlain(ascii) {
		return "", false
	}
	if wild {
		ascii = "*." + ascii
	}
	return ascii, true
}
