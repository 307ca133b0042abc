//go:build postgres

package service_test

import (
	"strings"
	"testing"
	"time"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/service"
	"docket/internal/testkit"
)

// What was stored without an answer has its documents: whoever was told that
// it is not known what became of a submit finds a job that can run.
func TestUnknownOutcomeKeepsDocuments(t *testing.T) {
	place := testkit.NewPlace(t)
	wire, through := testkit.NewWire(t, place.Database)
	b := newBenchIn(t, testkit.Place{Folder: place.Folder, Database: through})
	spec := job.Spec{Account: account.Local, Operation: job.Parse, Spelling: job.TypeID}
	show := func(job.Job) (service.Answer, error) { return service.Answer{}, nil }
	unanswered := func(what string, write func() error) {
		t.Helper()
		wire.Deafen()
		defer wire.Hear()
		if err := write(); job.CodeOf(err) != job.Unavailable || !service.Unknown(err) {
			t.Errorf("%s without an answer: %v", what, err)
		}
	}

	unanswered("submit", func() error {
		u := b.begin(large("submitted"))
		defer u.Discard()
		_, err := u.Submit(b.ctx, spec, show)
		return err
	})
	unanswered("batch", func() error {
		items := []service.Item{{Submission: b.begin(large("first")), Spec: spec}, {Submission: b.begin(large("second")), Spec: spec}}
		defer func() {
			for _, item := range items {
				item.Submission.Discard()
			}
		}()
		_, err := b.SubmitBatch(b.ctx, items, nil, func(job.Batch, []job.Job) (service.Answer, error) { return service.Answer{}, nil })
		return err
	})
	link := b.awaited(spec)
	unanswered("upload", func() error {
		_, err := b.Upload(b.ctx, link, "application/pdf", strings.NewReader(large("uploaded")))
		return err
	})

	b.now = b.now.Add(time.Second)
	claimed, err := b.Claim(b.ctx, "w", 10)
	if err != nil || len(claimed) != 4 {
		t.Fatalf("claimed %d jobs, %v", len(claimed), err)
	}
	for _, j := range claimed {
		f, err := b.Open(b.ctx, j.Inputs[0].File)
		if err != nil {
			t.Errorf("the document of job %s: %v", j.ID, err)
			continue
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}

	b.finishesOnce(wire, claimed[0])
	b.claimsAgain(wire)

	wire.Cut() // what was surely not stored leaves nothing behind
	before := len(b.files())
	u := b.begin(large("refused"))
	if _, err := u.Submit(b.ctx, spec, show); job.CodeOf(err) != job.Unavailable || service.Unknown(err) {
		t.Errorf("without the database: %v", err)
	}
	u.Discard()
	if n := len(b.files()); n != before {
		t.Errorf("%d files were left behind", n-before)
	}
}

// awaited makes a job that waits for its document, and gives where to send it.
func (b *bench) awaited(spec job.Spec) (link string) {
	b.t.Helper()
	u, err := b.Begin(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	defer u.Discard()
	u.Await("a.pdf", "application/pdf")
	_, err = u.Submit(b.ctx, spec, func(j job.Job) (_ service.Answer, err error) {
		link, _, err = b.UploadLink(b.ctx, j, "")
		return service.Answer{}, err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.TrimPrefix(link, "/uploads/")
}

// finishesOnce ends a job whose worker hears of it only when it asks again.
func (b *bench) finishesOnce(wire *testkit.Wire, j job.Job) {
	b.t.Helper()
	w := b.Create(b.ctx, j, "out")
	if _, err := w.Write([]byte(large("result"))); err != nil {
		b.t.Fatal(err)
	}
	sealed, err := w.Seal()
	if err != nil {
		b.t.Fatal(err)
	}
	finish := func() error { return b.Complete(b.ctx, j, op.Result{}, []job.File{sealed.File}, nil) }
	wire.Deafen()
	if err := finish(); !service.Unknown(err) {
		b.t.Errorf("finished without an answer: %v", err)
	}
	wire.Hear()
	if err := finish(); err != nil {
		b.t.Errorf("finished again: %v", err)
	}
	if got := b.result(j.ID); !strings.HasPrefix(got, "result") {
		b.t.Errorf("the result is %.20q", got)
	}
}

// claimsAgain takes messages without hearing of it, and lets go of them at once:
// those alone that nobody sends.
func (b *bench) claimsAgain(wire *testkit.Wire) {
	b.t.Helper()
	notify := func(s *job.Spec) { s.Notify = &job.Notify{WebhookURL: "https://example.com/hook"} }
	b.submit("first", notify)
	held := b.claimMessage("w/1")
	b.submit("second", notify)
	wire.Deafen()
	if got, err := b.ClaimDeliveries(b.ctx, "w/2", 10); !service.Unknown(err) {
		b.t.Errorf("claimed without an answer: %v, %v", got, err)
	}
	wire.Hear()
	if got, err := b.ClaimDeliveries(b.ctx, "w/3", 10); err != nil || len(got) != 0 {
		b.t.Errorf("claimed what is claimed: %v, %v", got, err)
	}
	if err := b.ReleaseClaim(b.ctx, "w/2"); err != nil {
		b.t.Error(err)
	}
	if again := b.claimMessage("w/4"); again.ID == held.ID || again.Attempt != 1 {
		b.t.Errorf("took %+v", again)
	}
	if err := b.RecordAttempt(b.ctx, held, service.Outcome{OK: true, Attempt: job.DeliveryAttempt{At: b.now}}); err != nil {
		b.t.Errorf("record the one that was sent: %v", err)
	}
}
