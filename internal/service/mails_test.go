package service_test

import (
	"testing"
	"time"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/service"
)

const (
	maxMails = 5
	keepActs = 90 * 24 * time.Hour
)

// mailed hands in a job that asks for an e-mail.
func (b *bench) mailed(name string) error {
	b.t.Helper()
	u := b.begin("document")
	defer u.Discard()
	spec := job.Spec{Account: name, Operation: job.Parse, Spelling: job.TypeID, Notify: &job.Notify{Email: "a@example.com", Events: []string{"completed"}}}
	_, err := u.Submit(as(b.ctx, name), spec, func(job.Job) (service.Answer, error) { return service.Answer{}, nil })
	return err
}

// An account may ask for so many e-mails in a day, wherever the day begins;
// what is refused is not counted. contract J25
func TestMailsOfADay(t *testing.T) {
	b := newBench(t)
	for n := range maxMails {
		if err := b.mailed(account.Local); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			b.now = b.now.Add(time.Hour)
		}
	}
	for range 3 {
		err := b.mailed(account.Local)
		if job.CodeOf(err) != job.MailLimit {
			t.Fatalf("one more: %v", err)
		}
		if f := job.FailureOf(err).Facts; f["max"] != maxMails || f["asked"] != int64(maxMails) || f["retry_after"] != int64(23*3600+1) {
			t.Errorf("one more: %v", f)
		}
	}
	b.submit("without an e-mail")
	if err := b.mailed("another"); err != nil {
		t.Errorf("of another account: %v", err)
	}
	b.now = b.now.Add(23*time.Hour + time.Second)
	b.sweep()
	if err := b.mailed(account.Local); err != nil { // the first is a day old
		t.Errorf("a day later: %v", err)
	}
	if err := b.mailed(account.Local); job.CodeOf(err) != job.MailLimit {
		t.Errorf("and another: %v", err)
	}
}

// Of a batch all are refused when not all may ask for their e-mails.
func TestMailsOfABatch(t *testing.T) {
	b := newBench(t)
	batch := func(n int) error {
		var items []service.Item
		for range n {
			items = append(items, service.Item{Submission: b.begin("document"), Spec: job.Spec{Account: account.Local, Operation: job.Parse, Notify: &job.Notify{Email: "a@example.com"}}})
		}
		_, err := b.SubmitBatch(b.ctx, items, nil, func(job.Batch, []job.Job) (service.Answer, error) { return service.Answer{}, nil })
		return err
	}
	if err := batch(maxMails + 1); job.CodeOf(err) != job.MailLimit {
		t.Errorf("more than a day's: %v", err)
	}
	if err := batch(maxMails); err != nil {
		t.Errorf("a day's: %v", err)
	}
	if err := b.mailed(account.Local); job.CodeOf(err) != job.MailLimit {
		t.Errorf("one more: %v", err)
	}
}

// Who did what is forgotten after its time, and not before.
func TestActsAreSwept(t *testing.T) {
	b := newBench(t)
	if _, _, err := b.CreateKey(b.ctx, service.KeySpec{Name: "k", Scopes: account.Read}); err != nil {
		t.Fatal(err)
	}
	known := func() int64 {
		_, n, err := b.Acts(b.ctx, account.ActFilter{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	b.now = b.now.Add(keepActs - time.Minute)
	if swept := b.sweep(); swept.Acts != 0 || known() != 1 {
		t.Errorf("before their time: %+v, %d are known", swept, known())
	}
	b.now = b.now.Add(2 * time.Minute)
	if swept := b.sweep(); swept.Acts != 1 || known() != 0 {
		t.Errorf("after it: %+v, %d are known", swept, known())
	}
}
