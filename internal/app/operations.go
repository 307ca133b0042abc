package app

import (
	"docket/internal/config"
	"docket/internal/model"
	"docket/internal/op"
	"docket/internal/op/classify"
	"docket/internal/op/documents"
	"docket/internal/op/extract"
	"docket/internal/op/parse"
	"docket/internal/op/split"
	"docket/internal/sandbox"
)

// operations is all that this server can do; remote is nil without a model.
func operations(pool *sandbox.Pool, remote *model.Remote) []op.Operation {
	single := []op.Operation{
		parse.New(pool),
		extract.New(pool, remote),
		classify.New(pool, remote),
		split.New(pool, remote),
	}
	all := []op.Operation{documents.New(single...)}
	for _, o := range single {
		all = append(all, op.ForMany(o))
	}
	return all
}

// newModel makes the client of the model that the operator has chosen, or nil:
// then nothing of a document leaves the machine.
func newModel(m config.Model) *model.Remote {
	if m.URL == "" {
		return nil
	}
	return model.New(model.Options{
		URL: m.URL, Key: m.Key, Name: m.Name, Timeout: m.Timeout, Retries: m.Retries, Budget: m.Budget, Context: m.Context,
	})
}
