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
