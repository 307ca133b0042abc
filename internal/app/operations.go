package app

import (
	"docket/internal/op"
	"docket/internal/op/classify"
	"docket/internal/op/documents"
	"docket/internal/op/extract"
	"docket/internal/op/parse"
	"docket/internal/op/split"
	"docket/internal/sandbox"
)

// operations is all that this server can do.
func operations(pool *sandbox.Pool) []op.Operation {
	single := []op.Operation{
		parse.New(pool),
		extract.New(pool),
		classify.New(pool),
		split.New(pool),
	}
	all := []op.Operation{documents.New(single...)}
	for _, o := range single {
		all = append(all, op.ForMany(o))
	}
	return all
}
