package document

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// report is two pages: a title, two sections of two paragraphs, a table.
func report() []*sheet {
	return []*sheet{
		newSheet(1).line(50, 130, 24, regular, "Report").line(50, 170, 16, regular, "First part").
			lines(50, 200, "One two three four five.").lines(50, 240, "Six seven eight nine ten."),
		newSheet(2).line(50, 170, 16, regular, "Second part").
			lines(50, 200, "Eleven twelve thirteen.").lines(50, 240, "Fruit", "Apples", "Pears").lines(200, 240, "Tons", "1.2", "3.4"),
	}
}

func TestStrategies(t *testing.T) {
	const table = "Fruit\tTons\nApples\t1.2\nPears\t3.4"
	tests := map[string]struct {
		opts Options
		want []string // embeds
	}{
		"semantic": {Options{TargetLength: 14}, []string{
			"Report\nFirst part\nOne two three four five.\nSix seven eight nine ten.", "Report\nSecond part\nEleven twelve thirteen.\n" + table,
		}},
		"semantic, short": {Options{TargetLength: 9}, []string{
			"Report\nFirst part\nOne two three four five.", "Report > First part\nSix seven eight nine ten.", "Report\nSecond part\nEleven twelve thirteen.", "Report > Second part\n" + table,
		}},
		"page":      {Options{Strategy: PageChunks}, []string{"Report\nFirst part\nOne two three four five.\nSix seven eight nine ten.", "Report\nSecond part\nEleven twelve thirteen.\n" + table}},
		"heading":   {Options{Strategy: HeadingChunks}, []string{"Report\nFirst part\nOne two three four five.\nSix seven eight nine ten.", "Report\nSecond part\nEleven twelve thirteen.\n" + table}},
		"paragraph": {Options{Strategy: ParagraphChunks}, []string{"Report\nFirst part\nOne two three four five.", "Report > First part\nSix seven eight nine ten.", "Report\nSecond part\nEleven twelve thirteen.", "Report > Second part\n" + table}},
		"fixed": {Options{Strategy: FixedChunks, TargetLength: 6}, []string{
			"Report\nFirst part\nOne two three", "Report > First part\nfour five.\nSix seven eight nine", "Report > First part\nten.\nSecond part\nEleven twelve thirteen.", "Report > Second part\n" + table,
		}},
		"overlap": {Options{Strategy: PageChunks, Overlap: 2}, []string{"Report\nFirst part\nOne two three four five.\nSix seven eight nine ten.", "Report\nnine ten.\nSecond part\nEleven twelve thirteen.\n" + table}},
		"tables":  {Options{Keep: []SegmentType{TableSegment}}, []string{table}},
		"nothing": {Options{Keep: []SegmentType{Formula}}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := NewBuilder(tt.opts)
			for _, s := range report() {
				if err := b.Add(&s.page); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			ids := map[string]bool{}
			for c := range b.Chunks() {
				got = append(got, c.Embed)
				for _, s := range c.Segments {
					if ids[s.SegmentID] {
						t.Errorf("segment %s comes twice", s.SegmentID)
					}
					ids[s.SegmentID] = true
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("embeds (-want +got):\n%s", diff)
			}
		})
	}
}

func TestChunkHeadings(t *testing.T) {
	b := NewBuilder(Options{Strategy: ParagraphChunks})
	for _, s := range report() {
		if err := b.Add(&s.page); err != nil {
			t.Fatal(err)
		}
	}
	var got [][]string
	for c := range b.Chunks() {
		got = append(got, c.Headings)
	}
	want := [][]string{{"Report", "First part"}, {"Report", "First part"}, {"Report", "Second part"}, {"Report", "Second part"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headings (-want +got):\n%s", diff)
	}
}

// Whatever the strategy, every word of the text is in the chunks once, in
// order, and tables stay whole.
func TestChunksKeepEverything(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newSheet(1)
		y := 130.0
		var want []string
		for i := range rapid.IntRange(0, 12).Draw(rt, "segments") {
			words := make([]string, rapid.IntRange(1, 9).Draw(rt, "words"))
			for k := range words {
				words[k] = fmt.Sprintf("w%dx%d", i, k)
			}
			size := rapid.SampledFrom([]float64{10, 10, 10, 16}).Draw(rt, "size")
			s.line(50, y, size, regular, strings.Join(words, " "))
			want = append(want, words...)
			y += 40
		}
		opts := Options{
			TargetLength: rapid.IntRange(1, 20).Draw(rt, "length"),
			Strategy:     rapid.SampledFrom(Strategies()).Draw(rt, "strategy"),
		}
		b := NewBuilder(opts)
		if err := b.Add(&s.page); err != nil {
			rt.Fatal(err)
		}
		var got []string
		for c := range b.Chunks() {
			if len(c.Segments) == 0 {
				rt.Fatal("a chunk without segments")
			}
			for _, s := range c.Segments {
				got = append(got, strings.Fields(s.Content)...)
			}
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("got %q, want %q", got, want)
		}
	})
}

func TestMergeTables(t *testing.T) {
	page := func(n int, rows ...string) *sheet {
		s := newSheet(n).lines(50, 130, "Fruit").lines(200, 130, "Tons").lines(300, 130, "Price")
		for i, row := range rows {
			y := 142 + 12*float64(i)
			s.lines(50, y, row).lines(200, y, fmt.Sprintf("%d.%d", n, i)).lines(300, y, "7.50")
		}
		return s.lines(280, 770, fmt.Sprint(n))
	}
	sheets := []*sheet{page(1, "Apples", "Pears"), page(2, "Plums", "Cherries"), newSheet(3).lines(50, 130, "The end.").lines(280, 770, "3")}
	tables := func(merge bool) []string {
		b := NewBuilder(Options{MergeTables: merge})
		for _, s := range sheets {
			if err := b.Add(&s.page); err != nil {
				t.Fatal(err)
			}
		}
		var all []string
		for s := range b.Segments() {
			if s.SegmentType == TableSegment {
				all = append(all, s.Content)
			}
		}
		return all
	}
	first, second := "Fruit\tTons\tPrice\nApples\t1.0\t7.50\nPears\t1.1\t7.50", "\nPlums\t2.0\t7.50\nCherries\t2.1\t7.50"
	if diff := cmp.Diff([]string{first, "Fruit\tTons\tPrice" + second}, tables(false)); diff != "" {
		t.Errorf("by page (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{first + second}, tables(true)); diff != "" {
		t.Errorf("merged (-want +got):\n%s", diff)
	}
}
