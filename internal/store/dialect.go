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
			values[i] += arrayOf(letter)
		}
	}
	rows := "VALUES (" + strings.Join(values, ", ") + ")"
	if d == postgresTexts {
		rows = "SELECT * FROM unnest(" + strings.Join(values, ", ") + ")"
	}
	return "INSERT INTO " + into.name + " (" + into.columns + ") " + rows + into.also
}

// update changes rows of jobs by their ids. Its texts name the columns of the
// values with a colon, and what PostgreSQL has in both of the row and of the
// value with the table.
type update struct {
	name    string
	columns string // of the values, with commas; the first is id
	types   string // of the columns, as in table
	set     string
	where   string
}

// update is the statement that changes one row on SQLite, and as many as the
// arrays have on PostgreSQL. It gives the id and the version of each, and
// whether other jobs wait for that one.
func (d dialect) update(u update) string {
	var values, from []string
	for i, column := range strings.Split(u.columns, ", ") {
		value := "u." + column
		if d == sqliteTexts {
			value = fmt.Sprintf("$%d", i+1)
		}
		values = append(values, ":"+column+":", value)
		from = append(from, fmt.Sprintf("$%d", i+1)+arrayOf(rune(u.types[i])))
	}
	text := "UPDATE jobs SET " + u.set
	if d == postgresTexts {
		text += " FROM unnest(" + strings.Join(from, ", ") + ") AS u (" + u.columns + ")"
	}
	text += " WHERE " + u.where + " RETURNING jobs.id, version, EXISTS (SELECT 1 FROM jobs w WHERE w.waits_for = jobs.id)"
	return strings.NewReplacer(values...).Replace(text)
}

func arrayOf(letter rune) string {
	return map[rune]string{'b': "::bytea[]", 'i': "::bigint[]", 't': "::text[]"}[letter]
}

// finishing ends an attempt. A job that somebody asked to cancel is not
// completed: who was told that it will be is not told later that it was not.
func finishing() update {
	return update{
		name: "finish", columns: "id, attempt, status, progress, failure, died, result, tries, finished_at, expires_at, fingerprint", types: "bittttti" + "iib",
		set: `status = :status:, progress = :progress:, failure = :failure:, died = :died:, result = :result:, tries = :tries:,
		updated_at = :finished_at:, finished_at = :finished_at:, expires_at = :expires_at:, fingerprint = :fingerprint:, version = version + 1,
		run_at = NULL, lease_until = NULL, lease_owner = NULL, checkpoint = NULL`,
		where: `jobs.id = :id: AND jobs.attempt = :attempt: AND lease_until IS NOT NULL AND (:status: <> 'completed' OR cancel_requested = 0)`,
	}
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
	return table{name: "tags", columns: "account, tag, created_at, job_id", types: "ttib", also: " ON CONFLICT DO NOTHING"}
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
	return table{name: "job_count_changes", columns: "account, since, status, operation, n", types: "titti"}
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
