package job_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"docket/internal/job"
)

// The ids that begin with what was typed are those between From and To, in
// either spelling and any case.
func TestWordFindsEveryIDThatBeginsWithIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := job.ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		other := job.ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "other"))
		copy(other[:rapid.IntRange(0, 16).Draw(t, "alike")], id[:])
		spelling := rapid.SampledFrom([]job.Spelling{job.UUID, job.TypeID}).Draw(t, "spelling")
		text := id.In(spelling)
		typed := text[:rapid.IntRange(8, len(text)).Draw(t, "length")]
		w := job.NewWord(typed)
		between := func(id job.ID) bool {
			return bytes.Compare(w.From[:], id[:]) <= 0 && bytes.Compare(id[:], w.To[:]) <= 0
		}
		if !between(id) {
			t.Fatalf("%s is not between %s and %s", id, w.From, w.To)
		}
		begins := len(typed) <= len(other.In(spelling)) && other.In(spelling)[:len(typed)] == typed
		if between(other) != begins {
			t.Fatalf("%q and %s: between %v, begins %v", typed, other.In(spelling), between(other), begins)
		}
		if w.Whole != (typed == text) {
			t.Fatalf("%q is whole: %v", typed, w.Whole)
		}
	})
}

func TestWordThatIsNoID(t *testing.T) {
	for _, typed := range []string{"invoice", "2024", "job_", "job_abc", "job_report.pdf", "deadbeef.pdf", "job_zzzzzz", "Ünïcode"} {
		if w := job.NewWord(typed); !w.From.IsZero() || w.Whole {
			t.Errorf("%q is the beginning of ids from %s to %s", typed, w.From, w.To)
		}
	}
}

func TestSearchNames(t *testing.T) {
	got := job.SearchNames([]job.Input{
		{Name: "Re\u0301sumE\u0301 ÄRGER.PDF"},
		{Name: "Bill March.pdf", URL: "https://example.com/a/Bill%20March.pdf?token=1"},
		{Name: "got.pdf", URL: "https://example.com/x", File: job.File{Blob: "b"}},
		{Name: "two\nlines"},
		{},
		{Name: "page 1", Source: job.ID{1, 2, 0xff}},
		{Name: "page 2", Source: job.ID{1, 2, 0xff}},
	})
	if want := "résumé ärger.pdf\nbill march.pdf\ngot.pdf\ntwo lines\npage 1\npage 2\nsource:0102ff00000000000000000000000000"; got != want {
		t.Errorf("the names are %q, want %q", got, want)
	}
}
