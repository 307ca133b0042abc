package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

// kept is a new file in memory.
type kept struct {
	bytes.Buffer
	closed int
	fail   error
}

func (k *kept) Close() error {
	k.closed++
	return k.fail
}

// splitAll splits into memory.
func splitAll(ctx context.Context, p *Pool, data []byte, req SplitRequest) ([]*kept, error) {
	var files []*kept
	req.Size = int64(len(data))
	err := p.Split(ctx, bytes.NewReader(data), req, func(n int) (io.WriteCloser, error) {
		if n != len(files) || n > 0 && files[n-1].closed != 1 {
			return nil, fmt.Errorf("file %d begun after %d", n, len(files))
		}
		files = append(files, &kept{})
		return files[n], nil
	})
	return files, err
}

// TestSplit runs the real engine; its parts share one pool.
func TestSplit(t *testing.T) {
	p, _ := startPool(t, 1, "", nil)
	t.Run("files", func(t *testing.T) { splitFiles(t, p) })
	t.Run("refused", func(t *testing.T) { splitRefused(t, p) })
	t.Run("out", func(t *testing.T) { splitOut(t, p) })
	t.Run("cancel", func(t *testing.T) { splitCancel(t, p) })
}

func splitFiles(t *testing.T, p *Pool) {
	tests := map[string]struct {
		data     []byte
		password string
		files    [][]int
		want     [][]string
	}{
		"two":       {testkit.PDF("Alpha", "Beta", "Gamma"), "", [][]int{{1, 3}, {2}}, [][]string{{"Alpha", "Gamma"}, {"Beta"}}},
		"encrypted": {testkit.EncryptedPDF("secret", "Alpha", "Beta"), "secret", [][]int{{2}, {1}}, [][]string{{"Beta"}, {"Alpha"}}},
		"none":      {testkit.PDF("Alpha"), "", nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			files, err := splitAll(testContext(t), p, test.data, SplitRequest{Password: test.password, Files: test.files})
			if err != nil {
				t.Fatal(err)
			}
			var got [][]string
			for _, f := range files {
				if f.closed != 1 {
					t.Errorf("closed %d times", f.closed)
				}
				got = append(got, textOf(t, p, f.Bytes()))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// textOf is the text of each page.
func textOf(t *testing.T, p *Pool, data []byte) []string {
	t.Helper()
	tr, err := readAll(testContext(t), p, data, ReadRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	for _, record := range tr.recs {
		page, err := document.DecodePage([]byte(record))
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, w := range page.Words {
			words = append(words, w.Text)
		}
		pages = append(pages, strings.Join(words, " "))
	}
	return pages
}

func splitRefused(t *testing.T, p *Pool) {
	tests := map[string]struct {
		data  []byte
		files [][]int
		want  job.Code
	}{
		"no pdf":         {[]byte("plain text"), [][]int{{1}}, job.UnsupportedFormat},
		"locked":         {testkit.EncryptedPDF("secret", "Alpha"), [][]int{{1}}, job.PasswordProtected},
		"broken":         {[]byte("%PDF-1.7\nnothing"), [][]int{{1}}, job.FileCorrupted},
		"beyond the end": {testkit.PDF("Alpha"), [][]int{{1}, {2}}, job.Internal},
		"no page":        {testkit.PDF("Alpha"), [][]int{{}}, job.Internal},
		"page 0":         {testkit.PDF("Alpha"), [][]int{{0}}, job.Internal},
	}
	for name, test := range tests {
		files, err := splitAll(testContext(t), p, test.data, SplitRequest{Files: test.files})
		if err == nil || job.CodeOf(err) != test.want || errors.Is(err, ErrDied) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
		for _, f := range files {
			if f.closed != 1 {
				t.Errorf("%s: a file was closed %d times", name, f.closed)
			}
		}
	}
	many := make([]int, p.opts.Limits.Pages+1)
	for i := range many {
		many[i] = 1
	}
	if _, err := splitAll(testContext(t), p, testkit.PDF("Alpha"), SplitRequest{Files: [][]int{many}}); job.CodeOf(err) != job.ResourceLimit {
		t.Errorf("too many pages: %v", err)
	}
}

// splitOut has the caller's functions fail.
func splitOut(t *testing.T, p *Pool) {
	mine := errors.New("mine")
	data := testkit.PDF("Alpha", "Beta")
	tests := map[string]func(n int) (io.WriteCloser, error){
		"begin": func(int) (io.WriteCloser, error) { return nil, mine },
		"close": func(int) (io.WriteCloser, error) { return &kept{fail: mine}, nil },
		"write": func(int) (io.WriteCloser, error) {
			return struct {
				io.Writer
				io.Closer
			}{failingWriter{mine}, &kept{}}, nil
		},
	}
	for name, out := range tests {
		err := p.Split(testContext(t), bytes.NewReader(data), SplitRequest{Size: int64(len(data)), Files: [][]int{{1}, {2}}}, out)
		if !errors.Is(err, mine) || errors.Is(err, ErrDied) {
			t.Errorf("%s: error %v, want the caller's", name, err)
		}
	}
}

func splitCancel(t *testing.T, p *Pool) {
	ctx, cancel := contextWithCause(t)
	mine := errors.New("cancelled by the test")
	data := testkit.LongPDF(400)
	files := make([][]int, 400)
	for i := range files {
		files[i] = []int{i + 1}
	}
	err := p.Split(ctx, bytes.NewReader(data), SplitRequest{Size: int64(len(data)), Files: files}, func(n int) (io.WriteCloser, error) {
		if n == 1 {
			cancel(mine)
			<-ctx.Done()
		}
		return &kept{}, nil
	})
	if !errors.Is(err, mine) {
		t.Errorf("error %v, want the cause", err)
	}
	// The next request finds a child again.
	if _, err := splitAll(testContext(t), p, testkit.PDF("Alpha"), SplitRequest{Files: [][]int{{1}}}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
