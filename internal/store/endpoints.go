package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"docket/internal/account"
	"docket/internal/job"
)

const endpointColumns = `id, account, url, events, operations, allow_cidrs, secret, old_secret, old_until, created_at, disabled_at, disabled_cause`

func scanEndpoints(list *[]job.Endpoint) func(row) error {
	return func(rows row) error {
		var (
			e                               job.Endpoint
			events, operations, cidrs       sql.NullString
			oldSecret, cause                sql.NullString
			oldUntil, createdAt, disabledAt sql.NullInt64
		)
		if err := rows.Scan(&e.ID, &e.Account, &e.URL, &events, &operations, &cidrs, &e.Secret, &oldSecret, &oldUntil, &createdAt, &disabledAt, &cause); err != nil {
			return fmt.Errorf("scan endpoint: %w", err)
		}
		e.OldSecret, e.DisabledCause = oldSecret.String, cause.String
		e.OldUntil, e.CreatedAt, e.DisabledAt = fromMicros(oldUntil), fromMicros(createdAt), fromMicros(disabledAt)
		err := errors.Join(decode(events, &e.Events), decode(operations, &e.Operations), decode(cidrs, &e.AllowCIDRs))
		*list = append(*list, e)
		return err
	}
}

// decode reads stored JSON; NULL leaves the value as it is.
func decode(s sql.NullString, into any) error {
	if !s.Valid {
		return nil
	}
	return json.Unmarshal([]byte(s.String), into)
}

// Endpoints reads an account's endpoints, oldest first.
func (s *Store) Endpoints(ctx context.Context, account string) ([]job.Endpoint, error) {
	rows, err := s.read(ctx, "SELECT "+endpointColumns+" FROM endpoints WHERE account = $1 ORDER BY id", account)
	if err != nil {
		return nil, fmt.Errorf("read endpoints: %w", storageError(err))
	}
	var found []job.Endpoint
	if err := eachRow(rows, scanEndpoints(&found)); err != nil {
		return nil, fmt.Errorf("read endpoints: %w", storageError(err))
	}
	return found, nil
}

// Endpoint reads one endpoint. The error is of code NotFound when there is none.
func (s *Store) Endpoint(ctx context.Context, id string) (job.Endpoint, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT "+endpointColumns+" FROM endpoints WHERE id = $1", id)
	if err != nil {
		return job.Endpoint{}, fmt.Errorf("read endpoint: %w", storageError(err))
	}
	var found []job.Endpoint
	if err := eachRow(rows, scanEndpoints(&found)); err != nil {
		return job.Endpoint{}, fmt.Errorf("read endpoint: %w", storageError(err))
	}
	if len(found) == 0 {
		return job.Endpoint{}, job.Errorf(job.NotFound, nil, "no endpoint %q", id)
	}
	return found[0], nil
}

// SaveEndpoint stores an endpoint, new or changed.
type SaveEndpoint struct{ Endpoint job.Endpoint }

func (*SaveEndpoint) work() bool { return false }

func (o *SaveEndpoint) apply(t *txn) error {
	e := o.Endpoint
	events, err1 := text(e.Events, len(e.Events) == 0)
	operations, err2 := text(e.Operations, len(e.Operations) == 0)
	cidrs, err3 := text(e.AllowCIDRs, len(e.AllowCIDRs) == 0)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	delete(t.endpoints, e.Account)
	if _, err := t.exec(`INSERT INTO endpoints (`+endpointColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (id) DO UPDATE SET url = excluded.url, events = excluded.events, operations = excluded.operations, allow_cidrs = excluded.allow_cidrs,
			secret = excluded.secret, old_secret = excluded.old_secret, old_until = excluded.old_until,
			disabled_at = excluded.disabled_at, disabled_cause = excluded.disabled_cause`,
		e.ID, e.Account, e.URL, events, operations, cidrs, e.Secret, optionalText(e.OldSecret), micros(e.OldUntil), micros(e.CreatedAt), micros(e.DisabledAt), optionalText(e.DisabledCause)); err != nil {
		return fmt.Errorf("save endpoint %s: %w", e.ID, err)
	}
	return nil
}

// DisableEndpoint stops telling an endpoint and gives up what was still to be
// told.
type DisableEndpoint struct {
	ID    string
	Now   time.Time
	Cause string
}

func (*DisableEndpoint) work() bool { return true }

func (o *DisableEndpoint) apply(t *txn) error {
	clear(t.endpoints)
	if _, err := t.exec(`UPDATE endpoints SET disabled_at = $2, disabled_cause = $3 WHERE id = $1 AND disabled_at IS NULL`, o.ID, micros(o.Now), o.Cause); err != nil {
		return fmt.Errorf("disable endpoint %s: %w", o.ID, err)
	}
	if _, err := t.exec(`UPDATE deliveries SET status = 'failed', run_at = NULL, finished_at = $2 WHERE endpoint_id = $1 AND run_at IS NOT NULL`, o.ID, micros(o.Now)); err != nil {
		return fmt.Errorf("give up deliveries of endpoint %s: %w", o.ID, err)
	}
	return nil
}

// DeleteEndpoint removes an endpoint with its deliveries.
type DeleteEndpoint struct {
	ID  string
	Act account.Act
}

func (*DeleteEndpoint) work() bool { return false }

func (o *DeleteEndpoint) apply(t *txn) error {
	clear(t.endpoints)
	for _, query := range []string{
		`DELETE FROM delivery_attempts WHERE delivery_id IN (SELECT id FROM deliveries WHERE endpoint_id = $1)`,
		`DELETE FROM deliveries WHERE endpoint_id = $1`,
		`DELETE FROM endpoints WHERE id = $1`,
	} {
		if _, err := t.exec(query, o.ID); err != nil {
			return fmt.Errorf("delete endpoint %s: %w", o.ID, err)
		}
	}
	return t.act(o.Act)
}
