package app

import (
	"docket/internal/op"
	"docket/internal/op/parse"
	"docket/internal/sandbox"
)

// operations is all that this server can do.
func operations(pool *sandbox.Pool) []op.Operation {
	return []op.Operation{
		parse.New(pool),
	}
}
