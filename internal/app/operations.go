package app

import (
	"slices"

	"docket/internal/config"
	"docket/internal/job"
	"docket/internal/model"
	"docket/internal/op"
	"docket/internal/op/classify"
	"docket/internal/op/crawl"
	"docket/internal/op/documents"
	"docket/internal/op/embed"
	"docket/internal/op/export"
	"docket/internal/op/extract"
	"docket/internal/op/importer"
	"docket/internal/op/parse"
	"docket/internal/op/split"
	"docket/internal/safehttp"
	"docket/internal/sandbox"
)

// operations is all that this server can do; remote is nil without a model.
// Those that visit other servers ask for the client each time.
func operations(pool *sandbox.Pool, remote *model.Remote, fetcher func() *safehttp.Client, cfg config.Config) []op.Operation {
	single := singleOperations(pool, remote)
	all := []op.Operation{documents.New(single...), crawl.New(pool, fetcher, cfg.MaxFile), embed.New(pool, remote), importer.New(importLimits(cfg), single...)}
	for _, o := range single {
		all = append(all, op.ForMany(o))
	}
	return append(all, export.New(exportable(all)...))
}

// singleOperations work on one document, and need no server.
func singleOperations(pool *sandbox.Pool, remote *model.Remote) []op.Operation {
	return []op.Operation{
		parse.New(pool),
		extract.New(pool, remote),
		classify.New(pool, remote),
		split.New(pool, remote),
	}
}

// exportable are the operations whose results are worth gathering: an import
// has none but its jobs.
func exportable(all []op.Operation) []job.Operation {
	var names []job.Operation
	for _, o := range all {
		if o.Name() != job.Import {
			names = append(names, o.Name())
		}
	}
	slices.Sort(names)
	return names
}

// newModel makes the client of the model that the operator has chosen, or nil:
// then nothing of a document leaves the machine.
func newModel(m config.Model) *model.Remote {
	if m.URL == "" {
		return nil
	}
	return model.New(model.Options{
		URL: m.URL, Key: m.Key, Name: m.Name, Embedding: m.Embedding, Timeout: m.Timeout, Retries: m.Retries, Budget: m.Budget, Context: m.Context,
	})
}
