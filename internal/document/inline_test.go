package document

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// linkedPage has a line of text of which the words that lead somewhere are
// written as [text](address).
func linkedPage(line string) *Page {
	s := newSheet(1)
	left := 50.0
	for _, word := range strings.Fields(line) {
		text, rest, linked := strings.Cut(strings.TrimPrefix(word, "["), "](")
		w := Word{Text: text, Box: Box{left, 100, left + 40, 112}, Baseline: 110, Size: 10, Font: -1}
		if linked {
			s.page.Links = append(s.page.Links, Link{Box: w.Box, URI: strings.TrimSuffix(rest, ")")})
			w.Link = len(s.page.Links)
		}
		s.page.Words = append(s.page.Words, w)
		left += 43
	}
	return &s.page
}

func TestLinksInMarkup(t *testing.T) {
	tests := map[string]struct{ line, markdown, html, link string }{
		"an address":              {"see [here](https://e.org/a_(b)) for more", "see [here](https://e.org/a_%28b%29) for more", `<p>see <a href="https://e.org/a_(b)">here</a> for more</p>`, "https://e.org/a_(b)"},
		"two words":               {"[both](https://e.org) [words](https://e.org) lead", "[both words](https://e.org) lead", `<p><a href="https://e.org">both words</a> lead</p>`, "https://e.org"},
		"written out":             {"see (https://e.org/x?a=1&b=2). Then", `see ([https://e.org/x?a=1&b=2](https://e.org/x?a=1&b=2)). Then`, `<p>see (<a href="https://e.org/x?a=1&amp;b=2">https://e.org/x?a=1&amp;b=2</a>). Then</p>`, "https://e.org/x?a=1&b=2"},
		"without scheme":          {"at www.example.org, now", "at [www.example.org](http://www.example.org), now", `<p>at <a href="http://www.example.org">www.example.org</a>, now</p>`, "http://www.example.org"},
		"item":                    {"- [first](mailto:a@e.org) item", "- [first](mailto:a@e.org) item", `<ul><li><a href="mailto:a@e.org">first</a> item</li></ul>`, "mailto:a@e.org"},
		"numbered item":           {"3. [third](https://e.org) item", "3. [third](https://e.org) item", `<ol start="3"><li><a href="https://e.org">third</a> item</li></ol>`, "https://e.org"},
		"script":                  {"do [not](javascript:alert(1)) run", "do not run", "<p>do not run</p>", ""},
		"script in other letters": {"do [not](JavaScript:alert(1)) run", "do not run", "<p>do not run</p>", ""},
		"file":                    {"do [not](file:///etc/passwd) open", "do not open", "<p>do not open</p>", ""},
		"data":                    {"do [not](data:text/html,x) show", "do not show", "<p>do not show</p>", ""},
		"relative":                {"do [not](../x) know", "do not know", "<p>do not know</p>", ""},
		"quotes":                  {`a [b](https://e.org/"onclick="x) c`, `a [b](https://e.org/"onclick="x) c`, `<p>a <a href="https://e.org/&#34;onclick=&#34;x">b</a> c</p>`, `https://e.org/"onclick="x`},
		"no address":              {"http:// www. https://x and www", "http:// www. https://x and www", "<p>http:// www. https://x and www</p>", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, linked := range []bool{true, false} {
				b := NewBuilder(Options{Links: linked})
				if err := b.Add(linkedPage(tt.line)); err != nil {
					t.Fatal(err)
				}
				for s := range b.Segments() {
					if !linked {
						if strings.Contains(s.Markdown, "](") || strings.Contains(s.HTML, "href") || s.OCR[0].Link != "" {
							t.Errorf("links that nobody asked for: %+v", s)
						}
						continue
					}
					if diff := cmp.Diff([]string{tt.markdown, tt.html, tt.link}, []string{s.Markdown, s.HTML, s.OCR[0].Link}); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
				}
			}
		})
	}
}

