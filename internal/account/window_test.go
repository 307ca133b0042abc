package account

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// naive counts in the slowest and plainest way.
type naive []time.Time

func (m *naive) take(at time.Time, limit int) Standing {
	*m = slices.DeleteFunc(*m, func(t time.Time) bool { return !t.After(at.Add(-Window)) })
	s := Standing{Limit: limit, OK: len(*m) < limit}
	if s.OK {
		*m = append(*m, at)
		s.Left, s.Wait = limit-len(*m), (*m)[0].Add(Window).Sub(at)
		return s
	}
	s.Wait = (*m)[len(*m)-limit].Add(Window).Sub(at)
	return s
}

// Keys, classes, limits that change and any distances in time: always as the
// naive model says. // contract H92, H93, H94, H96, H97
func TestWindowsAreAsTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := time.Unix(1e9, 0)
		windows := NewWindows(func() time.Time { return clock })
		model := map[counted]*naive{}
		steps := []time.Duration{0, 0, 1, time.Millisecond, time.Second, Window / 7, Window - 1, Window, Window + 1, 3 * Window}
		for range rapid.IntRange(1, 300).Draw(t, "requests") {
			clock = clock.Add(rapid.SampledFrom(steps).Draw(t, "step"))
			who := counted{rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key"), rapid.SampledFrom([]Class{Reads, Batches, Lists}).Draw(t, "class")}
			limit := rapid.SampledFrom([]int{1, 2, 3, 9, 20, 40}).Draw(t, "limit")
			if model[who] == nil {
				model[who] = &naive{}
			}
			if got, want := windows.Take(who.key, who.class, limit), model[who].take(clock, limit); got != want {
				t.Fatalf("%v with limit %d: %+v, want %+v", who, limit, got, want)
			}
		}
	})
}

// 64 clients of one key at once, on a clock that each request moves: what they
// are told is what the naive model says of the same times, request for request.
func TestWindowsHoldForManyAtOnce(t *testing.T) {
	const clients, each, limit = 64, 150, 300
	var (
		mu    sync.Mutex
		clock = time.Unix(1e9, 0)
		wg    sync.WaitGroup
		times []time.Time
		got   = map[Standing]int{}
		want  = map[Standing]int{}
	)
	windows := NewWindows(func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		clock = clock.Add(time.Duration(len(times)%13) * 3 * time.Millisecond)
		times = append(times, clock)
		return clock
	})
	for range clients {
		wg.Go(func() {
			for range each {
				s := windows.Take("key", Reads, limit)
				mu.Lock()
				got[s]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	model := &naive{}
	admitted := 0
	for _, at := range times[1:] { // the first is when the windows were made
		s := model.take(at, limit)
		want[s]++
		if s.OK {
			admitted++
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if admitted <= limit || admitted == clients*each {
		t.Errorf("%d of %d admitted show nothing", admitted, clients*each)
	}
}

func TestIdleKeysAreForgotten(t *testing.T) {
	clock := time.Unix(1e9, 0)
	windows := NewWindows(func() time.Time { return clock })
	for i := range 10_000 {
		windows.Take(fmt.Sprint(i), Reads, 1000)
	}
	clock = clock.Add(Window)
	windows.Take("last", Reads, 1000)
	if len(windows.of) != 1 {
		t.Errorf("%d windows are left", len(windows.of))
	}
}

// A key that uses all of its limit all the time holds that many times.
func TestWindowIsBounded(t *testing.T) {
	clock := time.Unix(1e9, 0)
	windows := NewWindows(func() time.Time { return clock })
	for range 100_000 {
		clock = clock.Add(Window / 5000)
		windows.Take("key", Reads, 1000)
	}
	if got := len(windows.of[counted{"key", Reads}].times); got > 1024 {
		t.Errorf("the window has room for %d times", got)
	}
}

func BenchmarkTake(b *testing.B) {
	windows := NewWindows(time.Now)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			windows.Take("key", Reads, 1000)
		}
	})
}

// What a key takes on one node counts on the other as well. // contract J29
func TestWindowsAreShared(t *testing.T) {
	now := time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	a, b := NewWindows(clock), NewWindows(clock)
	a.Share()
	b.Share()
	for range 7 {
		a.Take("k", Reads, 10)
	}
	b.Add(a.Shared())
	if got := a.Shared(); len(got) != 0 {
		t.Errorf("shared twice: %v", got)
	}
	if s := b.Take("k", Reads, 10); !s.OK || s.Left != 2 {
		t.Errorf("an eighth: %+v", s)
	}
	if s := b.Take("k", Lists, 10); s.Left != 9 {
		t.Errorf("of another class: %+v", s)
	}
	b.Add([]Taken{{Key: "k", Class: Reads, N: 5}}) // more than the limit, taken at the same time
	if s := b.Take("k", Reads, 10); s.OK || s.Wait != Window {
		t.Errorf("beyond the limit: %+v", s)
	}
	want := []Taken{{Key: "k", Class: Lists, N: 1}, {Key: "k", Class: Reads, N: 1}}
	got := b.Shared()
	slices.SortFunc(got, func(x, y Taken) int { return int(y.Class) - int(x.Class) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	now = now.Add(Window)
	if s := b.Take("k", Reads, 10); !s.OK || s.Left != 9 {
		t.Errorf("a window later: %+v", s)
	}
}
