// Package account says who calls: accounts, their keys, and what a key may do.
// It knows no request and no database.
package account

import (
	"context"
	"regexp"
)

// Local is the account of everyone in open mode, and of the first key that
// names no other. // contract J27
const Local = "local"

// ValidID says whether an account may have this name, which is its id: up to 64 lower-case
// letters, digits, dots, dashes and underscores, the first a letter or digit.
func ValidID(id string) bool {
	return regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`).MatchString(id)
}

// Caller is who sends a request: an account, and what the key that was shown
// lets it do.
type Caller struct {
	ID      string // of the account
	Key     string // id of the key; empty in open mode and for the operator
	Session bool   // the key was shown by the cookie of POST /session
	Scopes  Scopes
	Limits  Limits
	Open    bool   // there are no keys: nothing is limited // contract J27
	Address string // where the request comes from
}

// Everyone is the caller in open mode.
func Everyone() Caller { return Caller{ID: Local, Scopes: Read | Write | Admin, Open: true} }

// Operator is the caller of commands on the server's own machine.
func Operator() Caller { return Caller{ID: Local, Scopes: Read | Write | Admin} }

// May says that the caller has the scope.
func (c Caller) May(s Scopes) bool { return c.Scopes.Has(s) }

type contextKey struct{}

// With puts the caller into the context of its request.
func With(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, contextKey{}, c)
}

// From gives the caller; the zero Caller, which owns nothing and may nothing,
// when there is none.
func From(ctx context.Context) Caller {
	c, _ := ctx.Value(contextKey{}).(Caller)
	return c
}
