package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"docket/internal/job"
)

const deliveryColumns = `id, account, endpoint_id, channel, target, job_id, sequence, status, attempt, payload, created_at, run_at, finished_at, trace`

// perTarget is how many messages to one receiver may be under way: one that
// hangs holds no more than these.
const perTarget = 4

func scanDeliveries(list *[]job.Delivery) func(row) error {
	return func(rows row) error {
		var (
			d                        job.Delivery
			endpoint, trace          sql.NullString
			id                       []byte
			payload                  string
			created, runAt, finished sql.NullInt64
		)
		if err := rows.Scan(&d.ID, &d.Account, &endpoint, &d.Channel, &d.Target, &id, &d.Sequence, &d.Status, &d.Attempt, &payload, &created, &runAt, &finished, &trace); err != nil {
			return fmt.Errorf("scan delivery: %w", err)
		}
		copy(d.Job[:], id)
		d.Endpoint, d.Payload, d.Trace = endpoint.String, json.RawMessage(payload), trace.String
		d.CreatedAt, d.RunAt, d.FinishedAt = fromMicros(created), fromMicros(runAt), fromMicros(finished)
		*list = append(*list, d)
		return nil
	}
}

// ClaimDeliveries takes up to Max messages that are due, and leases them.
type ClaimDeliveries struct {
	Owner string
	Now   time.Time
	Lease time.Duration
	Max   int

	Deliveries []job.Delivery // the answer
}

func (*ClaimDeliveries) work() bool { return true }

func (o *ClaimDeliveries) apply(t *txn) error {
	o.Deliveries = nil
	for len(o.Deliveries) < o.Max {
		n := len(o.Deliveries)
		if err := t.each(scanDeliveries(&o.Deliveries), t.texts.claimDeliveries(), o.Now.UnixMicro(), t.leaseTime(o.Now), o.Lease.Microseconds(), o.Owner, o.Max-n, perTarget); err != nil {
			return fmt.Errorf("claim deliveries: %w", err)
		}
		if len(o.Deliveries) == n {
			return nil
		}
		for i := n; i < len(o.Deliveries); i++ {
			o.Deliveries[i].Owner = o.Owner
		}
	}
	return nil
}

// ReleaseDeliveries lets messages wait again whose sender did not come back.
type ReleaseDeliveries struct {
	Now   time.Time
	All   bool   // the database has a new owner
	Owner string // not empty: those that it has claimed, whenever their leases end
}

func (*ReleaseDeliveries) work() bool { return true }

func (o *ReleaseDeliveries) apply(t *txn) error {
	lost, which := `lease_until < `+t.texts.clock("$2"), t.endOfLeases(o.Now, o.All)
	if o.Owner != "" {
		lost, which = `lease_owner = $2`, o.Owner
	}
	_, err := t.exec(`UPDATE deliveries SET run_at = $1, lease_until = NULL, lease_owner = NULL, attempt = attempt - 1
		WHERE id IN (SELECT id FROM deliveries WHERE lease_until IS NOT NULL AND `+lost+` ORDER BY id`+t.texts.skipping()+`)`,
		o.Now.UnixMicro(), which)
	if err != nil {
		return fmt.Errorf("release deliveries: %w", err)
	}
	return nil
}

// RecordAttempt stores how a try went, and when the next is due. A sender whose
// lease has ended can only say that the message arrived, and only before
// another has; else the error is ErrFenced.
type RecordAttempt struct {
	Delivery job.Delivery
	Attempt  job.DeliveryAttempt
	Status   job.DeliveryStatus
	RunAt    time.Time // of the next try, when it is still pending
	Now      time.Time
}

func (*RecordAttempt) work() bool { return true }

func (*RecordAttempt) needs() needs { return needs{} }

func (o *RecordAttempt) apply(t *txn) error {
	detail, err := text(o.Attempt, false)
	if err != nil {
		return err
	}
	var finished, runAt any
	if o.Status == job.Pending {
		runAt = micros(o.RunAt)
	} else {
		finished = micros(o.Now)
	}
	if err := t.one(`UPDATE deliveries SET status = $2, run_at = $3, finished_at = $4, lease_until = NULL, lease_owner = NULL
		WHERE id = $1 AND status = 'pending' AND (lease_owner = $5 OR $2 = 'delivered')`,
		o.Delivery.ID, o.Status, runAt, finished, o.Delivery.Owner); err != nil {
		return err
	}
	// A message that is sent again counts on from its first time.
	if err := t.send(`INSERT INTO delivery_attempts (delivery_id, n, at, took, detail)
		SELECT $1, coalesce(max(n), 0) + 1, $2, $3, $4 FROM delivery_attempts WHERE delivery_id = $1`,
		o.Delivery.ID, micros(o.Attempt.At), o.Attempt.Took.Microseconds(), detail); err != nil {
		return fmt.Errorf("insert attempt of delivery %s: %w", o.Delivery.ID, err)
	}
	return nil
}

// Enqueue stores a message that tells of no change: a test.
type Enqueue struct{ Delivery job.Delivery }

func (*Enqueue) work() bool { return false }

