package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// statements are prepared once for all connections of a pool, which prepare
// them for themselves and close them when they are closed.
type statements struct {
	mu sync.Mutex
	of map[string]*sql.Stmt // by their texts
}

func (s *statements) prepare(ctx context.Context, db *sql.DB, query string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.of[query]; known != nil {
		return known, nil
	}
	made, err := db.PrepareContext(ctx, query) //nolint:sqlclosecheck // kept, closed with the pool
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	if s.of == nil {
		s.of = map[string]*sql.Stmt{}
	}
	s.of[query] = made
	return made, nil
}

// read asks what is asked often and always with the same text, which SQLite
// would parse each time. PostgreSQL's driver remembers texts itself, as far as
// what lies between lets it.
func (s *Store) read(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s.shared {
		return s.readers.QueryContext(ctx, query, args...)
	}
	statement, err := s.often.prepare(ctx, s.readers, query) //nolint:sqlclosecheck // kept, closed with the readers
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}
