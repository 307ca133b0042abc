package worker_test

import (
	"context"
	"testing"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/service"
)

// A job that was deleted while it ran takes its files with it. That the result
// cannot be shown to a webhook any more must not hold the worker.
func TestResultOfADeletedJobIsLetGo(t *testing.T) {
	inBubble(t, func(context.Context, *op.Task) (op.Result, error) { return op.Result{}, nil }, func(s *server) {
		if _, err := s.CreateEndpoint(s.ctx, job.Endpoint{URL: "https://example.com/hook"}); err != nil {
			t.Fatal(err)
		}
		id := s.submit("a")
		jobs, err := s.Claim(s.ctx, "w", 1)
		if err != nil || len(jobs) != 1 {
			t.Fatalf("claimed %v, %v", jobs, err)
		}
		out := []job.File{{Name: "out", Blob: "2024-01-15/" + id.String() + "/1/out", Inline: true}}
		if err := s.Delete(s.ctx, id); err != nil {
			t.Fatal(err)
		}
		if err := s.Complete(s.ctx, jobs[0], op.Result{}, out, nil); !service.Fenced(err) {
			t.Errorf("the worker is told %v", err)
		}
	})
}
