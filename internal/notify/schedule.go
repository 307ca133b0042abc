package notify

import "time"

// MaxAttempts is how often a message is tried before it is given up.
const MaxAttempts = 10

// maxRetryAfter bounds what a receiver may ask for.
const maxRetryAfter = 24 * time.Hour

// waits are the times between the attempts: close together at first, for a
// receiver that restarts, and then about three days in all.
var waits = [MaxAttempts - 1]time.Duration{
	5 * time.Second, 30 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour,
	8 * time.Hour, 16 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// Schedule is how long to wait after the attempt with this number, counted
// from 1, give or take a fifth: receivers that went away together are not asked
// together when they are back. random gives numbers from 0 up to 1. It is 0
// after the last attempt.
func Schedule(attempt int, random func() float64) time.Duration {
	if attempt < 1 || attempt >= MaxAttempts {
		return 0
	}
	return time.Duration(float64(waits[attempt-1]) * (0.8 + 0.4*random()))
}

// Next is how long to wait after this attempt, the one with this number; false
// when there is nothing more to try. A receiver that asks for a longer pause
// gets it, up to a day.
func (a Attempt) Next(attempt int, random func() float64) (wait time.Duration, again bool) {
	if a.OK() || a.Gone || a.Permanent || attempt >= MaxAttempts {
		return 0, false
	}
	return max(Schedule(attempt, random), min(a.RetryAfter, maxRetryAfter)), true
}
