package notify

import (
	"testing"
	"time"
)

func TestSchedule(t *testing.T) {
	var shortest, middle, longest time.Duration
	for attempt := 1; attempt < MaxAttempts; attempt++ {
		low := Schedule(attempt, func() float64 { return 0 })
		mid := Schedule(attempt, func() float64 { return 0.5 })
		high := Schedule(attempt, func() float64 { return 1 })
		if low <= 0 || low >= mid || mid >= high {
			t.Errorf("attempt %d: %v, %v, %v", attempt, low, mid, high)
		}
		if attempt > 1 && mid <= Schedule(attempt-1, func() float64 { return 0.5 }) {
			t.Errorf("attempt %d waits no longer than the one before", attempt)
		}
		shortest, middle, longest = shortest+low, middle+mid, longest+high
	}
	const day = 24 * time.Hour
	if shortest < 2*day || middle < 5*day/2 || middle > 7*day/2 || longest > 4*day {
		t.Errorf("in all %v, at least %v, at most %v", middle, shortest, longest)
	}
	for _, attempt := range []int{-1, 0, MaxAttempts, MaxAttempts + 1} {
		if wait := Schedule(attempt, func() float64 { return 1 }); wait != 0 {
			t.Errorf("attempt %d waits %v", attempt, wait)
		}
	}
}

func TestNext(t *testing.T) {
	failed := func(a Attempt) Attempt { a.Error = "HTTP 500"; return a }
	tests := []struct {
		name    string
		last    Attempt
		attempt int
		want    time.Duration
		again   bool
	}{
		{"delivered", Attempt{Status: 200}, 1, 0, false},
		{"failed", failed(Attempt{}), 1, 5 * time.Second, true},
		{"ninth", failed(Attempt{}), 9, 24 * time.Hour, true},
		{"tenth", failed(Attempt{}), 10, 0, false},
		{"gone", failed(Attempt{Gone: true}), 1, 0, false},
		{"permanent", failed(Attempt{Permanent: true}), 1, 0, false},
		{"asks for longer", failed(Attempt{RetryAfter: time.Hour}), 1, time.Hour, true},
		{"asks for shorter", failed(Attempt{RetryAfter: time.Second}), 4, 30 * time.Minute, true},
		{"asks for too long", failed(Attempt{RetryAfter: 1000 * time.Hour}), 1, 24 * time.Hour, true},
		{"asks after the last", failed(Attempt{RetryAfter: time.Hour}), 10, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wait, again := tt.last.Next(tt.attempt, func() float64 { return 0.5 })
			if wait != tt.want || again != tt.again {
				t.Errorf("got %v, %t, want %v, %t", wait, again, tt.want, tt.again)
			}
		})
	}
}
