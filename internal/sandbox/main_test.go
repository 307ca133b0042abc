package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/document"

	"go.uber.org/goleak"
)

// TestMain makes the test binary its own child: with the hidden subcommand
// alone it is a real one, with a word after it one of the fakes.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == Subcommand {
		os.Exit(testChild(os.Args[2:]))
	}
	goleak.VerifyTestMain(m)
}

func testChild(args []string) int {
	if len(args) == 0 {
		return ChildMain(os.Stdin, os.Stdout, args)
	}
	switch args[0] {
	case "script":
		return runChild(os.Stdin, os.Stdout, scriptWork())
	case "deaf":
		select {}
	case "broken":
		fmt.Fprintln(os.Stderr, "no engine here")
		return 9
	case "parent":
		return orphan()
	case "unfiltered":
		return unfiltered()
	case "arguments", recognizerWord:
		return ChildMain(os.Stdin, os.Stdout, args)
	}
	return 64
}

// logs is a log that tests can look into.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func testLimits(children int) Limits {
	l := DefaultLimits(children)
	if raceDetector {
		l.AddressSpace = 0
	}
	return l
}

func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func contextWithCause(t *testing.T) (context.Context, context.CancelCauseFunc) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(testContext(t))
	t.Cleanup(func() { cancel(nil) })
	return ctx, cancel
}

// startPool starts a pool of that behaviour ("" is the real engine), closes
// it at the end, and checks that no child is left.
func startPool(t *testing.T, size int, behaviour string, change func(*Limits)) (*Pool, *logs) {
	t.Helper()
	out := &logs{}
	limits := testLimits(size)
	if change != nil {
		change(&limits)
	}
	command, err := defaultCommand()
	if err != nil {
		t.Fatal(err)
	}
	if behaviour != "" {
		command = append(command, behaviour)
	}
	p := New(Options{
		Children: size, CacheDir: cacheDir(t), Limits: limits, Command: command,
		Log: slog.New(slog.NewTextHandler(out, nil)),
	})
	if err := p.Start(testContext(t)); err != nil {
		t.Fatalf("start pool: %v", err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("close pool: %v", err)
		}
		if left := children(t); len(left) > 0 {
			t.Errorf("children left after close: %v", left)
		}
	})
	return p, out
}

// cacheDir is shared by all runs, so that the engine is compiled once.
func cacheDir(t *testing.T) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		return t.TempDir()
	}
	return dir + "/docket-test"
}

// children are the child processes of the test, with their states.
func children(t *testing.T) map[int]string {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	out := map[int]string{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		b, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue // it has ended since
		}
		// The name in brackets may hold anything; the state follows it.
		fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
		if fields[1] == strconv.Itoa(os.Getpid()) {
			out[pid] = fields[0]
		}
	}
	return out
}

func childPIDs(t *testing.T) []int {
	t.Helper()
	var pids []int
	for pid := range children(t) {
		pids = append(pids, pid)
	}
	slices.Sort(pids)
	return pids
}

// transcript is what the callbacks of a read were told.
type transcript struct {
	info  document.Info
	pages []int
	recs  []string
}

func (tr *transcript) opened(info document.Info) error {
	tr.info = info
	return nil
}

func (tr *transcript) page(n int, record []byte) error {
	tr.pages = append(tr.pages, n)
	tr.recs = append(tr.recs, string(record))
	return nil
}

func readAll(ctx context.Context, p *Pool, data []byte, req ReadRequest) (*transcript, error) {
	tr := &transcript{}
	req.Size = int64(len(data))
	err := p.Read(ctx, bytes.NewReader(data), req, tr.opened, tr.page)
	return tr, err
}

// readScript reads a document that the scripted child understands.
func readScript(t *testing.T, p *Pool, script string) (*transcript, error) {
	t.Helper()
	return readAll(testContext(t), p, []byte(script), ReadRequest{})
}