func TestDetails(t *testing.T) {
	p := linkedPage("see [here](https://e.org) [there](javascript:x) or www.example.org")
	p.Links = append(p.Links, Link{Box: Box{50, 200, 90, 212}, Page: 7})
	yes := true
	no := false
	p.Fields = []Field{
		{Box: Box{10, 10, 20, 20}, Kind: CheckboxField, Name: "a", Value: "On", Checked: true},
		{Box: Box{10, 30, 20, 40}, Kind: CheckboxField, Name: "b", Value: "On"},
		{Box: Box{10, 50, 20, 60}, Kind: RadioField, Name: "c", Value: "red"},
		{Box: Box{30, 50, 40, 60}, Kind: RadioField, Name: "c", Value: "blue", Checked: true},
		{Box: Box{10, 70, 20, 80}, Kind: TextField, Name: "d", Label: "Name", Value: "Ada"},
	}
	b := NewBuilder(Options{Links: true})
	if err := b.Add(p); err != nil {
		t.Fatal(err)
	}
	box := func(l, t, w, h float64) Rectangle { return Rectangle{l, t, w, h} }
	want := &Details{
		FormFields: []FormField{
			{Name: "a", Type: CheckboxField, Value: "On", Checked: &yes, PageNumber: 1, BBox: box(20, 20, 20, 20)},
			{Name: "b", Type: CheckboxField, Checked: &no, PageNumber: 1, BBox: box(20, 60, 20, 20)},
			{Name: "c", Type: RadioField, Value: "blue", PageNumber: 1, BBox: box(60, 100, 20, 20)},
			{Name: "d", Label: "Name", Type: TextField, Value: "Ada", PageNumber: 1, BBox: box(20, 140, 20, 20)},
		},
		Links: []Hyperlink{
			{Text: "here", URL: "https://e.org", PageNumber: 1, BBox: box(186, 200, 80, 24)},
			{Text: "www.example.org", URL: "http://www.example.org", PageNumber: 1, BBox: box(444, 200, 80, 24)},
			{TargetPage: 7, PageNumber: 1, BBox: box(100, 400, 80, 24)},
		},
	}
	if diff := cmp.Diff(want, b.Summary().Details); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
}

// What does not fit into one message is left out, with a word of warning.
func TestDetailsAreBounded(t *testing.T) {
	b := NewBuilder(Options{})
	p := &Page{Number: 1, Width: 100, Height: 100}
	for range 5000 {
		p.Fields = append(p.Fields, Field{Kind: TextField, Name: "x", Value: strings.Repeat("v", 1000)})
	}
	if err := b.Add(p); err != nil {
		t.Fatal(err)
	}
	s := b.Summary()
	if n := len(s.Details.FormFields); n == 0 || n > maxDetails/2000 || !strings.Contains(strings.Join(s.Warnings, " "), DetailsCut) {
		t.Errorf("%d fields, warnings %q", n, s.Warnings)
	}
}

func TestConfidence(t *testing.T) {
	s := newSheet(1).lines(100, 100, "one two three", "four five six")
	for i := range s.page.Words {
		s.page.Words[i].Confidence = 80 + 10*(i/3) // the first line 80, the second 90
	}
	b := NewBuilder(Options{})
	if err := b.Add(&s.page); err != nil {
		t.Fatal(err)
	}
	n := 0
	for s := range b.Segments() {
		n++
		if s.Confidence == nil || *s.Confidence < 0.84 || *s.Confidence > 0.86 || *s.OCR[0].Confidence != 0.8 || *s.OCR[1].Confidence != 0.9 {
			t.Errorf("confidence %v of the segment, %v and %v of its lines", s.Confidence, s.OCR[0].Confidence, s.OCR[1].Confidence)
		}
	}
	if n != 1 {
		t.Errorf("%d segments", n)
	}
}

func TestDrawnPicture(t *testing.T) {
	chart := Drawing{Box: Box{100, 300, 300, 450}, Paths: 40}
	tests := map[string]struct {
		change func(*sheet)
		want   int
	}{
		"chart with labels": {func(s *sheet) { s.put(0, 110, 18, "10"); s.put(0, 110, 22, "20"); s.put(0, 200, 26, "Year") }, 1},
		"few paths":         {func(s *sheet) { s.page.Drawings[0].Paths = 2 }, 0},
		"small":             {func(s *sheet) { s.page.Drawings[0].Box.Bottom = 320 }, 0},
		"the whole page":    {func(s *sheet) { s.page.Drawings[0].Box = Box{0, 0, s.page.Width, s.page.Height} }, 0},
		"behind a text": {func(s *sheet) {
			for line := range 8 {
				s.put(0, 110, float64(18+line), "some text that goes on for long")
			}
		}, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSheet(1).lines(50, 60, "The text above the chart goes on over a line.")
			s.page.Drawings = []Drawing{chart}
			tt.change(s)
			n := 0
			for _, m := range marked(t, &s.page) {
				if strings.HasPrefix(m, "Picture:") {
					n++
				} else if tt.want > 0 && strings.Contains(m, "Year") {
					t.Errorf("a label is %q", m)
				}
			}
			if n != tt.want {
				t.Errorf("%d pictures, want %d: %q", n, tt.want, marked(t, &s.page))
			}
		})
	}
}
