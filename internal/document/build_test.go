package document

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// chunksOf builds sheets with a target length.
func chunksOf(t *testing.T, target int, sheets ...*sheet) (*Builder, []Chunk) {
	t.Helper()
	b := NewBuilder(Options{TargetLength: target})
	for _, s := range sheets {
		if err := b.Add(&s.page); err != nil {
			t.Fatal(err)
		}
	}
	return b, slices.Collect(b.Chunks())
}

// section is a page with a heading and three paragraphs of twelve words.
func section(number int) *sheet {
	const text = "Twelve words make up each of these paragraphs, and nothing more matters."
	return newSheet(number).line(50, 160, 16, bold, fmt.Sprintf("Section %d", number)).
		lines(50, 200, text).lines(50, 240, text).lines(50, 280, text)
}

func TestChunks(t *testing.T) {
	tests := []struct {
		target int
		want   []int // segments a chunk
	}{
		{512, []int{8}},
		{38, []int{4, 4}},
		{26, []int{3, 3, 2}},
		{1, []int{2, 1, 1, 2, 1, 1}}, // every segment is larger; headings stay with their text
	}
	for _, tt := range tests {
		_, chunks := chunksOf(t, tt.target, section(1), section(2))
		var got []int
		for i, c := range chunks {
			got = append(got, len(c.Segments))
			if last := c.Segments[len(c.Segments)-1]; last.SegmentType != Text {
				t.Errorf("target %d: chunk %d ends in a %s", tt.target, i, last.SegmentType)
			}
			if n := len(strings.Fields(c.Embed)); c.ChunkLength != n {
				t.Errorf("target %d: chunk %d: length %d, has %d words", tt.target, i, c.ChunkLength, n)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("target %d: segments in chunks (-want +got):\n%s", tt.target, diff)
		}
	}
}

func TestChunksStop(t *testing.T) {
	b, chunks := chunksOf(t, 20, section(1), section(2), section(3))
	for n := 1; n < len(chunks); n++ {
		seen := 0
		for range b.Chunks() {
			if seen++; seen == n {
				break
			}
		}
	}
}

func TestSameDocumentSameIDs(t *testing.T) {
	_, first := chunksOf(t, 20, section(1), section(2))
	b, second := chunksOf(t, 20, section(1), section(2))
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the same pages gave another result:\n%s", diff)
	}
	if diff := cmp.Diff(second, slices.Collect(b.Chunks())); diff != "" {
		t.Errorf("the second run over a builder gave another result:\n%s", diff)
	}
	ids := map[string]bool{}
	for _, c := range first {
		ids[c.ChunkID] = true
		for _, s := range c.Segments {
			ids[s.SegmentID] = true
		}
	}
	if want := len(first) + b.Summary().Segments; len(ids) != want {
		t.Errorf("%d different ids, want %d", len(ids), want)
	}
}

func TestStoredForm(t *testing.T) {
	_, chunks := chunksOf(t, 0, newSheet(3).line(72, 100, 12, regular, "Hello world"))
	got, err := json.MarshalIndent(chunks, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	const want = `[
 {
  "chunk_id": "3836fd59-a029-81bb-a5ee-81f9cb81388d",
  "chunk_length": 2,
  "embed": "Hello world",
  "segments": [
   {
    "segment_id": "67c3edc1-84a0-8613-a281-fab0538db340",
    "segment_type": "Text",
    "content": "Hello world",
    "html": "\u003cp\u003eHello world\u003c/p\u003e",
    "markdown": "Hello world",
    "page_number": 3,
    "page_width": 1200,
    "page_height": 1600,
    "bbox": {
     "left": 144,
     "top": 180.8,
     "width": 126,
     "height": 24
    },
    "confidence": null,
    "image": null,
    "ocr": [
     {
      "text": "Hello world",
      "bbox": {
       "left": 0,
       "top": 0,
       "width": 126,
       "height": 24
      },
      "confidence": null
     }
    ]
   }
  ]
 }
]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("stored form (-want +got):\n%s", diff)
	}
}

func TestSummary(t *testing.T) {
	b := NewBuilder(Options{})
	for _, p := range []*Page{{Number: 1, Warnings: []string{"page 1 could not be read"}, Unreadable: true}, {Number: 3}} {
		if err := b.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(slices.Collect(b.Chunks())); n != 0 {
		t.Errorf("%d chunks of pages without text, want none", n)
	}
	want := Summary{Pages: 2, Warnings: []string{"page 1 could not be read", NoText}}
	if diff := cmp.Diff(want, b.Summary()); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if err := b.Add(&newSheet(4).lines(50, 100, "text").page); err != nil {
		t.Fatal(err)
	}
	want = Summary{Pages: 3, Segments: 1, Warnings: []string{"page 1 could not be read"}}
	if diff := cmp.Diff(want, b.Summary()); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

func TestSummaryWithoutWarnings(t *testing.T) {
	b, _ := chunksOf(t, 0, section(1))
	got, err := json.Marshal(b.Summary())
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"pages":1,"segments":4,"characters":0,"warnings":[]}`; string(got) != want {
		t.Errorf("summary %s, want %s", got, want)
	}
}

func TestAddRefuses(t *testing.T) {
	b := NewBuilder(Options{})
	if err := b.Add(&Page{Number: 2}); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*Page{"nil": nil, "twice": {Number: 2}, "backwards": {Number: 1}, "zero": {}} {
		if b.Add(p) == nil {
			t.Errorf("%s: the page was taken", name)
		}
	}
}

// A page of 200,000 letters that stand apart must not take minutes.
func TestBuildOfScatteredPage(t *testing.T) {
	n := 40_000
	if testing.Short() {
		n = 4_000
	}
	s := newSheet(1)
	for i := range n {
		// A step that is prime to the page's size visits it evenly.
		x, y := float64(i*7919%599), float64(i*104729%797)
		s.line(x, y, 2, regular, string(rune('a'+i%26)))
	}
	_, chunks := chunksOf(t, 0, s)
	words := 0
	for _, c := range chunks {
		words += c.ChunkLength
	}
	if words != n {
		t.Errorf("%d words came out of %d", words, n)
	}
}
