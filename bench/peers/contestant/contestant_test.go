package contestant

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// Every job is submitted once, waited for until its end, and told back with
// its number, however many a client submits at once.
func TestMeasure(t *testing.T) {
	for _, batch := range []int{1, 7} {
		var (
			mu   sync.Mutex
			seen = map[int]int{}
		)
		f, err := measure(t.Context(), Settings{Jobs: 100, Clients: 8, Batch: batch}, func(_ context.Context, r *Round) (*Queue, error) {
			runs := NewRuns[string](r)
			return &Queue{Close: func() error { return nil }, Submit: func(_ context.Context, jobs []int) error {
				for _, job := range jobs {
					id := fmt.Sprint("id", job)
					if err := runs.Ran(id, Payload(job)); err != nil {
						return err
					}
					mu.Lock()
					seen[job]++
					mu.Unlock()
					go func() { runs.Ended(id); runs.Ended(id); r.Ended(job) }()
				}
				return nil
			}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if f.Done != 100 || f.Seconds <= 0 || f.P50 > f.P99 {
			t.Errorf("batch %d: figures %+v", batch, f)
		}
		for n := range 110 { // ten of them to warm up
			if seen[n] != 1 {
				t.Errorf("batch %d: job %d was submitted %d times", batch, n, seen[n])
			}
		}
	}
}

// A queue that refuses a job ends the round with what it says.
func TestMeasureFails(t *testing.T) {
	refused := errors.New("refused")
	_, err := measure(t.Context(), Settings{Jobs: 10, Clients: 2, Batch: 1}, func(context.Context, *Round) (*Queue, error) {
		return &Queue{Close: func() error { return nil }, Submit: func(context.Context, []int) error { return refused }}, nil
	})
	if !errors.Is(err, refused) {
		t.Errorf("the round says %v", err)
	}
}

func TestPayload(t *testing.T) {
	for _, job := range []int{0, 7, 123_456} {
		p := Payload(job)
		n, err := Number(p)
		if n != job || err != nil || len(p) != payloadSize {
			t.Errorf("payload of %d: %d bytes, number %d, %v", job, len(p), n, err)
		}
	}
	if n, err := Number(strings.Repeat("x", payloadSize)); err == nil {
		t.Errorf("a text without a number is of job %d", n)
	}
}

func TestQuantile(t *testing.T) {
	var sorted []time.Duration
	for i := range 100 {
		sorted = append(sorted, time.Duration(i)*time.Millisecond)
	}
	for q, want := range map[float64]float64{0: 0, 0.5: 50, 0.99: 99, 1: 99} {
		if got := Quantile(sorted, q); got != want {
			t.Errorf("quantile %v is %v, not %v", q, got, want)
		}
	}
	if got := Quantile(nil, 0.5); got != 0 {
		t.Errorf("quantile of nothing is %v", got)
	}
}
