package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/go-pdf/fpdf"

	"docket/internal/job"
)

// work is a kind of job: what is handed in, and what must come of it.
type work struct {
	kind  string
	often int // of 100 jobs
	ends  []job.Status
	code  job.Code // why it fails, if it may
}

// The kinds of jobs.
const (
	small    = "small"     // a text that is kept in the database
	large    = "large"     // a text that is kept as a file
	long     = "long"      // a PDF of many pages, with checkpoints
	broken   = "broken"    // no PDF, though it says so
	batch    = "batch"     // three that are submitted together
	chain    = "chain"     // an extraction of another job's result
	uploaded = "uploaded"  // a document that is sent after the job is made
	stopped  = "cancelled" // a long one that is cancelled
)

// works are the kinds of jobs that clients submit.
func works() []work {
	completed := []job.Status{job.Completed}
	return []work{
		{small, 34, completed, ""},
		{large, 16, completed, ""},
		{long, 10, completed, ""},
		{broken, 6, []job.Status{job.Failed}, job.FileCorrupted},
		{batch, 10, completed, ""},
		{chain, 8, completed, ""},
		{uploaded, 8, completed, ""},
		{stopped, 8, []job.Status{job.Completed, job.Cancelled}, ""},
	}
}

// pick chooses a kind; n is a number from 0 up to 100.
func pick(n int) work {
	all := works()
	for _, w := range all {
		if n -= w.often; n < 0 {
			return w
		}
	}
	return all[0]
}

// longPages is how many pages a long document has: a second of work.
const longPages = 150

// document makes the bytes that a job of a kind works on, and what its result
// must have as text. name is in every page.
func document(kind, name string) (file string, data []byte, marks []string, err error) {
	switch kind {
	case broken:
		return name + ".pdf", []byte("%PDF-1.4 broken " + name), nil, nil
	case large, uploaded:
		b := &strings.Builder{}
		for n := range 600 {
			mark := fmt.Sprintf("Paragraph %d of %s.", n+1, name)
			fmt.Fprintf(b, "%s %s\n\n", mark, strings.Repeat("The quick brown fox jumps over the lazy dog. ", 4))
			marks = append(marks, mark)
		}
		return name + ".txt", []byte(b.String()), marks, nil
	case long, stopped:
		data, marks, err = pdf(name, longPages)
		return name + ".pdf", data, marks, err
	}
	mark := "All that there is of " + name + "."
	return name + ".txt", []byte("Invoice number: " + name + "\n\n" + mark + "\n"), []string{mark}, nil
}

// pdf is a document of pages. What is said of each is amid text that no other
// has: what is on every page is taken for a running head.
func pdf(name string, pages int) ([]byte, []string, error) {
	doc := fpdf.New("P", "mm", "A4", "")
	var marks []string
	for n := range pages {
		text := prose(rand.New(rand.NewPCG(uint64(n), 2)))
		mark := fmt.Sprintf("Fact %d of %s.", n+1, name)
		doc.AddPage()
		doc.SetFont("Helvetica", "", 11)
		doc.MultiCell(0, 5, text+mark+" "+text, "", "L", false)
		marks = append(marks, mark)
	}
	var b bytes.Buffer
	err := doc.Output(&b)
	return b.Bytes(), marks, err
}

// prose is some lines of words in an order of their own.
func prose(random *rand.Rand) string {
	words := strings.Fields("harbour lantern meadow copper winter ledger orchard signal velvet granite river compass thunder market candle forest anchor mirror saddle timber")
	b := &strings.Builder{}
	for range 10 {
		b.WriteString("The")
		for range 8 {
			b.WriteString(" " + words[random.IntN(len(words))])
		}
		b.WriteString(". ")
	}
	return b.String()
}

// lacks says which of the marks a text has not, each once; empty: it has all.
// Where a line ends does not matter.
func lacks(text string, marks []string) string {
	text = strings.Join(strings.Fields(text), " ")
	for _, mark := range marks {
		if n := strings.Count(text, mark); n != 1 {
			return fmt.Sprintf("%q is %d times in a result of %d bytes", mark, n, len(text))
		}
	}
	return ""
}
