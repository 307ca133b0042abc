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

// office is a service whose dispatchers work on a synthetic clock.
type office struct {
	*service.Service
	hub *event.Hub
	p   *postman
}

// inOffice runs the test on a synthetic clock.
func inOffice(t *testing.T, answer func(n int) Attempt, test func(*testing.T, *office)) *postman {
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
		hub := event.NewHub()
		s, err := service.New(t.Context(), service.Parts{
			Store: db, Blobs: blobs, Hub: hub, Operations: []op.Operation{nothing{}}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		}, service.Settings{MaxFile: 100, Retention: time.Hour, SMTP: true})
		if err != nil {
			t.Fatal(err)
		}
		test(t, &office{s, hub, p})
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// dispatch runs a dispatcher that hears of what passes through the hub.
func (o *office) dispatch(t *testing.T, hub *event.Hub) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		NewDispatcher(Parts{Service: o.Service, Hub: hub, Mail: o.p, Slots: 2, Owner: "a", Poll: time.Minute, Log: slog.New(slog.DiscardHandler)}).Run(ctx)
	}()
	return func() { cancel(); <-done }
}

// submit makes a job whose e-mail is due at once.
func (o *office) submit(t *testing.T) {
	t.Helper()
	u, err := o.Begin(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := u.Input("a.pdf", "", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Submit(account.With(t.Context(), account.Everyone()), job.Spec{
		Account: account.Local, Operation: job.Parse, Spelling: job.TypeID, Notify: &job.Notify{Email: "user@example.com", Events: []string{"queued"}},
	}, func(job.Job) (service.Answer, error) { return service.Answer{}, nil }); err != nil {
		t.Fatal(err)
	}
}

// dispatched submits a job whose e-mail is due at once and runs the dispatcher
// for so long.
func dispatched(t *testing.T, answer func(n int) Attempt, length time.Duration) *postman {
	t.Helper()
	return inOffice(t, answer, func(t *testing.T, o *office) {
		stop := o.dispatch(t, o.hub)
		o.submit(t)
		<-time.After(length)
		stop()
	})
}

// A node that hears of a change on another leaves its messages to that one for
// a tenth of a second, and then looks whether it has sent them, also while more
// and more happens there.
func TestDispatcherHearsOtherNodes(t *testing.T) {
	taken := func(int) Attempt { return Attempt{At: time.Now()} }
	p := inOffice(t, taken, func(t *testing.T, o *office) {
		there := event.NewHub() // of the node that dispatches
		defer o.dispatch(t, there)()
		synctest.Wait()
		<-time.After(time.Second)
		for range 3 {
			begun := time.Now()
			o.submit(t)
			for range 100 {
				there.Publish(job.Event{Kind: job.EventCreated, To: job.Queued, Elsewhere: true})
				<-time.After(2 * time.Millisecond)
			}
			synctest.Wait()
			o.p.mu.Lock()
			last := o.p.calls[len(o.p.calls)-1].Sub(begun)
			o.p.mu.Unlock()
			if last != restElsewhere {
				t.Errorf("sent after %v", last)
			}
			<-time.After(time.Second)
		}
	})
	if p.count() != 3 {
		t.Errorf("%d messages", p.count())
	}
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
