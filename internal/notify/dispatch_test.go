package notify

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"docket/internal/account"
	"docket/internal/blob"
	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/service"
	"docket/internal/store"
)

// nothing is an operation that is never run here.
type nothing struct{}

func (nothing) Name() job.Operation                              { return job.Parse }
func (nothing) Check(json.RawMessage) (json.RawMessage, error)   { return nil, nil }
func (nothing) Run(context.Context, *op.Task) (op.Result, error) { return op.Result{}, nil }
func (nothing) Render(io.Writer, op.Rendering) error             { return nil }

// postman answers as it is told, and remembers when it was called.
type postman struct {
	answer func(n int) Attempt

	mu    sync.Mutex
	calls []time.Time
	mails []Mail
}

func (p *postman) Send(_ context.Context, m Mail) Attempt {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls, p.mails = append(p.calls, time.Now()), append(p.mails, m)
	return p.answer(len(p.calls))
}

func (p *postman) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.calls)
}

// dispatched submits a job whose e-mail is due at once and runs the dispatcher on a
// synthetic clock for as long as it takes.
func dispatched(t *testing.T, answer func(n int) Attempt, length time.Duration) *postman {
	t.Helper()
	folder, p := t.TempDir(), &postman{answer: answer}
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(t.Context(), folder)
		if err != nil {
			t.Fatal(err)
		}
		blobs, err := blob.Open(folder+"/blobs", db)
		if err != nil {
			t.Fatal(err)
		}
		hub, log := event.NewHub(), slog.New(slog.DiscardHandler)
		s, err := service.New(t.Context(), service.Parts{Store: db, Blobs: blobs, Hub: hub, Operations: []op.Operation{nothing{}}, Now: time.Now, Log: log},
			service.Settings{MaxFile: 100, Retention: time.Hour, SMTP: true})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			NewDispatcher(Parts{Service: s, Hub: hub, Mail: p, Slots: 2, Owner: "a", Poll: time.Minute, Log: log}).Run(ctx)
		}()
		u, err := s.Begin(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := u.Input("a.pdf", "", strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
		if _, err := u.Submit(account.With(ctx, account.Everyone()), job.Spec{
			Account: account.Local, Operation: job.Parse, Spelling: job.TypeID, Notify: &job.Notify{Email: "user@example.com", Events: []string{"queued"}},
		}, func(job.Job) (service.Answer, error) { return service.Answer{}, nil }); err != nil {
			t.Fatal(err)
		}
		<-time.After(length)
		stop()
		<-done
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// Ten attempts over about three days, all of the same message. // contract J24
func TestDispatcherTriesTenTimes(t *testing.T) {
	p := dispatched(t, func(int) Attempt { return Attempt{At: time.Now(), Error: "no answer"} }, 10*24*time.Hour)
	if len(p.calls) != MaxAttempts {
		t.Fatalf("%d attempts", len(p.calls))
	}
	if length := p.calls[MaxAttempts-1].Sub(p.calls[0]); length < 48*time.Hour || length > 96*time.Hour {
		t.Errorf("the attempts took %v", length)
	}
	for _, m := range p.mails {
		if m.MessageID != p.mails[0].MessageID || m.To != "user@example.com" || !strings.Contains(m.Subject, "a.pdf") {
			t.Errorf("sent %+v", m)
		}
	}
}

func TestDispatcherStopsWhenItIsTaken(t *testing.T) {
	p := dispatched(t, func(n int) Attempt {
		if n < 3 {
			return Attempt{At: time.Now(), Error: "busy", RetryAfter: time.Hour}
		}
		return Attempt{At: time.Now()}
	}, 24*time.Hour)
	if p.count() != 3 {
		t.Fatalf("%d attempts", p.count())
	}
	if pause := p.calls[1].Sub(p.calls[0]); pause < time.Hour || pause > time.Hour+time.Minute {
		t.Errorf("a receiver that wanted an hour had %v", pause)
	}
}

func TestDispatcherGivesUpWhatIsRefused(t *testing.T) {
	if p := dispatched(t, func(int) Attempt { return Attempt{At: time.Now(), Status: 550, Error: "no such user", Permanent: true} }, 24*time.Hour); p.count() != 1 {
		t.Errorf("%d attempts", p.count())
	}
}
