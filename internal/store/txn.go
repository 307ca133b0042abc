package store

import (
	"database/sql"
	"errors"

	"docket/internal/account"
	"docket/internal/job"
)

// txn is a transaction as one operation sees it.
type txn struct {
	session
	*effects
	texts dialect
	// known is what a node knows of waiting jobs.
	known *waiting
	// databaseClock: leases end by the database's clock, not by the caller's.
	databaseClock bool
}

// session runs an operation's statements inside the transaction. After an
// error of any but a refusal, nothing of the transaction is kept.
type session interface {
	// each calls scan for every row of the answer.
	each(scan func(row) error, query string, args ...any) error
	// exec gives the number of rows touched.
	exec(query string, args ...any) (int64, error)
	// send runs a statement of which nobody needs an answer, at the latest
	// before the transaction's next answer.
	send(query string, args ...any) error
	// insert adds a row; of its table nothing is read in this operation.
	insert(into table, values ...any) error
	// update changes the row of a job that the operation has named.
	update(what update, values ...any) (changed, error)
	// alone waits until no other operation of the batch is under way: for those
	// that touch rows which they do not name before.
	alone() error
}

// changed is what an update says of its row.
type changed struct {
	version int64 // 0: no row was touched
	awaited bool  // other jobs wait for this one
}

// row is one row of an answer.
type row interface{ Scan(into ...any) error }

// effects is what the operations of one transaction do together.
type effects struct {
	counts map[countKey]int64
	usage  map[usageKey]account.Usage
	moves  map[moveKey]int64
	// waiting is by how many they change the jobs of an account that wait.
	waiting map[string]int64
	// reserved is for how many more jobs there was room that are not counted yet.
	reserved map[string]int64
	// exact are the accounts whose waiting jobs nobody else adds to until the
	// end of the transaction.
	exact map[string]int64
	// endpoints are those of the accounts that this batch has to tell.
	endpoints map[string][]job.Endpoint
	followed  []job.Event // of jobs that changed because another one ended
	later     []Op        // what is left for the next transaction
}

func newEffects() *effects {
	return &effects{
		counts: map[countKey]int64{}, usage: map[usageKey]account.Usage{}, moves: map[moveKey]int64{}, waiting: map[string]int64{}, exact: map[string]int64{}, reserved: map[string]int64{},
		endpoints: map[string][]job.Endpoint{},
	}
}

func eachRow(rows *sql.Rows, scan func(row) error) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// version runs a statement that touches one row and returns its version.
func (t *txn) version(query string, args ...any) (int64, error) {
	var version int64
	touched := false
	err := t.each(func(rows row) error {
		touched = true
		return rows.Scan(&version)
	}, query, args...)
	if err == nil && !touched {
		return 0, ErrFenced
	}
	return version, err
}

// one runs a statement that must touch exactly one row.
func (t *txn) one(query string, args ...any) error {
	n, err := t.exec(query, args...)
	if err == nil && n == 0 {
		return ErrFenced
	}
	return err
}
