package sandbox

import (
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestMemoryShare(t *testing.T) {
	tests := []struct {
		total    int64
		children int
		want     int64
	}{
		{0, 2, math.MaxInt64},
		{10 * gib, 2, 3 * gib},
		{10 * gib, 0, 6 * gib},
	}
	for _, test := range tests {
		if got := memoryShare(test.total, test.children); got != test.want {
			t.Errorf("memoryShare(%d, %d) = %d, want %d", test.total, test.children, got, test.want)
		}
	}
	tiny := DefaultLimits(1000)
	if tiny.AddressSpace < minAddressSpace || tiny.Memory < minMemory {
		t.Errorf("limits of one child among many: %+v", tiny)
	}
}

func TestHeap(t *testing.T) {
	tests := []struct {
		limits Limits
		want   int64
	}{
		{Limits{}, 0},
		{Limits{AddressSpace: 4 * gib}, gib},
		{Limits{AddressSpace: 4 * gib, Memory: 1536 * mib}, gib},
		{Limits{AddressSpace: 3 * gib, Memory: 600 * mib}, 400 * mib},
	}
	for _, test := range tests {
		if got := test.limits.heap(); got != test.want {
			t.Errorf("heap of %+v = %d, want %d", test.limits, got, test.want)
		}
	}
}

func TestBudgets(t *testing.T) {
	l := Limits{Deadline: 30 * time.Second, PerPage: 500 * time.Millisecond, CPUFactor: 1.5}
	if got := l.budget(10); got != 35*time.Second {
		t.Errorf("budget of 10 pages is %s", got)
	}
	if got := l.cpuSeconds(1); got != 46 {
		t.Errorf("processor time of 1 page is %d s, want 46", got)
	}
	if (Limits{}).budget(7) != math.MaxInt64 || (Limits{}).cpuSeconds(7) != 0 {
		t.Error("no deadline should be no limit")
	}
}

func TestPageRange(t *testing.T) {
	tests := []struct{ pages, first, most, wantFirst, wantLast int }{
		{10, 0, 0, 1, 10},
		{10, 1, 0, 1, 10},
		{10, 4, 0, 4, 10},
		{10, 4, 3, 4, 6},
		{10, 9, 5, 9, 10},
		{10, 11, 0, 11, 10},
		{10, 12, 3, 12, 11},
		{0, 0, 0, 1, 0},
		{10, 2, math.MaxInt, 2, 10},
	}
	for _, test := range tests {
		first, last := pageRange(test.pages, test.first, test.most)
		if first != test.wantFirst || last != test.wantLast {
			t.Errorf("pageRange(%d, %d, %d) = %d, %d, want %d, %d",
				test.pages, test.first, test.most, first, last, test.wantFirst, test.wantLast)
		}
	}
}

func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock(time.Second)
		<-time.After(600 * time.Millisecond)
		c.pause()
		<-time.After(time.Hour)
		if c.over() {
			t.Error("paused time was counted")
		}
		c.resume()
		c.resume()
		<-time.After(300 * time.Millisecond)
		if c.over() {
			t.Error("over after 0.9 s")
		}
		<-time.After(200 * time.Millisecond)
		if !c.over() {
			t.Error("not over after 1.1 s")
		}
		c.allow(2 * time.Second)
		if c.over() || c.allowed() != 2*time.Second {
			t.Error("a larger budget should do")
		}
	})
}

func TestLastWords(t *testing.T) {
	l := &lastWords{}
	if l.String() != "" {
		t.Error("silence should be empty")
	}
	for _, s := range []string{"panic: why\n", strings.Repeat("middle\n", 100000), "exit status 2\n"} {
		if n, err := l.Write([]byte(s)); n != len(s) || err != nil {
			t.Fatal(n, err)
		}
	}
	got := l.String()
	if !strings.HasPrefix(got, "panic: why") || !strings.HasSuffix(got, "exit status 2") || len(got) > 8300 {
		t.Errorf("%d bytes kept: %.40q … %q", len(got), got, got[len(got)-40:])
	}
}
