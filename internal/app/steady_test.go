package app_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// usage is what the server's process holds at one moment.
type usage struct{ memory, files, threads int } // kB, descriptors, threads

// usage reads /proc; the error says that the process has ended.
func (s *server) usage() (usage, error) {
	process := fmt.Sprintf("/proc/%d", s.cmd.Process.Pid)
	status, err1 := os.ReadFile(process + "/status")
	files, err2 := os.ReadDir(process + "/fd")
	if err := errors.Join(err1, err2); err != nil {
		return usage{}, fmt.Errorf("look at the server: %w", err)
	}
	u := usage{files: len(files)}
	for name, into := range map[string]*int{"VmRSS:": &u.memory, "Threads:": &u.threads} {
		_, rest, _ := strings.Cut(string(status), name)
		if _, err := fmt.Sscan(rest, into); err != nil {
			return u, fmt.Errorf("read %s of the server: %w", name, err)
		}
	}
	return u, nil
}

// frugal has the collector of a server run often: what the server holds is then
// what it needs, and not how much garbage waits to be collected.
func frugal(c *exec.Cmd) { c.Env = append(c.Env, "GOGC=20") }

// steady looks at the server again and again while it works.
type steady struct {
	server *server
	done   sync.WaitGroup
	seen   []usage
}

// watch looks until the context ends.
func watch(ctx context.Context, s *server, every time.Duration) *steady {
	w := &steady{server: s}
	w.done.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			u, err := s.usage()
			if err != nil {
				s.t.Error(err)
				return
			}
			w.seen = append(w.seen, u)
		}
	})
	return w
}

// check compares the end of the run with what it was when the server had warmed
// up: medians of the last quarter and of the second. Work that goes on evenly
// must not make anything grow: caches and stocks fill up once, and on a slow
// machine some of the clients are late, but what stays of each request is soon
// more than that.
func (w *steady) check(t *testing.T) {
	t.Helper()
	w.done.Wait()
	n := len(w.seen)
	if n < 8 {
		t.Fatalf("the server was seen %d times", n)
	}
	warm, end := w.seen[n/4:n/2], w.seen[3*n/4:]
	for _, one := range []struct {
		name  string
		of    func(usage) int
		slack int // beside a tenth
	}{
		{"memory in kB", func(u usage) int { return u.memory }, 24 << 10},
		{"files open", func(u usage) int { return u.files }, 64},
		{"threads", func(u usage) int { return u.threads }, 64},
	} {
		before, after := median(warm, one.of), median(end, one.of)
		t.Logf("%s: %d when warm, %d at the end", one.name, before, after)
		if after > before+before/10+one.slack {
			t.Errorf("%s: %d when warm and %d at the end", one.name, before, after)
		}
	}
}

func median(list []usage, of func(usage) int) int {
	var values []int
	for _, u := range list {
		values = append(values, of(u))
	}
	slices.Sort(values)
	return values[len(values)/2]
}
