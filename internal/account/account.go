// Package account says who calls.
package account

import "context"

// Local is the account of everyone in open mode. // contract J27
const Local = "local"

// Account is whom jobs belong to.
type Account struct {
	ID string
}

type key struct{}

// With puts the caller into the context of its request.
func With(ctx context.Context, a Account) context.Context {
	return context.WithValue(ctx, key{}, a)
}

// From gives the caller; the zero Account, which owns nothing, when there is none.
func From(ctx context.Context) Account {
	a, _ := ctx.Value(key{}).(Account)
	return a
}
