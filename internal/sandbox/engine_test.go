package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

// TestEngine runs the real engine. Its parts share one pool, since loading
// the engine is slow under the race detector.
func TestEngine(t *testing.T) {
	p, out := startPool(t, 2, "", nil)
	t.Run("end to end", func(t *testing.T) { endToEnd(t, p) })
	t.Run("resume", func(t *testing.T) { resume(t, p) })
	t.Run("refused", func(t *testing.T) { refused(t, p) })
	t.Run("cancel", func(t *testing.T) { cancelEngine(t, p) })
	t.Run("one of many", func(t *testing.T) { oneOfMany(t, p) })
	if strings.Contains(out.String(), "idle") {
		t.Errorf("log: %s", out)
	}
}

func endToEnd(t *testing.T, p *Pool) {
	tr, err := readAll(testContext(t), p, testkit.PDF("Alpha beta gamma.", "Delta epsilon.", ""), ReadRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if tr.info.Pages != 3 || tr.info.Format != "pdf" {
		t.Errorf("info %+v", tr.info)
	}
	if diff := cmp.Diff([]int{1, 2, 3}, tr.pages); diff != "" {
		t.Errorf("pages: %s", diff)
	}
	page, err := document.DecodePage([]byte(tr.recs[1]))
	if err != nil || page.Number != 2 || len(page.Words) != 2 || page.Words[1].Text != "epsilon." {
		t.Errorf("page 2: %+v, %v", page, err)
	}
	var out bytes.Buffer
	summary, err := p.Build(testContext(t), recordsOf(tr.recs...), document.Options{}, &out)
	if err != nil || summary.Pages != 3 {
		t.Fatalf("summary %+v, %v", summary, err)
	}
	text, characters := "", 0
	for line := range strings.Lines(out.String()) {
		var chunk document.Chunk
		if err := json.Unmarshal([]byte(line), &chunk); err != nil {
			t.Fatalf("chunk %q: %v", line, err)
		}
		text += chunk.Embed + "\n"
		characters += len([]rune(chunk.Embed))
	}
	if summary.Characters != characters || characters == 0 {
		t.Errorf("%d characters, want %d", summary.Characters, characters)
	}
	for _, want := range []string{"Alpha beta gamma.", "Delta epsilon."} {
		if !strings.Contains(text, want) {
			t.Errorf("chunks %q lack %q", text, want)
		}
	}
	_, err = p.Build(testContext(t), recordsOf("nonsense"), document.Options{}, &out)
	if job.CodeOf(err) != job.Internal || errors.Is(err, ErrDied) {
		t.Errorf("build of nonsense: %v", err)
	}
}

func resume(t *testing.T, p *Pool) {
	data := testkit.LongPDF(6)
	whole, err := readAll(testContext(t), p, data, ReadRequest{})
	if err != nil {
		t.Fatal(err)
	}
	rest, err := readAll(testContext(t), p, data, ReadRequest{FirstPage: 4})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole.recs[3:], rest.recs); diff != "" || rest.pages[0] != 4 {
		t.Errorf("pages %v: %s", rest.pages, diff)
	}
}

func refused(t *testing.T, p *Pool) {
	locked := testkit.EncryptedPDF("secret", "hidden")
	tests := map[string]struct {
		data     []byte
		password string
		want     job.Code
	}{
		"no password":    {locked, "", job.PasswordProtected},
		"wrong password": {locked, "guess", job.PasswordProtected},
		"broken":         {[]byte("%PDF-1.7\nnothing"), "", job.FileCorrupted},
	}
	for name, test := range tests {
		_, err := readAll(testContext(t), p, test.data, ReadRequest{Password: test.password})
		if job.CodeOf(err) != test.want {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
	tr, err := readAll(testContext(t), p, locked, ReadRequest{Password: "secret"})
	if err != nil || len(tr.recs) != 1 {
		t.Errorf("with password: %v", err)
	}
}

// cancelEngine cancels when page 2 of many has come.
func cancelEngine(t *testing.T, p *Pool) {
	ctx, cancel := contextWithCause(t)
	mine := errors.New("cancelled by the test")
	data := testkit.LongPDF(300)
	var at time.Time
	err := p.Read(ctx, bytes.NewReader(data), ReadRequest{Size: int64(len(data))},
		func(document.Info) error { return nil },
		func(n int, _ []byte) error {
			if n == 2 {
				at = time.Now()
				cancel(mine)
			}
			return nil
		})
	if took := time.Since(at); !errors.Is(err, mine) || took > 10*time.Second {
		t.Errorf("%v after %s", err, took)
	}
}

// oneOfMany reads 50 documents in two children and kills one of them when
// both are at work.
func oneOfMany(t *testing.T, p *Pool) {
	short, long := testkit.PDF("one", "two"), testkit.LongPDF(100)
	var both, group sync.WaitGroup
	both.Add(2)
	var mu sync.Mutex
	var failed []error
	for worker := range 2 {
		group.Go(func() {
			for i := range 25 {
				data, page := short, func(int, []byte) error { return nil }
				if i == 12 {
					data = long
					page = func(n int, _ []byte) error {
						if n == 1 {
							both.Done()
							both.Wait()
						}
						if n == 1 && worker == 0 {
							kill9(t, childPIDs(t)[0])
						}
						return nil
					}
				}
				err := p.Read(testContext(t), bytes.NewReader(data), ReadRequest{Size: int64(len(data))},
					func(document.Info) error { return nil }, page)
				if err != nil {
					mu.Lock()
					failed = append(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	if len(failed) != 1 || !errors.Is(failed[0], ErrDied) {
		t.Errorf("failed: %v, want one", failed)
	}
}

func TestEngineDeadline(t *testing.T) {
	p, _ := startPool(t, 1, "", func(l *Limits) { l.Deadline, l.PerPage = time.Millisecond, 0 })
	_, err := readAll(testContext(t), p, testkit.LongPDF(400), ReadRequest{})
	if job.CodeOf(err) != job.Timeout {
		t.Errorf("error %v, want a timeout", err)
	}
}
