package job_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"docket/internal/job"
)

// A quantile told from classes is near the one of the times themselves.
func TestQuantileIsNearTheExactOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.Int64Range(int64(time.Millisecond), int64(24*time.Hour)), 1, 200).Draw(t, "times")
		share := rapid.SampledFrom([]float64{0.01, 0.5, 0.95, 1}).Draw(t, "share")
		spread := job.Spread{}
		for _, d := range times {
			spread.Add(job.Spread{job.ClassOf(time.Duration(d)): 1})
		}
		slices.Sort(times)
		want := float64(times[max(int(math.Ceil(share*float64(len(times)))), 1)-1])
		got, ok := spread.Quantile(share)
		if off := math.Abs(float64(got)/want - 1); !ok || off > 0.1 {
			t.Fatalf("the quantile %v of %v is %v, said to be %v", share, times, time.Duration(want), got)
		}
	})
}

func TestQuantileAtTheEdges(t *testing.T) {
	if got, ok := (job.Spread{}).Quantile(0.5); ok {
		t.Errorf("the median of nothing is %v", got)
	}
	for _, d := range []time.Duration{-time.Second, 0, time.Microsecond} {
		if got := job.ClassOf(d); got != 0 {
			t.Errorf("%v is of class %d", d, got)
		}
	}
	if got, ok := (job.Spread{job.ClassOf(math.MaxInt64): 1}).Quantile(1); !ok || got < 24*time.Hour {
		t.Errorf("the longest time is %v", got)
	}
}

func TestOldestWaits(t *testing.T) {
	from := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return from.Add(time.Duration(minutes) * time.Minute) }
	waited := func(times ...time.Duration) job.Moves {
		s := job.Spread{}
		for _, d := range times {
			s[job.ClassOf(d)]++
		}
		return job.Moves{Waited: s}
	}
	for name, test := range map[string]struct {
		buckets []job.Moves
		now     time.Time
		oldest  time.Time
		want    []float64 // minutes
	}{
		"nothing":            {buckets: make([]job.Moves, 3), now: at(40), want: []float64{0, 0, 0}},
		"short waits":        {buckets: []job.Moves{waited(time.Second, time.Minute), {}, waited(2 * time.Minute)}, now: at(40), want: []float64{1, 0, 2}},
		"a queue that waits": {buckets: make([]job.Moves, 4), now: at(50), oldest: at(10), want: []float64{5, 20, 35, 40}},
		"older than the day": {buckets: make([]job.Moves, 2), now: at(20), oldest: at(-60), want: []float64{75, 80}},
		"one that was taken": {buckets: []job.Moves{{}, {}, {}, waited(40 * time.Minute)}, now: at(120), want: []float64{2.5, 17.5, 32.5, 40}},
		"taken a moment ago": {buckets: []job.Moves{{}, waited(20 * time.Minute)}, now: at(17), want: []float64{19, 20}},
		"not yet begun":      {buckets: make([]job.Moves, 3), now: at(20), oldest: at(18), want: []float64{0, 2, 0}},
	} {
		got := job.OldestWaits(test.buckets, from, test.now, test.oldest)
		for b, want := range test.want {
			if minutes := got[b].Minutes(); math.Abs(minutes-want) > 0.1*40 || (want == 0) != (minutes == 0) {
				t.Errorf("%s: %.1f minutes in bucket %d, want about %.1f", name, minutes, b, want)
			}
		}
	}
}