func (o *Enqueue) apply(t *txn) error {
	d := o.Delivery
	if err := t.insert(deliveryRows(), d.ID, d.Account, optionalText(d.Endpoint), d.Channel, d.Target, optionalID(d.Job), d.Sequence, job.Pending, string(d.Payload), micros(d.CreatedAt), micros(d.CreatedAt), optionalText(d.Trace)); err != nil {
		return fmt.Errorf("insert delivery %s: %w", d.ID, err)
	}
	return nil
}

// Replay sends messages of an endpoint again: one, or all of a range of time.
type Replay struct {
	Endpoint string
	ID       string // empty: the range
	After    time.Time
	Before   time.Time
	Status   job.DeliveryStatus // empty: any that is not pending
	Now      time.Time

	Count int64 // the answer
}

func (*Replay) work() bool { return false }

func (o *Replay) apply(t *txn) error {
	c := &clause{}
	c.args = append(c.args, o.Now.UnixMicro())
	c.add("endpoint_id = ?", o.Endpoint)
	if o.ID != "" {
		c.add("id = ?", o.ID)
	}
	if !o.After.IsZero() {
		c.add("created_at > ?", micros(o.After))
	}
	if !o.Before.IsZero() {
		c.add("created_at < ?", micros(o.Before))
	}
	if o.Status != "" {
		c.add("status = ?", string(o.Status))
	}
	n, err := t.exec(`UPDATE deliveries SET status = 'pending', attempt = 0, run_at = $1, finished_at = NULL
		WHERE run_at IS NULL AND lease_until IS NULL AND `+c.String(), c.args...)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	o.Count = n
	return nil
}

// Deliveries reads a page of an endpoint's messages, newest first, and how
// many there are.
func (s *Store) Deliveries(ctx context.Context, endpoint string, status job.DeliveryStatus, limit, offset int) ([]job.Delivery, int64, error) {
	c := &clause{}
	c.add("endpoint_id = ?", endpoint)
	if status != "" {
		c.add("status = ?", string(status))
	}
	var total int64
	if err := s.readers.QueryRowContext(ctx, "SELECT count(*) FROM deliveries WHERE "+c.String(), c.args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count deliveries: %w", storageError(err))
	}
	page := &clause{args: c.args}
	page.add("LIMIT ? OFFSET ?", limit, offset)
	found, err := s.queryDeliveries(ctx, "SELECT "+deliveryColumns+" FROM deliveries WHERE "+c.String()+" ORDER BY created_at DESC, id DESC "+page.String(), page.args...)
	return found, total, err
}

// DeliveriesOfJob reads what was told of a job, in the order of its telling.
func (s *Store) DeliveriesOfJob(ctx context.Context, id job.ID) ([]job.Delivery, error) {
	return s.queryDeliveries(ctx, "SELECT "+deliveryColumns+" FROM deliveries WHERE job_id = $1 ORDER BY id LIMIT 1000", id[:])
}

// Delivery reads one message with its tries. The error is of code NotFound
// when there is none.
func (s *Store) Delivery(ctx context.Context, id string) (job.Delivery, []job.DeliveryAttempt, error) {
	found, err := s.queryDeliveries(ctx, "SELECT "+deliveryColumns+" FROM deliveries WHERE id = $1", id)
	if err != nil {
		return job.Delivery{}, nil, err
	}
	if len(found) == 0 {
		return job.Delivery{}, nil, job.Errorf(job.NotFound, nil, "no delivery %q", id)
	}
	attempts, err := s.Attempts(ctx, found)
	return found[0], attempts[id], err
}

// Attempts reads the tries of messages, by their ids, each in order.
func (s *Store) Attempts(ctx context.Context, of []job.Delivery) (map[string][]job.DeliveryAttempt, error) {
	if len(of) == 0 {
		return nil, nil
	}
	ids := make([]any, len(of))
	for i, d := range of {
		ids[i] = d.ID
	}
	var c clause
	c.in("delivery_id", ids)
	rows, err := s.readers.QueryContext(ctx, `SELECT delivery_id, n, at, took, detail FROM delivery_attempts WHERE `+c.String()+` ORDER BY delivery_id, n`, c.args...)
	if err != nil {
		return nil, fmt.Errorf("read attempts: %w", storageError(err))
	}
	attempts := map[string][]job.DeliveryAttempt{}
	err = eachRow(rows, func(rows row) error {
		var (
			id     string
			n      int
			at     sql.NullInt64
			took   int64
			detail string
			a      job.DeliveryAttempt
		)
		if err := rows.Scan(&id, &n, &at, &took, &detail); err != nil {
			return err
		}
		err := json.Unmarshal([]byte(detail), &a)
		a.N, a.At, a.Took = n, fromMicros(at), time.Duration(took)*time.Microsecond
		attempts[id] = append(attempts[id], a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read attempts: %w", storageError(err))
	}
	return attempts, nil
}

func (s *Store) queryDeliveries(ctx context.Context, query string, args ...any) ([]job.Delivery, error) {
	rows, err := s.readers.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read deliveries: %w", storageError(err))
	}
	var found []job.Delivery
	if err := eachRow(rows, scanDeliveries(&found)); err != nil {
		return nil, fmt.Errorf("read deliveries: %w", storageError(err))
	}
	return found, nil
}
