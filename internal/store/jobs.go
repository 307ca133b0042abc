package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"docket/internal/job"
)

const jobColumns = `id, account, spelling, route, operation, status, version,
	created_at, updated_at, started_at, finished_at, expires_at,
	run_at, attempt, tries, lost, cancel_requested <> 0, batch_id, parent_id, original_id, reused_from, keep_seconds,
	parameters, metadata, tags, inputs, progress, failure, died, result, checkpoint, notify,
	waits_for, child_n, trace`

// Job reads one job. The error is of code NotFound when there is none.
func (s *Store) Job(ctx context.Context, id job.ID) (job.Job, error) {
	rows, err := s.read(ctx, "SELECT "+jobColumns+" FROM jobs WHERE id = $1", id[:])
	if err != nil {
		return job.Job{}, fmt.Errorf("read job %s: %w", id, storageError(err))
	}
	var found []job.Job
	if err := eachRow(rows, scanInto(&found)); err != nil {
		return job.Job{}, fmt.Errorf("read job %s: %w", id, storageError(err))
	}
	if len(found) == 0 {
		return job.Job{}, job.Errorf(job.NotFound, nil, "no job %s", id)
	}
	return found[0], nil
}

// Reusable finds the newest completed job of the account that has the
// fingerprint and has not expired by now; false when there is none. The expiry
// is an expression so that SQLite does not search by it: that index holds all
// jobs of the account.
func (s *Store) Reusable(ctx context.Context, account string, fingerprint []byte, now time.Time) (job.Job, bool, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT "+jobColumns+` FROM jobs
		WHERE account = $1 AND fingerprint = $2 AND coalesce(expires_at, 0) > $3 ORDER BY finished_at DESC, id DESC LIMIT 1`, account, fingerprint, micros(now))
	if err != nil {
		return job.Job{}, false, fmt.Errorf("find a job to reuse: %w", storageError(err))
	}
	var found []job.Job
	if err := eachRow(rows, scanInto(&found)); err != nil {
		return job.Job{}, false, fmt.Errorf("find a job to reuse: %w", storageError(err))
	}
	if len(found) == 0 {
		return job.Job{}, false, nil
	}
	return found[0], true, nil
}

// fingerprint is stored of a completed job alone: no other can be reused.
func fingerprint(j job.Job) any {
	if j.Status != job.Completed {
		return nil
	}
	if f := j.Fingerprint(); f != nil {
		return f
	}
	return nil
}

func scanInto(list *[]job.Job) func(row) error {
	return func(rows row) error {
		j, err := scanJob(rows)
		if err == nil {
			*list = append(*list, j)
		}
		return err
	}
}

func scanJob(rows row) (job.Job, error) {
	var (
		j                                           job.Job
		id, batch, parent, original, reused, source []byte
		created, updated, started, finished, expiry sql.NullInt64
		runAt, keep, child                          sql.NullInt64
		notify, trace                               sql.NullString
		parameters, metadata                        sql.NullString
		tags, inputs, progress, failure             sql.NullString
		died, result, checkpoint                    sql.NullString
	)
	err := rows.Scan(&id, &j.Account, &j.Spelling, &j.Route, &j.Operation, &j.Status, &j.Version,
		&created, &updated, &started, &finished, &expiry,
		&runAt, &j.Attempt, &j.Tries, &j.Lost, &j.CancelRequested, &batch, &parent, &original, &reused, &keep,
		&parameters, &metadata, &tags, &inputs, &progress, &failure, &died, &result, &checkpoint, &notify,
		&source, &child, &trace)
	if err != nil {
		return j, fmt.Errorf("scan job: %w", err)
	}
	j.RunAt, j.Keep = fromMicros(runAt), time.Duration(keep.Int64)*time.Second
	copy(j.ID[:], id)
	copy(j.Batch[:], batch)
	copy(j.Parent[:], parent)
	copy(j.Original[:], original)
	copy(j.ReusedFrom[:], reused)
	copy(j.WaitsFor[:], source)
	j.ChildN, j.Trace = int(child.Int64), trace.String
	j.CreatedAt, j.UpdatedAt = fromMicros(created), fromMicros(updated)
	j.StartedAt, j.FinishedAt, j.ExpiresAt = fromMicros(started), fromMicros(finished), fromMicros(expiry)
	if parameters.Valid {
		j.Parameters = json.RawMessage(parameters.String)
	}
	if metadata.Valid {
		j.Metadata = json.RawMessage(metadata.String)
	}
	for _, c := range []struct {
		text sql.NullString
		into any
	}{{tags, &j.Tags}, {inputs, &j.Inputs}, {progress, &j.Progress}, {failure, &j.Failure}, {died, &j.Died}, {result, &j.Result}, {checkpoint, &j.Checkpoint}, {notify, &j.Notify}} {
		if !c.text.Valid {
			continue
		}
		if err := json.Unmarshal([]byte(c.text.String), c.into); err != nil {
			return j, fmt.Errorf("scan job %s: %w", j.ID, err)
		}
	}
	return j, nil
}

// text is how JSON is stored; nothing is NULL.
func text[T any](v T, none bool) (any, error) {
	if none {
		return nil, nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return string(b), nil
}

// raw is how JSON of a client is stored.
func raw(m json.RawMessage) any {
	if len(m) == 0 {
		return nil
	}
	return string(m)
}

func optionalID(id [16]byte) any {
	if id == [16]byte{} {
		return nil
	}
	return id[:]
}
