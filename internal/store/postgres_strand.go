package store

import (
	"errors"
	"fmt"
	"iter"
	"reflect"

	"github.com/jackc/pgx/v5"

	"docket/internal/job"
)

// statement is one statement of an operation, and its answer.
type statement struct {
	query   string
	args    []any
	scan    func(row) error // nil: the number of rows is all there is to know
	touched int64
}

func (st *statement) receive(answers pgx.BatchResults) error {
	if st.scan == nil {
		tag, err := answers.Exec()
		st.touched = tag.RowsAffected()
		return err
	}
	rows, err := answers.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := st.scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// errStopped is seen by operations whose transaction has come to nothing.
var errStopped = errors.New("the transaction has failed")

// strand is an operation that stands still whenever it asks something. It is
// its operation's session.
type strand struct {
	pipeline *pipeline
	names    []job.ID // jobs that no other operation may touch meanwhile
	lonely   bool     // it must be alone
	begun    bool
	asks     bool // it waits for an answer
	ended    bool
	err      error // once it has ended

	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
}

func newStrand(p *pipeline, op Op) *strand {
	s := &strand{pipeline: p}
	if o, ok := op.(named); ok {
		s.names = o.needs().jobs
	} else {
		s.lonely = true
	}
	t := &txn{session: s, effects: p.effects, texts: postgresTexts, known: &p.engine.seen.waiting, databaseClock: p.engine.databaseClock}
	s.next, s.stop = iter.Pull(func(yield func(struct{}) bool) {
		s.yield = yield
		s.err = op.apply(t)
	})
	return s
}

// resume runs the operation until it stands still or ends.
func (s *strand) resume() {
	s.begun, s.asks = true, false
	if _, more := s.next(); !more {
		s.ended = true
	}
}

func (s *strand) each(scan func(row) error, query string, args ...any) error {
	s.pipeline.ask(query, args, scan)
	return s.wait()
}

func (s *strand) exec(query string, args ...any) (int64, error) {
	st := s.pipeline.ask(query, args, nil)
	err := s.wait()
	return st.touched, err
}

func (s *strand) wait() error {
	s.asks = true
	if !s.yield(struct{}{}) {
		return errStopped
	}
	return nil
}

func (s *strand) send(query string, args ...any) error {
	s.pipeline.ask(query, args, nil)
	return nil
}

func (s *strand) insert(into table, values ...any) error {
	s.pipeline.insert(into, values)
	return nil
}

func (s *strand) update(what update, values ...any) (changed, error) {
	into, err := s.pipeline.change(what, values)
	if err != nil {
		return changed{}, err
	}
	err = s.wait()
	return *into, err
}

func (s *strand) alone() error {
	if s.pipeline.sole == s {
		return nil
	}
	s.lonely = true
	if !s.yield(struct{}{}) {
		return errStopped
	}
	return nil
}

// arrays are the rows by column, each as an array of the column's type.
func arrays(rows [][]any, types string) ([]any, error) {
	columns := make([]any, len(types))
	for c, letter := range types {
		var err error
		switch letter {
		case 'b':
			columns[c], err = column(rows, c, bytesOf)
		case 'i':
			columns[c], err = column(rows, c, integerOf)
		default:
			columns[c], err = column(rows, c, textOf)
		}
		if err != nil {
			return nil, fmt.Errorf("column %d: %w", c+1, err)
		}
	}
	return columns, nil
}

func column[T any](rows [][]any, c int, of func(any) (T, error)) (list []T, err error) {
	list = make([]T, len(rows))
	for i, values := range rows {
		if list[i], err = of(values[c]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func bytesOf(v any) ([]byte, error) {
	if v == nil {
		return nil, nil
	}
	b, ok := v.([]byte)
	if !ok {
		return nil, fmt.Errorf("%T is no bytes", v)
	}
	return b, nil
}

func integerOf(v any) (*int64, error) {
	if v == nil {
		return nil, nil
	}
	if r := reflect.ValueOf(v); r.CanInt() {
		n := r.Int()
		return &n, nil
	}
	return nil, fmt.Errorf("%T is no integer", v)
}

func textOf(v any) (*string, error) {
	if v == nil {
		return nil, nil
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.String {
		s := r.String()
		return &s, nil
	}
	return nil, fmt.Errorf("%T is no text", v)
}
