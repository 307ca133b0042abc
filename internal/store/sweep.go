package store

import (
	"fmt"
	"time"

	"docket/internal/job"
)

// Sweeps remove what is past its time, a few rows in each transaction, so that
// nobody waits long for the writer.

// accountsOfFinal lists the accounts that have final jobs, hopping from one to
// the next over the index, like the claim.
const accountsOfFinal = `
accounts (account) AS (
	SELECT * FROM (SELECT account FROM jobs WHERE expires_at IS NOT NULL ORDER BY account LIMIT 1) first
	UNION ALL
	SELECT (SELECT j.account FROM jobs j WHERE j.expires_at IS NOT NULL AND j.account > a.account ORDER BY j.account LIMIT 1)
	FROM accounts a WHERE a.account IS NOT NULL
)`

const expiredJobs = `
WITH RECURSIVE ` + accountsOfFinal + `
SELECT ` + jobColumns + ` FROM jobs WHERE id IN (
	SELECT j.id FROM accounts a JOIN jobs j ON j.account = a.account WHERE j.expires_at <= $1 LIMIT $2
)`

// SweepJobs removes up to Max jobs that have expired, as Delete does.
type SweepJobs struct {
	Now       time.Time
	Retention time.Duration // how long a job is kept that fails because its source is gone
	Max       int

	Jobs []job.Job // the answer: as they were
}

func (*SweepJobs) work() bool { return true }

func (o *SweepJobs) apply(t *txn) error {
	o.Jobs = nil
	if err := t.each(scanInto(&o.Jobs), expiredJobs+t.texts.skipping(), micros(o.Now), o.Max); err != nil {
		return fmt.Errorf("find expired jobs: %w", err)
	}
	for _, j := range o.Jobs {
		if err := t.forget(j, o.Now, o.Retention); err != nil {
			return err
		}
	}
	return nil
}

// SweepUploads fails up to Max jobs that were made before a time and whose
// document has not come.
type SweepUploads struct {
	Before    time.Time
	Now       time.Time
	Retention time.Duration // how long a final job is kept
	Max       int

	Ended []Ended // the answer
}

func (*SweepUploads) work() bool { return true }

func (o *SweepUploads) apply(t *txn) error {
	o.Ended = nil
	var late []job.Job
	if err := t.each(scanInto(&late), "SELECT "+jobColumns+" FROM jobs WHERE status = 'awaiting_upload' AND created_at < $1 ORDER BY created_at LIMIT $2"+t.texts.skipping(),
		micros(o.Before), o.Max); err != nil {
		return fmt.Errorf("find expired uploads: %w", err)
	}
	for _, j := range late {
		j.Failure = &job.Failure{Code: job.UploadExpired}
		ended, err := t.end(j, job.Failed, o.Now, o.Retention)
		if err != nil {
			return err
		}
		o.Ended = append(o.Ended, ended)
	}
	return nil
}

// RefuseUpload fails a job that waits for its document, because of what came.
// The error is ErrFenced when it does not wait any more.
type RefuseUpload struct {
	ID        job.ID
	Failure   job.Failure
	Now       time.Time
	Retention time.Duration // how long a final job is kept

	Ended Ended // the answer
}

func (*RefuseUpload) work() bool { return true }

func (o *RefuseUpload) apply(t *txn) error {
	j, ok, err := t.lookUp(o.ID)
	if err != nil {
		return err
	}
	if !ok || j.Status != job.AwaitingUpload {
		return ErrFenced
	}
	j.Failure = &o.Failure
	o.Ended, err = t.end(j, job.Failed, o.Now, o.Retention)
	return err
}

// SweepDeliveries removes up to Max messages, with their tries, that were
// taken or given up before a time.
type SweepDeliveries struct {
	Before time.Time
	Max    int

	Count int // the answer
}

func (*SweepDeliveries) work() bool { return true }

func (o *SweepDeliveries) apply(t *txn) error {
	var ids []string
	if err := t.each(func(rows row) error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT id FROM deliveries WHERE finished_at < $1 ORDER BY finished_at LIMIT $2`, micros(o.Before), o.Max); err != nil {
		return fmt.Errorf("find old deliveries: %w", err)
	}
	for _, id := range ids {
		for _, query := range []string{`DELETE FROM delivery_attempts WHERE delivery_id = $1`, `DELETE FROM deliveries WHERE id = $1`} {
			if err := t.send(query, id); err != nil {
				return fmt.Errorf("delete delivery %s: %w", id, err)
			}
		}
	}
	o.Count = len(ids)
	return nil
}

// SweepKeys removes up to Max answers whose Idempotency-Key has expired.
type SweepKeys struct {
	Now time.Time
	Max int

	Count int // the answer
}

func (*SweepKeys) work() bool { return true }

func (o *SweepKeys) apply(t *txn) error {
	n, err := t.exec(`DELETE FROM idempotency_keys WHERE (account, key) IN (SELECT account, key FROM idempotency_keys WHERE expires_at <= $1 LIMIT $2)`, micros(o.Now), o.Max)
	if err != nil {
		return fmt.Errorf("delete idempotency keys: %w", err)
	}
	o.Count = int(n)
	return nil
}
