package worker_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/worker"
)

// When the only worker dies, a node that has none itself lets its jobs wait
// again, ends those that were to be cancelled, and tells who watches. // design 4
func TestNodeWithoutWorkersReaps(t *testing.T) {
	never := func(context.Context, *op.Task) (op.Result, error) {
		t.Error("a job ran")
		return op.Result{}, nil
	}
	inBubble(t, never, func(s *server) {
		waits, ends := s.submit("x"), s.submit("y")
		if claimed, err := s.Claim(s.ctx, "dies", 2); err != nil || len(claimed) != 2 {
			t.Fatalf("claimed %d, %v", len(claimed), err)
		}
		if _, err := s.Cancel(s.ctx, ends); err != nil {
			t.Fatal(err)
		}
		begun, watching, told := time.Now(), s.hub.ListenJob(ends), s.hub.ListenJob(waits)
		defer watching.Close()
		defer told.Close()
		ctx, stop := context.WithCancel(s.ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			worker.New(worker.Parts{Service: s.Service, Hub: s.hub, Operations: s.ops, Owner: "serves", Log: slog.New(slog.DiscardHandler)}).Run(ctx)
		}()
		<-watching.Wake()
		<-told.Wake()
		s.until(ends, func(j job.Job) bool { return j.Status == job.Cancelled })
		if j := s.until(waits, job.Job.Waiting); j.Status != job.Processing || j.Lost != 1 {
			t.Errorf("waits as %+v", j)
		}
		if took := time.Since(begun); took < 15*time.Second || took > 30*time.Second {
			t.Errorf("it took %v", took)
		}
		stop()
		<-done
	})
}
