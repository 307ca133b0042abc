package notify

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// sent lists the headers of a request as they are remembered.
func sent(header http.Header, agent string) map[string]string {
	m := make(map[string]string, len(header)+1)
	for name := range header {
		m[strings.ToLower(name)] = header.Get(name)
	}
	if agent != "" {
		m["user-agent"] = agent
	}
	return m
}

// received lists the headers of an answer as they are remembered: those that
// fit, in the order of their names. A cookie is a secret of the receiver's.
func received(header http.Header) map[string]string {
	m := make(map[string]string, len(header))
	left := maxHeaders
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if name == "Set-Cookie" {
			continue
		}
		value := clean(strings.Join(header[name], ", "), maxHeaders)
		if left -= len(name) + len(value); left < 0 {
			break
		}
		m[strings.ToLower(name)] = value
	}
	return m
}
