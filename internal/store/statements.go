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

// mostLearned is how many statements are learned: filters have many forms, of
// which few are asked often.
const mostLearned = 100

// known gives a statement that was prepared; nil: none was.
func (s *statements) known(query string) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[query]
}

// learn prepares a statement, unless many are.
func (s *statements) learn(ctx context.Context, db *sql.DB, query string) error {
	s.mu.Lock()
	full := len(s.of) >= mostLearned
	s.mu.Unlock()
	if full {
		return nil
	}
	_, err := s.prepare(ctx, db, query) //nolint:sqlclosecheck // kept, closed with the pool
	return err
}

// prepare may wait for a connection, and who has one may ask meanwhile for what
// is known.
func (s *statements) prepare(ctx context.Context, db *sql.DB, query string) (*sql.Stmt, error) {
	if known := s.known(query); known != nil {
		return known, nil
	}
	made, err := db.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.of[query]; known != nil {
		return known, made.Close() //nolint:sqlclosecheck // the other one is kept
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
