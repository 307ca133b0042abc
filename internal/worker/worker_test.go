package worker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/account"
	"docket/internal/blob"
	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/service"
	"docket/internal/store"
	"docket/internal/testkit"
	"docket/internal/worker"
)

// operation does what the test says.
type operation func(ctx context.Context, t *op.Task) (op.Result, error)

func (operation) Name() job.Operation { return job.Parse }

func (operation) Check(json.RawMessage) (json.RawMessage, error) { return nil, nil }

func (o operation) Run(ctx context.Context, t *op.Task) (op.Result, error) { return o(ctx, t) }

func (operation) Render(w io.Writer, r op.Rendering) error {
	f, err := r.Open("out")
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return errors.Join(err, f.Close())
}

// server is a service with workers, on a clock of its own.
type server struct {
	*service.Service
	t     *testing.T
	store *store.Store
	hub   *event.Hub
	ops   []op.Operation
	ctx   context.Context
}

// inBubble runs the test on a synthetic clock, with a server that is closed at
// its end.
func inBubble(t *testing.T, run operation, test func(*server)) {
	t.Helper()
	place := testkit.NewPlace(t)
	synctest.Test(t, func(t *testing.T) {
		db, err := place.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		blobs, err := blob.Open(place.Folder+"/blobs", db)
		if err != nil {
			t.Fatal(err)
		}
		s := &server{t: t, store: db, hub: event.NewHub(), ops: []op.Operation{run}, ctx: account.With(t.Context(), account.Everyone())}
		s.Service, err = service.New(t.Context(), service.Parts{
			Store: db, Blobs: blobs, Hub: s.hub, Operations: s.ops, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		}, service.Settings{MaxFile: 1 << 20, Retention: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		test(s)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}

func (s *server) submit(content string) job.ID {
	s.t.Helper()
	return s.submitOf(account.Local, content)
}

func (s *server) submitOf(of, content string) job.ID {
	s.t.Helper()
	u, err := s.Begin(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := u.Input("a.txt", "text/plain", strings.NewReader(content)); err != nil {
		s.t.Fatal(err)
	}
	var id job.ID
	_, err = u.Submit(s.ctx, job.Spec{Account: of, Operation: job.Parse, Spelling: job.TypeID}, func(j job.Job) (service.Answer, error) {
		id = j.ID
		return service.Answer{}, nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// work starts a worker; the function that comes back stops it and waits.
func (s *server) work(owner string) (stop func()) {
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		worker.New(worker.Parts{Service: s.Service, Hub: s.hub, Operations: s.ops, Slots: 2, Owner: owner, Log: slog.New(slog.DiscardHandler)}).Run(ctx)
	}()
	return func() { cancel(); <-done }
}

// until waits, on the synthetic clock, for the job to be as wanted.
func (s *server) until(id job.ID, want func(job.Job) bool) job.Job {
	s.t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range 36_000 {
		j, err := s.Job(s.ctx, id)
		if err != nil {
			s.t.Fatal(err)
		}
		if want(j) {
			return j
		}
		<-tick.C
	}
	s.t.Fatalf("job %s did not come there in an hour", id)
	return job.Job{}
}

func final(j job.Job) bool { return j.Status.Final() }

func write(t *op.Task, content string) error {
	w, err := t.Create("out")
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, content); err != nil {
		return err
	}
	return w.Close()
}

func TestJobRunsAndItsResultIsKept(t *testing.T) {
	upper := func(_ context.Context, task *op.Task) (op.Result, error) {
		in, err := task.Open(0)
		if err != nil {
			return op.Result{}, err
		}
		b, err := io.ReadAll(in)
		if err != nil {
			return op.Result{}, err
		}
		return op.Result{Method: "heuristic", Warnings: []string{"loud"}, Summary: map[string]int{"n": 1}}, write(task, strings.ToUpper(string(b)))
	}
	for name, size := range map[string]int{"small": 10, "large": 300_000} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, upper, func(s *server) {
				defer s.work("a")()
				j := s.until(s.submit(strings.Repeat("x", size)), final)
				if j.Status != job.Completed || j.Progress.Percentage != 100 || j.Attempt != 1 || j.Result.Method != "heuristic" {
					t.Errorf("ended as %+v", j)
				}
				var got bytes.Buffer
				if err := s.RenderResult(s.ctx, &got, j, job.FormatText, ""); err != nil || got.String() != strings.Repeat("X", size) {
					t.Errorf("the result is %.20q, %v", got.String(), err)
				}
				if !j.ExpiresAt.Equal(j.FinishedAt.Add(time.Hour)) {
					t.Errorf("finished %v, expires %v", j.FinishedAt, j.ExpiresAt)
				}
			})
		})
	}
}

func TestFailureKeepsItsReason(t *testing.T) {
	fail := func(context.Context, *op.Task) (op.Result, error) {
		return op.Result{}, job.Errorf(job.FileCorrupted, job.Facts{"reason": "no pages"}, "secret path")
	}
	inBubble(t, fail, func(s *server) {
		defer s.work("a")()
		j := s.until(s.submit("x"), final)
		want := &job.Failure{Code: job.FileCorrupted, Facts: job.Facts{"reason": "no pages"}}
		if diff := cmp.Diff(want, j.Failure); diff != "" || j.Status != job.Failed || j.Tries != 0 {
			t.Errorf("ended as %+v\n%s", j, diff)
		}
	})
}

func TestWhatMayPassIsTriedThreeTimes(t *testing.T) {
	for _, test := range []struct {
		name  string
		dies  int32
		want  job.Status
		tries int
	}{{"passes", 2, job.Completed, 2}, {"stays", 99, job.Failed, 3}} {
		t.Run(test.name, func(t *testing.T) {
			var runs atomic.Int32
			die := func(_ context.Context, task *op.Task) (op.Result, error) {
				if runs.Add(1) <= test.dies {
					return op.Result{}, &job.Error{Code: job.Timeout, Facts: job.Facts{"page": 3}, Err: op.ErrAgain}
				}
				return op.Result{}, write(task, "y")
			}
			inBubble(t, die, func(s *server) {
				defer s.work("a")()
				j := s.until(s.submit("x"), final)
				if j.Status != test.want || j.Tries != test.tries || len(j.Died) != test.tries {
					t.Errorf("ended as %+v", j)
				}
				if test.want == job.Failed && (j.Failure.Code != job.Timeout || len(j.Failure.Facts["tries"].([]any)) != 3) {
					t.Errorf("failed with %+v", j.Failure)
				}
				if took := j.FinishedAt.Sub(j.StartedAt); took < 6*time.Second || took > 10*time.Second {
					t.Errorf("three tries took %v, pauses are 2 s and 4 s", took)
				}
			})
		})
	}
}

// A full disk, or a store of the documents that does not answer, fails no job,
// however long it lasts. One that refuses does after three tries. // contract J10
func TestOutagesCostTheJobNothing(t *testing.T) {
	for _, test := range []struct {
		name  string
		cause error
		pause time.Duration
		fails bool
	}{
		{"full disk", &job.Error{Code: job.DiskFull}, 10 * time.Second, false},
		{"store away", &job.Error{Code: job.Unavailable, Err: fmt.Errorf("read: %w", blob.ErrAway)}, 2 * time.Second, false},
		{"refused", &job.Error{Code: job.Unavailable, Err: errors.New("access denied")}, 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			const times = 30
			var runs atomic.Int32
			fails := func(_ context.Context, task *op.Task) (op.Result, error) {
				if runs.Add(1) <= times {
					return op.Result{}, fmt.Errorf("write: %w", &job.Error{Code: job.StorageError, Err: errors.Join(op.ErrAgain, test.cause)})
				}
				return op.Result{}, write(task, "y")
			}
			inBubble(t, fails, func(s *server) {
				defer s.work("a")()
				begin := time.Now()
				j := s.until(s.submit("x"), final)
				took := time.Since(begin)
				if test.fails {
					if j.Status != job.Failed || j.Failure.Code != job.StorageError || j.Tries != 3 {
						t.Errorf("after %v it ended as %+v", took, j)
					}
					return
				}
				if j.Status != job.Completed || j.Tries != 0 || j.Lost != 0 || took < times*test.pause {
					t.Errorf("after %v it ended as %+v", took, j)
				}
			})
		})
	}
}

func TestPanicIsTheJobsOwn(t *testing.T) {
	boom := func(_ context.Context, task *op.Task) (op.Result, error) {
		in, err := task.Open(0)
		if err != nil {
			return op.Result{}, err
		}
		if b, err := io.ReadAll(in); err != nil || string(b) == "boom" {
			panic("boom")
		}
		return op.Result{}, write(task, "fine")
	}
	inBubble(t, boom, func(s *server) {
		defer s.work("a")()
		bad, good := s.submit("boom"), s.submit("x")
		if j := s.until(bad, final); j.Status != job.Failed || j.Failure.Code != job.Internal || len(j.Failure.Facts) != 0 {
			t.Errorf("ended as %+v", j)
		}
		if j := s.until(good, final); j.Status != job.Completed {
			t.Errorf("the other ended as %+v", j)
		}
	})
}

// A worker that stops gives its jobs back; the next one goes on from the
// checkpoint, and it costs the job nothing.
func TestStoppedWorkerGivesItsJobsBack(t *testing.T) {
	work := func(ctx context.Context, task *op.Task) (op.Result, error) {
		parts, state, err := task.Resume(1)
		if err != nil {
			return op.Result{}, err
		}
		if parts == nil {
			err := errors.Join(task.Checkpoint(1, []byte("one "), nil), task.Checkpoint(1, bytes.Repeat([]byte("two "), 50_000), json.RawMessage(`{"n":2}`)))
			if err != nil {
				return op.Result{}, err
			}
			<-ctx.Done()
			return op.Result{}, ctx.Err()
		}
		b, err := io.ReadAll(parts)
		if err != nil {
			return op.Result{}, err
		}
		return op.Result{}, write(task, string(b[:8])+string(state))
	}
	inBubble(t, work, func(s *server) {
		stop := s.work("a")
		id := s.submit("x")
		s.until(id, func(j job.Job) bool { return j.Checkpoint != nil && len(j.Checkpoint.Parts) == 2 })
		begin := time.Now()
		stop()
		if took := time.Since(begin); took > 9*time.Second {
			t.Errorf("stopping took %v", took)
		}
		if j := s.until(id, func(job.Job) bool { return true }); j.Status != job.Processing || !j.Waiting() {
			t.Errorf("after the stop: %+v", j)
		}
		defer s.work("b")()
		j := s.until(id, final)
		var got bytes.Buffer
		if err := s.RenderResult(s.ctx, &got, j, job.FormatText, ""); err != nil || got.String() != `one two {"n":2}` {
			t.Errorf("the result is %q, %v", got.String(), err)
		}
		if j.Attempt != 2 || j.Tries != 0 || j.Lost != 0 || j.Checkpoint != nil {
			t.Errorf("ended as %+v", j)
		}
	})
}

// When a job is taken from a worker that still runs it, that worker stops, and
// what the other one does stands.
func TestStolenJobIsLetGo(t *testing.T) {
	var runs atomic.Int32
	var why atomic.Value
	work := func(ctx context.Context, task *op.Task) (op.Result, error) {
		if runs.Add(1) > 1 {
			return op.Result{}, write(task, "second")
		}
		<-ctx.Done()
		why.Store(context.Cause(ctx).Error())
		return op.Result{}, write(task, "first")
	}
	inBubble(t, work, func(s *server) {
		defer s.work("a")()
		id := s.submit("x")
		s.until(id, func(job.Job) bool { return runs.Load() == 1 }) // it is taken a little earlier
		if n, err := s.Reap(s.ctx, true); err != nil || n != 1 {
			t.Fatalf("reaped %d, %v", n, err)
		}
		j := s.until(id, func(j job.Job) bool { return final(j) && why.Load() != nil })
		if why.Load() != "the attempt is over" {
			t.Errorf("the first run ended because %v", why.Load())
		}
		var got bytes.Buffer
		if err := s.RenderResult(s.ctx, &got, j, job.FormatText, ""); err != nil || got.String() != "second" || j.Attempt != 2 {
			t.Errorf("the result is %q of attempt %d, %v", got.String(), j.Attempt, err)
		}
	})
}

func TestProgressIsStoredAtMostTwiceASecond(t *testing.T) {
	work := func(_ context.Context, task *op.Task) (op.Result, error) {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for i := range 500 { // five seconds
			task.Progress(job.Progress{Percentage: i / 5, PagesCompleted: i, TotalPages: 500})
			<-tick.C
		}
		return op.Result{}, write(task, "y")
	}
	inBubble(t, work, func(s *server) {
		defer s.work("a")()
		var seen []int
		j := s.until(s.submit("x"), func(j job.Job) bool {
			seen = append(seen, j.Progress.Percentage)
			return final(j)
		})
		for i := 1; i < len(seen); i++ {
			if seen[i] < seen[i-1] {
				t.Errorf("progress fell: %v", seen)
			}
		}
		// Created, claimed and ended make three versions; the rest is progress.
		if n := j.Version - 3; n < 5 || n > 11 {
			t.Errorf("%d progress writes in five seconds", n)
		}
		if j.Progress.PagesCompleted != 500 {
			t.Errorf("ended with %+v", j.Progress)
		}
	})
}
