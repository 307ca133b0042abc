package store

import (
	"fmt"
	"time"

	"docket/internal/job"
)

// MailWindow is the time in which the e-mails of an account are counted.
// contract J25
const MailWindow = 24 * time.Hour

// mailsOf is how many e-mails the end of a job may send.
func mailsOf(j job.Job) int {
	if j.Notify != nil && j.Notify.Email != "" {
		return 1
	}
	return 0
}

// mayMail refuses more e-mails of an account than it may ask for in a day; 0 is
// no limit. The error is of code MailLimit. It must come before the operation
// writes anything.
func (t *txn) mayMail(account string, more, most int, now time.Time) error {
	if most == 0 || more == 0 {
		return nil
	}
	if err := t.alone(); err != nil { // no other submit of the batch adds one meanwhile
		return err
	}
	var n, oldest int64
	err := t.each(func(rows row) error { return rows.Scan(&n, &oldest) },
		`SELECT count(*), coalesce(min(at), 0) FROM mails WHERE account = $1 AND at > $2`, account, micros(now.Add(-MailWindow)))
	if err != nil {
		return fmt.Errorf("count the e-mails of %s: %w", account, err)
	}
	if n+int64(more) <= int64(most) {
		return nil
	}
	facts := job.Facts{"max": most, "asked": n}
	if n > 0 {
		facts["retry_after"] = int64(max(time.UnixMicro(oldest).Add(MailWindow).Sub(now), 0)/time.Second) + 1
	}
	return &job.Error{Code: job.MailLimit, Facts: facts}
}

// asked notes that a job asks for an e-mail.
func (t *txn) asked(j job.Job) error {
	for range mailsOf(j) {
		if err := t.send(`INSERT INTO mails (account, at) VALUES ($1, $2)`, j.Account, micros(j.CreatedAt)); err != nil {
			return fmt.Errorf("note the e-mail of job %s: %w", j.ID, err)
		}
	}
	return nil
}

// SweepMails forgets the e-mails that were asked for before a time.
type SweepMails struct{ Before time.Time }

func (*SweepMails) work() bool { return true }

func (o *SweepMails) apply(t *txn) error {
	if _, err := t.exec(`DELETE FROM mails WHERE at <= $1`, micros(o.Before)); err != nil {
		return fmt.Errorf("forget e-mails: %w", err)
	}
	return nil
}

// SweepActs removes up to Max acts whose ids are below one.
type SweepActs struct {
	Below string
	Max   int

	Count int // the answer
}

func (*SweepActs) work() bool { return true }

func (o *SweepActs) apply(t *txn) error {
	n, err := t.exec(`DELETE FROM acts WHERE id IN (SELECT id FROM acts WHERE id < $1 ORDER BY id LIMIT $2)`, o.Below, o.Max)
	if err != nil {
		return fmt.Errorf("delete acts: %w", err)
	}
	o.Count = int(n)
	return nil
}
