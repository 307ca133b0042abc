package extract

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"docket/internal/document"
	"docket/internal/op"
)

// TestPassages holds that every line is shown, in order and with its number,
// and that no passage is longer than it may be.
func TestPassages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lengths := rapid.SliceOfN(rapid.IntRange(1, 60), 0, 80).Draw(t, "lengths")
		size := rapid.IntRange(1, 300).Draw(t, "size")
		page := &op.PageText{Number: 1}
		whole := &passage{first: 1}
		for _, n := range lengths {
			whole.lines = append(whole.lines, printed{page: page, text: strings.Repeat("x", n)})
		}
		next := 1
		for i, p := range whole.split(size) {
			sum := 0
			for n := range p.lines {
				sum += len(p.lines[n].text)
				if p.line(p.first+n) != &p.lines[n] {
					t.Fatalf("line %d of passage %d is another", n, i)
				}
			}
			end := p.first + len(p.lines)
			if sum > size && len(p.lines) > 1 || p.first > next || end <= next || len(p.lines) == 0 {
				t.Fatalf("passage %d has lines %d to %d, %d bytes of %d; line %d comes next", i, p.first, end-1, sum, size, next)
			}
			next = end
			if halves := p.halves(); halves != nil {
				last := halves[1]
				if halves[0].first != p.first || last.first > halves[0].first+len(halves[0].lines) || last.first+len(last.lines) != end || len(last.lines) == len(p.lines) {
					t.Fatalf("%d lines become %d and %d", len(p.lines), len(halves[0].lines), len(last.lines))
				}
			}
		}
		if next != len(lengths)+1 {
			t.Fatalf("the last line shown is %d of %d", next-1, len(lengths))
		}
	})
}

// TestFind holds that words which stand next to each other are found, whatever
// is between their letters, and at their own place.
func TestFind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-cé1-3.,%€-]{1,4}`), 1, 12).Draw(t, "words")
		l := printed{page: &op.PageText{Number: 3}}
		for i, w := range words {
			l.words = append(l.words, document.Word{Text: w, Box: document.Box{Left: float64(i), Right: float64(i) + 0.5, Bottom: 1}})
		}
		var f folded
		f.add(&l)
		from := rapid.IntRange(0, len(words)-1).Draw(t, "from")
		to := rapid.IntRange(from, len(words)-1).Draw(t, "to")
		needle := letters(strings.Join(words[from:to+1], " ¦ "))
		s, ok := f.find(needle)
		if ok != (needle != "") {
			t.Fatalf("%q in %q: %t", needle, words, ok)
		}
		if ok && (s.page.Number != 3 || !strings.Contains(letters(s.text), needle) || s.box.Left < 0 || s.box.Right > float64(len(words))) {
			t.Fatalf("%q in %q: %+v", needle, words, s)
		}
	})
}
