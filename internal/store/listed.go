package store

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"docket/internal/job"
)

// listColumns are what lists show of a job: of its documents there are only the
// names.
const listColumns = `id, operation, status, created_at, updated_at, finished_at, run_at, original_id, metadata, tags, inputs, progress, failure`

func scanListedInto(list *[]job.Job, account string) func(row) error {
	return func(rows row) error {
		j, err := scanListed(rows)
		j.Account = account
		*list = append(*list, j)
		return err
	}
}

func scanListed(rows row) (job.Job, error) {
	var (
		j                       job.Job
		id, original            sql.RawBytes
		created, updated        int64
		finished, runAt         sql.NullInt64
		metadata, tags, failure sql.RawBytes
		inputs, progress        sql.RawBytes
	)
	if err := rows.Scan(&id, &j.Operation, &j.Status, &created, &updated, &finished, &runAt, &original, &metadata, &tags, &inputs, &progress, &failure); err != nil {
		return j, fmt.Errorf("scan a listed job: %w", err)
	}
	copy(j.ID[:], id)
	copy(j.Original[:], original)
	j.CreatedAt, j.UpdatedAt = fromMicros(sql.NullInt64{Int64: created, Valid: true}), fromMicros(sql.NullInt64{Int64: updated, Valid: true})
	j.FinishedAt, j.RunAt = fromMicros(finished), fromMicros(runAt)
	if metadata != nil {
		j.Metadata = append(json.RawMessage(nil), metadata...)
	}
	var named []struct {
		Name string `json:"name"`
	}
	for _, c := range []struct {
		text sql.RawBytes
		into any
	}{{tags, &j.Tags}, {inputs, &named}, {progress, &j.Progress}, {failure, &j.Failure}} {
		if c.text == nil {
			continue
		}
		if err := json.Unmarshal(c.text, c.into); err != nil {
			return j, fmt.Errorf("scan listed job %s: %w", j.ID, err)
		}
	}
	j.Inputs = make([]job.Input, len(named))
	for i, in := range named {
		j.Inputs[i].Name = in.Name
	}
	return j, nil
}
