package op

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParsePages(t *testing.T) {
	for text, want := range map[string]string{"": "", "1": "1", "3,1-2": "1-3", "8-10, 1-5 ,12": "1-5,8-10,12", ",2,": "2", "4-4": "4"} {
		if got, err := ParsePages(text); err != nil || got.String() != want {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"0", "a", "2-1", "1-2-3", "-1", "1000001", "1;2"} {
		if got, err := ParsePages(text); err == nil {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}

func TestPagesWithin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p Pages
		n := rapid.IntRange(0, 20).Draw(t, "pages")
		for range rapid.IntRange(0, 5).Draw(t, "ranges") {
			first := rapid.IntRange(1, 30).Draw(t, "first")
			one, err := ParsePages(append(p, PageRange{first, first + rapid.IntRange(0, 9).Draw(t, "more")}).String())
			if err != nil {
				t.Fatal(err)
			}
			p = one
		}
		count, last := 0, 0
		for page := 1; page <= n; page++ {
			if p.Has(page) {
				count, last = count+1, page
			}
		}
		if c, l := p.within(n); c != count || l != last {
			t.Fatalf("%s within %d: %d to %d, want %d to %d", p, n, c, l, count, last)
		}
	})
}
