package service

import (
	"context"
	"slices"

	"docket/internal/account"
)

// Accounts lists the accounts that have a key or a job, with that of the
// caller, in the order of their names.
func (s *Service) Accounts(ctx context.Context) ([]string, error) {
	names, err := s.store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range s.keys.all() {
		names = append(names, k.Account)
	}
	names = append(names, account.From(ctx).ID)
	slices.Sort(names)
	return slices.Compact(names), nil
}
