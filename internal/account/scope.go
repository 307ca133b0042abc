package account

import (
	"fmt"
	"strings"
)

// Scopes is a set of what a key may do.
type Scopes uint8

// Read shows jobs and results, Write makes, cancels and deletes them. Admin
// includes both, manages keys, and reaches the jobs of every account.
const (
	Read Scopes = 1 << iota
	Write
	Admin
)

// Has says that all of the scopes are in the set. // contract J27
func (s Scopes) Has(wanted Scopes) bool { return s&Admin != 0 || s&wanted == wanted }

// Names lists the set in the order read, write, admin.
func (s Scopes) Names() []string {
	names := []string{}
	for i, name := range scopeNames() {
		if s&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// String is the comma list that ParseScopes reads.
func (s Scopes) String() string { return strings.Join(s.Names(), ",") }

func scopeNames() []string { return []string{"read", "write", "admin"} }

// ParseScopes reads names of scopes; the error says which are allowed.
func ParseScopes(names []string) (Scopes, error) {
	var s Scopes
names:
	for _, name := range names {
		for i, known := range scopeNames() {
			if strings.TrimSpace(name) == known {
				s |= 1 << i
				continue names
			}
		}
		return 0, fmt.Errorf("%q is not a scope: choose from read, write and admin", name)
	}
	if s == 0 {
		return 0, fmt.Errorf("no scope is given: choose from read, write and admin")
	}
	return s, nil
}
