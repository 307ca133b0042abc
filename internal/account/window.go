package account

import (
	"sync"
	"time"
)

// Window is the time in which requests are counted. It rolls: there is no
// moment at which everything begins anew, so that in no minute, wherever it
// begins, a key gets more than its limit. // contract H97
const Window = time.Minute

// Windows counts the requests of all keys on this node.
type Windows struct {
	now   func() time.Time
	begun time.Time

	mu    sync.Mutex
	of    map[counted]*window
	swept time.Duration   // when those without requests were last thrown away
	taken map[counted]int // since it was last shared; nil: with nobody
}

// counted is whose requests of which class.
type counted struct {
	key   string
	class Class
}

// NewWindows makes windows on a clock that does not go backwards.
func NewWindows(now func() time.Time) *Windows {
	return &Windows{now: now, begun: now(), of: map[counted]*window{}}
}

// Standing is where a key stands with its requests of a class.
type Standing struct {
	OK    bool          // the request may be served, and was counted
	Limit int           // requests in a window
	Left  int           // requests that may follow now
	Wait  time.Duration // until the oldest that counts does no longer; when not OK, until the next may be made
}

// Take counts a request, unless it is one too many: refused requests do not
// count.
func (w *Windows) Take(key string, class Class, limit int) Standing {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := w.now().Sub(w.begun) // with the lock held, or the times were out of order
	if at-w.swept >= Window {
		w.sweep(at)
	}
	one := w.of[counted{key, class}]
	if one == nil {
		one = &window{}
		w.of[counted{key, class}] = one
	}
	s := one.take(at, limit)
	if s.OK && w.taken != nil {
		w.taken[counted{key, class}]++
	}
	return s
}

// sweep throws the windows away in which nothing counts.
func (w *Windows) sweep(at time.Duration) {
	for k, one := range w.of {
		if one.forget(at); one.n == 0 {
			delete(w.of, k)
		}
	}
	w.swept = at
}

// window holds the times of the requests that count, oldest first, in a ring
// that grows up to the limit.
type window struct {
	times []time.Duration // a power of two of them
	head  int             // of the oldest
	n     int             // that count
}

func (w *window) at(i int) time.Duration { return w.times[(w.head+i)&(len(w.times)-1)] }

// forget drops what has left the window at a time.
func (w *window) forget(at time.Duration) {
	for w.n > 0 && w.at(0) <= at-Window {
		w.head = (w.head + 1) & (len(w.times) - 1)
		w.n--
	}
}

func (w *window) take(at time.Duration, limit int) Standing {
	w.forget(at)
	s := Standing{Limit: limit, OK: w.n < limit}
	if !s.OK {
		// More than the limit count after it has been lowered.
		if limit > 0 {
			s.Wait = w.at(w.n-limit) + Window - at
		} else {
			s.Wait = Window
		}
		return s
	}
	w.push(at)
	s.Left, s.Wait = limit-w.n, w.at(0)+Window-at
	return s
}

func (w *window) push(at time.Duration) {
	if w.n == len(w.times) {
		w.grow()
	}
	w.times[(w.head+w.n)&(len(w.times)-1)] = at
	w.n++
}

func (w *window) grow() {
	const least = 8
	larger := make([]time.Duration, max(least, 2*len(w.times)))
	for i := range w.n {
		larger[i] = w.at(i)
	}
	w.times, w.head = larger, 0
}
