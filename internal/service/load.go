package service

import (
	"context"

	"docket/internal/store"
)

// Load is what there is to do and what there is.
type Load = store.Load

// JobKind is what jobs of all accounts are counted by.
type JobKind = store.JobKind

// Load reads what there is to do, for all accounts.
func (s *Service) Load(ctx context.Context) (Load, error) { return s.store.Load(ctx) }
