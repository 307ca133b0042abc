package store

import (
	"context"
	"fmt"
)

// everyAccount lists the accounts that have jobs, hopping from one to the next
// over the index of lists.
const everyAccount = `
WITH RECURSIVE accounts (account) AS (
	SELECT * FROM (SELECT account FROM jobs ORDER BY account LIMIT 1) first
	UNION ALL
	SELECT (SELECT j.account FROM jobs j WHERE j.account > a.account ORDER BY j.account LIMIT 1)
	FROM accounts a WHERE a.account IS NOT NULL
)
SELECT account FROM accounts WHERE account IS NOT NULL`

// Accounts reads the accounts that have jobs, however long it takes the sweep
// to remove their last.
func (s *Store) Accounts(ctx context.Context) ([]string, error) {
	var found []string
	err := s.query(ctx, func(rows row) error {
		var name string
		err := rows.Scan(&name)
		found = append(found, name)
		return err
	}, everyAccount)
	if err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	return found, nil
}
