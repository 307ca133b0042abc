package store

import (
	"fmt"
	"strings"
)

// dialect is in whose words a statement is. The two databases share their
// texts but for what is in this file and in dialect_claim.go.
type dialect int

const (
	sqliteTexts dialect = iota
	postgresTexts
)

// locked ends a SELECT whose rows the transaction is going to change: nobody
// else changes them meanwhile. SQLite has one writer.
func (d dialect) locked() string {
	if d == sqliteTexts {
		return ""
	}
	return " FOR UPDATE"
}

// skipping is locked, without the rows that somebody else is changing now.
func (d dialect) skipping() string {
	if d == sqliteTexts {
		return ""
	}
	return " FOR UPDATE SKIP LOCKED"
}

// clock is the time in µs by which leases end: the caller's, or, when it gives
// none, the database's, which is one for all nodes.
func (d dialect) clock(callers string) string {
	if d == sqliteTexts {
		return callers
	}
	return "coalesce(" + callers + ", (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)"
}

// table is what rows are inserted into.
type table struct {
	name    string
	columns string // with commas
	types   string // of the columns, a letter each: b bytes, i integer, t text
	also    string // at the end of the statement
}

// insert is the statement that inserts into a table: one row of values on
// SQLite, and as many as the arrays have on PostgreSQL, in one round trip.
func (d dialect) insert(into table) string {
	values := make([]string, len(into.types))
	for i, letter := range into.types {
		values[i] = fmt.Sprintf("$%d", i+1)
		if d == postgresTexts {
			values[i] += map[rune]string{'b': "::bytea[]", 'i': "::bigint[]", 't': "::text[]"}[letter]
		}
	}
	rows := "VALUES (" + strings.Join(values, ", ") + ")"
	if d == postgresTexts {
		rows = "SELECT * FROM unnest(" + strings.Join(values, ", ") + ")"
	}
	return "INSERT INTO " + into.name + " (" + into.columns + ") " + rows + into.also
}

func jobRows() table {
	return table{name: "jobs", columns: `id, account, spelling, route, operation, status, version,
	created_at, updated_at, run_at, batch_id, parent_id, original_id, parameters, metadata, tags, inputs, progress, trace,
	keep_seconds, notify, started_at, finished_at, expires_at, failure, result, reused_from, fingerprint,
	waits_for, child_n`, types: "bttttti" + "iiibbbtttttt" + "itiiittbb" + "bi"}
}

func eventRows() table {
	return table{name: "events", columns: "job_id, version, at, kind, from_status, to_status, attempt, code", types: "biitttit"}
}

func tagRows() table {
	return table{name: "tags", columns: "account, tag, job_id", types: "ttb", also: " ON CONFLICT DO NOTHING"}
}

// A blob may be written again by who was not told whether it was stored.
func blobRows() table {
	return table{name: "blobs", columns: "name, data", types: "tb", also: " ON CONFLICT (name) DO UPDATE SET data = excluded.data"}
}

func deliveryRows() table {
	return table{
		name:    "deliveries",
		columns: "id, account, endpoint_id, channel, target, job_id, sequence, status, payload, created_at, run_at, trace", types: "tttttbittiit",
	}
}

func tallyRows() table {
	return table{name: "job_counts", columns: "account, hour, status, operation, n", types: "titti"}
}

func moveRows() table {
	return table{name: "job_moves", columns: moveColumns + ", n", types: "ittttii"}
}

func nameRows() table {
	return table{
		name: "job_names", columns: "account, created_at, job_id, names", types: "tibt",
		also: " ON CONFLICT (account, created_at, job_id) DO UPDATE SET names = excluded.names",
	}
}

func usageRows() table {
	return table{name: "usage", columns: usageColumns, types: "titiiiiii"}
}
