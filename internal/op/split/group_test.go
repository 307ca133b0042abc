package split

import (
	"strings"
	"testing"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/op"

	"github.com/google/go-cmp/cmp"
)

// of is a page that speaks for category k that much.
func of(k int, score float64, c cue) page {
	scores := make([]float64, 3)
	scores[k] = score
	return page{PageClass: op.PageClass{Category: k, Scores: scores, Confidence: 0.8}, cue: c}
}

func TestAssign(t *testing.T) {
	blank := page{PageClass: op.PageClass{NoText: true, Scores: make([]float64, 3)}}
	none := cue{}
	tests := map[string]struct {
		pages []page
		want  []int
	}{
		"nothing":            {nil, []int{}},
		"own words":          {[]page{of(0, 20, none), of(1, 20, none), of(2, 20, none)}, []int{0, 1, 2}},
		"blank page":         {[]page{of(1, 20, none), blank, of(2, 20, none)}, []int{1, 1, 2}},
		"blank first":        {[]page{blank, of(2, 20, none)}, []int{2, 2}},
		"weak page":          {[]page{of(1, 20, none), of(2, 0.5, none), of(1, 20, none)}, []int{1, 1, 1}},
		"page 2 of 2":        {[]page{of(1, 20, cue{number: 1, total: 2}), of(2, 20, cue{number: 2, total: 2}), of(2, 20, cue{number: 1, total: 1})}, []int{1, 1, 2}},
		"page 1 of 1":        {[]page{of(1, 20, none), of(2, 1, cue{number: 1, total: 1})}, []int{1, 2}},
		"numbers of the all": {[]page{of(1, 20, cue{number: 1, total: 3}), of(2, 20, cue{number: 2, total: 3}), of(1, 20, cue{number: 3, total: 3})}, []int{1, 2, 1}},
		"same head":          {[]page{of(1, 20, cue{head: "acme ltd"}), of(2, 1.5, cue{head: "acme ltd"}), of(1, 20, cue{head: "acme ltd"})}, []int{1, 1, 1}},
		"new title":          {[]page{of(1, 20, cue{title: "invoice"}), of(2, 1.5, cue{title: "contract"})}, []int{1, 2}},
		"only others":        {[]page{{PageClass: op.PageClass{Category: 2, Scores: make([]float64, 3)}}}, []int{2}},
	}
	for name, test := range tests {
		if diff := cmp.Diff(test.want, assign(test.pages, 3)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestGroup(t *testing.T) {
	classes := []int{0, 0, 1, 0, 2, 1}
	for reorder, want := range map[bool][]part{
		false: {{0, []int{1, 2}}, {1, []int{3}}, {0, []int{4}}, {2, []int{5}}, {1, []int{6}}},
		true:  {{0, []int{1, 2, 4}}, {1, []int{3, 6}}, {2, []int{5}}},
	} {
		if diff := cmp.Diff(want, group(classes, reorder), cmp.AllowUnexported(part{})); diff != "" {
			t.Errorf("reorder %t: %s", reorder, diff)
		}
	}
}

func TestCue(t *testing.T) {
	tests := map[string]struct {
		text string
		want cue
	}{
		"of":            {"Page 2 of 3", cue{number: 2, total: 3}},
		"german":        {"Seite 1 von 4", cue{number: 1, total: 4}},
		"slash":         {"Page 2 / 3", cue{number: 2, total: 3}},
		"alone":         {"Seite 2", cue{number: 2}},
		"impossible":    {"Page 5 of 3", cue{}},
		"in a sentence": {"The table that is on page 7 of 9 shows what was meant by the authors", cue{}},
		"no number":     {"Front page news", cue{}},
	}
	for name, test := range tests {
		var words []document.Word
		left := 50.0
		for _, text := range strings.Fields(test.text) {
			right := left + 5*float64(len(text))
			words = append(words, document.Word{Text: text, Box: document.Box{Left: left, Top: 40, Right: right, Bottom: 50}, Baseline: 48, Size: 10})
			left = right + 3
		}
		got := newCue(op.Lines(&document.Page{Width: 600, Height: 800, Words: words}), 800)
		got.head = ""
		if got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestFileName(t *testing.T) {
	taken := map[string]bool{}
	for _, test := range [][2]string{
		{"Invoice", "Invoice.pdf"}, {"Invoice", "Invoice_2.pdf"}, {"invoice", "invoice_3.pdf"}, {"Invoice_2", "Invoice_2_2.pdf"},
		{"../../etc/passwd", "_.._etc_passwd.pdf"}, {"a\x00b\u202ec", "a_b_c.pdf"}, {"...", "file.pdf"}, {"Verträge", "Verträge.pdf"},
		{strings.Repeat("x", 150), strings.Repeat("x", 100) + ".pdf"},
	} {
		if got := fileName(test[0], taken); got != test[1] {
			t.Errorf("fileName(%q) = %q, want %q", test[0], got, test[1])
		}
	}
}

func TestFileID(t *testing.T) {
	a := fileID(job.ID{1}, "Invoice.pdf")
	if a != fileID(job.ID{1}, "Invoice.pdf") || a == fileID(job.ID{2}, "Invoice.pdf") || a == fileID(job.ID{1}, "Invoice_2.pdf") || len(a) != 36 {
		t.Error(a)
	}
}
