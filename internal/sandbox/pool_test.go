package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/document"

	"github.com/google/go-cmp/cmp"
)

func TestStartFails(t *testing.T) {
	command, err := defaultCommand()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		command []string
		says    string
	}{
		"no program":      {[]string{"/no/such/program"}, "no such file"},
		"wrong program":   {append(slices.Clone(command), "nonsense"), "exit status 64"},
		"child that dies": {append(slices.Clone(command), "broken"), "no engine here"},
		"arguments":       {append(slices.Clone(command), "arguments"), "takes no arguments"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := New(Options{Children: 2, CacheDir: t.TempDir(), Limits: testLimits(2), Command: test.command})
			err := p.Start(testContext(t))
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v does not say %q", err, test.says)
			}
			if err := p.Start(testContext(t)); err == nil {
				t.Error("started again")
			}
			if len(children(t)) > 0 {
				t.Errorf("children left: %v", children(t))
			}
		})
	}
}

func TestStartBounded(t *testing.T) {
	command, err := defaultCommand()
	if err != nil {
		t.Fatal(err)
	}
	p := New(Options{CacheDir: t.TempDir(), Limits: testLimits(1), Command: append(command, "deaf")})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := p.Start(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

// TestIdleDeath kills children that do nothing; no request may notice.
func TestIdleDeath(t *testing.T) {
	p, out := startPool(t, 2, "script", nil)
	for range 5 {
		for _, pid := range childPIDs(t) {
			kill9(t, pid)
		}
		if _, err := readScript(t, p, "ok ok"); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(out.String(), "idle sandbox child ended") {
		t.Errorf("log: %s", out)
	}
}

func kill9(t *testing.T, pid int) {
	t.Helper()
	// It may have been killed and reaped before.
	_ = exec.CommandContext(testContext(t), "kill", "-9", strconv.Itoa(pid)).Run()
}

func TestRecycle(t *testing.T) {
	tests := map[string]struct {
		change func(*Limits)
		script string
		reads  int
		want   int
	}{
		"documents": {func(l *Limits) { l.RecycleAfter = 3 }, "pid", 7, 3},
		"memory":    {func(l *Limits) { l.RecycleMemory = 150 * mib }, "pid keep:200000000", 3, 3},
		"request":   {func(*Limits) {}, "pid retire", 3, 3},
		"never":     {func(l *Limits) { l.RecycleAfter, l.RecycleMemory = 0, 0 }, "pid", 7, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, out := startPool(t, 1, "script", test.change)
			pids := map[string]bool{}
			for range test.reads {
				tr, err := readScript(t, p, test.script)
				if err != nil {
					t.Fatal(err)
				}
				pids[tr.recs[0]] = true
			}
			if len(pids) != test.want {
				t.Errorf("%d children served %d documents, want %d", len(pids), test.reads, test.want)
			}
			if strings.Contains(out.String(), "idle") {
				t.Errorf("log: %s", out)
			}
		})
	}
}

// TestOneOfMany kills one child half-way through; one document fails.
func TestOneOfMany(t *testing.T) {
	p, _ := startPool(t, 2, "script", nil)
	const documents, victim = 50, 25
	var mu sync.Mutex
	failed := map[int]error{}
	var group sync.WaitGroup
	for i := range documents {
		group.Go(func() {
			script := []byte("pid ok hang")
			if i != victim {
				script = []byte("pid ok ok")
			}
			err := p.Read(testContext(t), bytes.NewReader(script), ReadRequest{Size: int64(len(script))},
				func(document.Info) error { return nil },
				func(_ int, record []byte) error {
					if pid, err := strconv.Atoi(string(record)); err == nil && i == victim {
						kill9(t, pid)
					}
					return nil
				})
			if err != nil {
				mu.Lock()
				failed[i] = err
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if len(failed) != 1 || !errors.Is(failed[victim], ErrDied) {
		t.Errorf("failed: %v, want only %d", failed, victim)
	}
	for pid, state := range children(t) {
		if state == "Z" {
			t.Errorf("child %d is a zombie", pid)
		}
	}
}

// TestCloseAtWork closes the pool under a request that never ends.
func TestCloseAtWork(t *testing.T) {
	p, _ := startPool(t, 2, "script", nil)
	var closing sync.WaitGroup
	var closed error
	script := []byte("ok loop")
	err := p.Read(testContext(t), bytes.NewReader(script), ReadRequest{Size: int64(len(script))},
		func(document.Info) error { return nil },
		func(int, []byte) error {
			closing.Go(func() { closed = p.Close() })
			return nil
		})
	closing.Wait()
	if closed != nil {
		t.Errorf("close: %v", closed)
	}
	if !errors.Is(err, ErrClosed) {
		t.Errorf("error %v, want ErrClosed", err)
	}
	if err := p.Start(t.Context()); err == nil {
		t.Error("started after close")
	}
}

func TestPanicInCallback(t *testing.T) {
	p, _ := startPool(t, 1, "script", nil)
	func() {
		defer func() {
			if r := recover(); r != "mine" {
				t.Errorf("recovered %v", r)
			}
		}()
		err := p.Read(testContext(t), strings.NewReader("ok"), ReadRequest{Size: 2},
			func(document.Info) error { panic("mine") }, func(int, []byte) error { return nil })
		t.Errorf("no panic but %v", err)
	}()
	if _, err := readScript(t, p, "ok"); err != nil {
		t.Errorf("next request: %v", err)
	}
}

// TestSequence has one child serve readings and builds in turn.
func TestSequence(t *testing.T) {
	p, _ := startPool(t, 1, "script", nil)
	if err := p.Start(t.Context()); err == nil {
		t.Error("started twice")
	}
	pids := childPIDs(t)
	for i := range 20 {
		tr, err := readScript(t, p, "ok ok")
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if _, err := p.Build(testContext(t), recordsOf(tr.recs...), document.Options{}, &out); err != nil {
			t.Fatal(err)
		}
		if got, want := out.String(), fmt.Sprintf("{%q:%q}\n{%q:%q}\n", "text", "record 1", "text", "record 2"); got != want {
			t.Fatalf("round %d: %q", i, got)
		}
	}
	if diff := cmp.Diff(pids, childPIDs(t)); diff != "" {
		t.Errorf("children changed: %s", diff)
	}
}

// TestStartsAgain takes the program away for a while.
func TestStartsAgain(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "program")
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	failed := make(signalLog, 1)
	p := New(Options{
		Children: 1, CacheDir: t.TempDir(), Limits: testLimits(1), Command: []string{program, Subcommand, "script"},
		Log: slog.New(slog.NewTextHandler(failed, nil)),
	})
	if err := p.Start(testContext(t)); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	kill9(t, childPIDs(t)[0])
	select {
	case <-failed:
	case <-testContext(t).Done():
		t.Fatal("the failure to start was not logged")
	}
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	if _, err := readScript(t, p, "ok"); err != nil {
		t.Error(err)
	}
}

// signalLog tells when a failure to start is logged.
type signalLog chan struct{}

func (s signalLog) Write(b []byte) (int, error) {
	if strings.Contains(string(b), "does not start") {
		select {
		case s <- struct{}{}:
		default:
		}
	}
	return len(b), nil
}
