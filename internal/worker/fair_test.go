package worker_test

import (
	"context"
	"fmt"
	"io"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"docket/internal/op"
)

// With both slots taken by one account's thousand jobs, another's single job
// starts as soon as one of them ends. // contract J32
func TestSingleJobOfAnotherAccountStartsNext(t *testing.T) {
	var (
		started chan string
		end     chan struct{}
	)
	wait := func(_ context.Context, task *op.Task) (op.Result, error) {
		in, err := task.Open(0)
		if err != nil {
			return op.Result{}, err
		}
		b, err := io.ReadAll(in)
		if err != nil {
			return op.Result{}, err
		}
		started <- string(b)
		<-end
		return op.Result{}, write(task, "done")
	}
	inBubble(t, wait, func(s *server) {
		started, end = make(chan string, 2000), make(chan struct{})
		for i := range 1000 {
			s.submitOf("many", fmt.Sprint("many ", i))
		}
		stop := s.work("a")
		got := []string{<-started, <-started}
		synctest.Wait()
		s.submitOf("zoe", "zoe")
		s.submitOf("ann", "ann")
		for range 4 {
			end <- struct{}{}
			got = append(got, <-started)
		}
		// Which of the first two jobs starts before the other is the scheduler's choice.
		if got[0] > got[1] {
			got[0], got[1] = got[1], got[0]
		}
		// When the second of them ends too, many and ann run nothing, and many has waited longer.
		if diff := cmp.Diff([]string{"many 0", "many 1", "zoe", "many 2", "ann", "many 3"}, got); diff != "" {
			t.Error(diff)
		}
		stopped := make(chan struct{})
		go func() { stop(); close(stopped) }()
		for {
			select {
			case end <- struct{}{}:
			case <-stopped:
				return
			}
		}
	})
}
