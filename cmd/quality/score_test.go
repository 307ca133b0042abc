package main

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/document"
)

func TestWordScores(t *testing.T) {
	tests := []struct {
		name, got, want string
		bag, order      float64
	}{
		{"the same", "One two, three!", "one two three", 1, 1},
		{"another order", "three one two", "one two three", 1, 2.0 / 3},
		{"half missing", "one", "one two three", 0.5, 0.5},
		{"a word too often", "one one two", "one two", 0.8, 0.8},
		{"nothing", "", "", 1, 1},
		{"nothing right", "four", "one", 0, 0},
	}
	for _, tt := range tests {
		got, want := words(tt.got), words(tt.want)
		if b := bagF1(got, want); math.Abs(b-tt.bag) > 1e-9 {
			t.Errorf("%s: words %v, want %v", tt.name, b, tt.bag)
		}
		if o := orderF1(got, want); math.Abs(o-tt.order) > 1e-9 {
			t.Errorf("%s: order %v, want %v", tt.name, o, tt.order)
		}
	}
}

func TestPlain(t *testing.T) {
	const markdown = "## A [link](https://example.com/x)\n<!-- image -->\n| a b | a b | c |\n| --- | --- | --- |\nsnake\\_case &amp; more"
	want := []string{"a", "link", "a", "b", "c", "snake", "case", "more"}
	if diff := cmp.Diff(want, words(plain(markdown))); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
}

func TestRelations(t *testing.T) {
	// A head over two columns, a row below it, and a cell that is missing.
	cells := []gridCell{
		{0, 1, 0, 2, "head"}, {1, 0, 1, 0, "label"}, {1, 1, 1, 1, "1"}, {1, 2, 1, 2, "2"}, {2, 0, 2, 0, "end"}, {2, 2, 2, 2, "3"},
	}
	want := map[relation]int{
		{"label", "1", false}: 1, {"1", "2", false}: 1, {"end", "3", false}: 1,
		{"label", "end", true}: 1, {"head", "1", true}: 1, {"head", "2", true}: 1, {"2", "3", true}: 1,
	}
	if diff := cmp.Diff(want, relations(cells), cmp.AllowUnexported(relation{})); diff != "" {
		t.Errorf("relations (-want +got):\n%s", diff)
	}
}

func TestPairs(t *testing.T) {
	a, half, far := document.Box{Right: 10, Bottom: 10}, document.Box{Right: 10, Bottom: 6}, document.Box{Left: 50, Right: 60, Bottom: 10}
	tests := []struct {
		name      string
		got, want []document.Box
		n         int
	}{
		{"the same", []document.Box{a}, []document.Box{a}, 1},
		{"most of it", []document.Box{half}, []document.Box{a}, 1},
		{"one for two", []document.Box{a}, []document.Box{half, a}, 1},
		{"two for one", []document.Box{half, a}, []document.Box{a}, 1},
		{"elsewhere", []document.Box{far}, []document.Box{a}, 0},
		{"none", nil, []document.Box{a}, 0},
	}
	for _, tt := range tests {
		if n := pairs(tt.got, tt.want); n != tt.n {
			t.Errorf("%s: %d pairs, want %d", tt.name, n, tt.n)
		}
	}
}

func TestRunningLinesOfPages(t *testing.T) {
	const out = `<html><doc><page width="100" height="1000">
<word xMin="10" yMin="20" xMax="20" yMax="30">Page</word><word xMin="22" yMin="20" xMax="30" yMax="30">17</word>
<word xMin="10" yMin="500" xMax="20" yMax="510">Middle&nbsp;text</word></page></doc></html>`
	pages, err := bboxPages([]byte(out))
	if err != nil || len(pages) != 1 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	if diff := cmp.Diff(map[string]bool{"page##": true, "middletext": false}, pages[0].lines()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestHalves(t *testing.T) {
	n := map[string]int{}
	for _, name := range []string{"a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf", "f.pdf", "g.pdf", "h.pdf", "i.pdf", "j.pdf"} {
		n[halfOf(name)]++
	}
	if len(n) != 2 || n["a"] == 0 || n["b"] == 0 {
		t.Errorf("halves %v, want both", n)
	}
}
