package lists

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// dropIndexes drops those of the jobs, since to make them of a full table is
// quicker than to keep them while it fills; restore makes them again.
func dropIndexes(ctx context.Context, db *sql.DB, postgres bool) (restore []string, err error) {
	query := "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'jobs' AND sql IS NOT NULL"
	if postgres {
		query = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'jobs' AND indexname <> 'jobs_pkey'"
	}
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("look for indexes: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var names []string
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, fmt.Errorf("look for indexes: %w", err)
		}
		names, restore = append(names, name), append(restore, text)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look for indexes: %w", err)
	}
	for _, name := range names {
		if _, err := db.ExecContext(ctx, "DROP INDEX "+name); err != nil {
			return nil, fmt.Errorf("drop an index: %w", err)
		}
	}
	return restore, nil
}
