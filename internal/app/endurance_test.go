package app_test

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"docket/internal/testkit"
)

// enduranceDocuments names the variable that makes the run longer: `make
// endurance` takes 10,000 documents.
const enduranceDocuments = "DOCKET_TEST_ENDURANCE"

// Documents come and go, and children with them; the server's own memory after
// many of them is what it was after the first hundred.
func TestEndurance(t *testing.T) {
	const warm = 100
	many := 500
	if n, err := strconv.Atoi(os.Getenv(enduranceDocuments)); err == nil {
		many = n
	}
	s := serve(t, dataFolder(t), "--workers", "2", "--child-documents", "100")
	kinds := []struct {
		name string
		make func(n int) []byte
	}{
		{"a.txt", func(n int) []byte { return fmt.Appendf(nil, "Document %d.\n\nSome text of it.", n) }},
		{"a.pdf", func(n int) []byte { return testkit.PDF(fmt.Sprintf("Document %d.", n)) }},
		{"a.html", func(n int) []byte { return fmt.Appendf(nil, "<html><h1>Document %d</h1><p>Text.</p></html>", n) }},
		{"a.docx", func(n int) []byte {
			return testkit.DOCX(fmt.Sprintf("<w:p><w:r><w:t>Document %d.</w:t></w:r></w:p>", n))
		}},
		{"a.csv", func(n int) []byte { return fmt.Appendf(nil, "number,square\n%d,%d\n", n, n*n) }},
		{"a.pdf", func(n int) []byte { return testkit.PDF(fmt.Sprintf("Broken document %d.", n))[:400] }},
	}
	run := func(from, to int) {
		var next atomic.Int64
		next.Store(int64(from))
		var clients sync.WaitGroup
		for range 8 {
			clients.Go(func() {
				for n := int(next.Add(1)); n <= to; n = int(next.Add(1)) {
					kind := kinds[n%len(kinds)]
					s.wait(s.submit(kind.name, kind.make(n)))
				}
			})
		}
		clients.Wait()
	}
	run(0, warm)
	before := s.resting()
	run(warm, many)
	after := s.resting()
	ratio := float64(after.memory) / float64(before.memory)
	t.Logf("after %d documents %d kB, after %d documents %d kB: %.2f; files open %d and %d", warm, before.memory, many, after.memory, ratio, before.files, after.files)
	// The database's page cache and the allocator's own stock fill up once; beside
	// that, nothing may stay.
	const slack = 24 << 10 // kB
	if ratio > 1.2 && (many >= 10_000 || after.memory-before.memory > slack) {
		t.Errorf("memory grew from %d kB to %d kB", before.memory, after.memory)
	}
	if after.files > before.files+16 {
		t.Errorf("open files grew from %d to %d", before.files, after.files)
	}
}

// resting is what the server holds when it has nothing to do: the median of
// some looks at it, after it had time to give back what it does not need.
func (s *server) resting() usage {
	s.t.Helper()
	var seen []usage
	for len(seen) < 200 {
		s.pause()
		u, err := s.usage()
		if err != nil {
			s.t.Fatal(err)
		}
		seen = append(seen, u)
	}
	seen = seen[150:]
	return usage{
		memory: median(seen, func(u usage) int { return u.memory }),
		files:  median(seen, func(u usage) int { return u.files }),
	}
}
