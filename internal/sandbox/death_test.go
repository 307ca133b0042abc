package sandbox

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"docket/internal/document"
	"docket/internal/job"
)

// TestDeaths are the ends that cost a child its life; the next request must
// find another one.
func TestDeaths(t *testing.T) {
	p, _ := startPool(t, 1, "script", nil)
	tests := map[string]struct {
		script string
		says   []string
	}{
		"exit":       {"ok exit:7", []string{"on page 2", "exit status 7", "first words", "last words"}},
		"exit zero":  {"exit:0", []string{"exit status 0"}},
		"panic":      {"panic", []string{"exit status 2", "decoder panicked", "goroutine"}},
		"signal":     {"kill", []string{"signal: killed"}},
		"garbage":    {"ok garbage", []string{"protocol"}},
		"oversize":   {"oversize", []string{"protocol", "1048577 bytes"}},
		"unknown":    {"unknown", []string{"protocol"}},
		"skip":       {"skip ok", []string{"out of order"}},
		"twice":      {"twice", []string{"out of order"}},
		"early":      {"early", []string{"out of order"}},
		"mixed":      {"mixed", []string{"protocol"}},
		"wrong kind": {"hello", []string{"out of order"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := readScript(t, p, test.script)
			checkError(t, err, &job.Error{Code: job.Internal})
			if !errors.Is(err, ErrDied) {
				t.Errorf("error %v is not ErrDied", err)
			}
			for _, s := range test.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("error %.300q does not say %q", err, s)
				}
			}
			if len(err.Error()) > 9<<10 {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
			if _, err := readScript(t, p, "ok"); err != nil {
				t.Errorf("next request: %v", err)
			}
		})
	}
}

func TestDeadline(t *testing.T) {
	p, _ := startPool(t, 1, "script", func(l *Limits) {
		l.Deadline, l.PerPage = 3*time.Second, 500*time.Millisecond
	})
	for _, script := range []string{"ok loop", "ok hang"} {
		begin := time.Now()
		_, err := readScript(t, p, script)
		checkError(t, err, job.Errorf(job.Timeout, job.Facts{"seconds": 4, "page": 2}, ""))
		if took := time.Since(begin); took < 4*time.Second || took > time.Minute {
			t.Errorf("%s ended after %s", script, took)
		}
	}
	if _, err := readScript(t, p, "ok"); err != nil {
		t.Errorf("next request: %v", err)
	}
}

func TestMemory(t *testing.T) {
	p, _ := startPool(t, 1, "script", func(l *Limits) { l.Memory = 300 * mib; l.AddressSpace = 0 })
	_, err := readScript(t, p, "ok alloc")
	checkError(t, err, limitError("memory", 300*mib, nil))
}

func TestCancel(t *testing.T) {
	p, _ := startPool(t, 1, "script", nil)
	for _, word := range []string{"hang", "loop"} {
		ctx, cancel := contextWithCause(t)
		mine := errors.New("user changed their mind")
		var at time.Time
		script := []byte("ok " + word)
		err := p.Read(ctx, bytes.NewReader(script), ReadRequest{Size: int64(len(script))},
			func(document.Info) error { return nil },
			func(int, []byte) error { at = time.Now(); cancel(mine); return nil })
		if !errors.Is(err, mine) {
			t.Errorf("error %v, want the cause", err)
		}
		if took := time.Since(at); took > 20*time.Second {
			t.Errorf("cancel took %s", took)
		}
	}
}

// TestCancelWhileWaiting has no free child.
func TestCancelWhileWaiting(t *testing.T) {
	p, _ := startPool(t, 1, "script", nil)
	ctx, cancel := contextWithCause(t)
	err := p.Read(testContext(t), strings.NewReader("ok"), ReadRequest{Size: 2},
		func(document.Info) error {
			waiting := make(chan error)
			go func() {
				_, err := readAll(ctx, p, []byte("ok"), ReadRequest{})
				waiting <- err
			}()
			cancel(context.Canceled)
			if err := <-waiting; !errors.Is(err, context.Canceled) {
				t.Errorf("waiting request: %v", err)
			}
			return nil
		},
		func(int, []byte) error { return nil })
	if err != nil {
		t.Error(err)
	}
}

// TestEndOfInput takes the input away from a child that never ends its page;
// it must go by itself.
func TestEndOfInput(t *testing.T) {
	starter := newStarter()
	defer starter.stop()
	command, err := defaultCommand()
	if err != nil {
		t.Fatal(err)
	}
	proc, err := startProcess(starter, append(command, "script"))
	if err != nil {
		t.Fatal(err)
	}
	defer proc.dispose()
	if _, err := proc.greet(settings{Limits: testLimits(1)}); err != nil {
		t.Fatal(err)
	}
	c := &call{proc: proc, limits: testLimits(1), clock: newClock(time.Minute)}
	if err := c.command(kindRead, readCommand{Size: 4}); err != nil {
		t.Fatal(err)
	}
	if err := c.sendFile(strings.NewReader("hang"), 4); err != nil {
		t.Fatal(err)
	}
	if _, err := c.open(func(document.Info) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := proc.in.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-proc.exited:
	case <-testContext(t).Done():
		t.Fatal("child is still there")
	}
	if code := proc.state.ExitCode(); code != 0 {
		t.Errorf("exit code %d: %s", code, proc.stderr)
	}
}
