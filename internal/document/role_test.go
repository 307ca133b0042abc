package document

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const bodyText = "The body of the text is set in ten points and runs on"

func (s *sheet) image(b Box) *sheet {
	s.page.Images = append(s.page.Images, Image{Box: b})
	return s
}

func TestRoles(t *testing.T) {
	tests := map[string]struct {
		sheet *sheet
		want  []typed
	}{
		"a caption below a picture": {
			newSheet(1).lines(50, 130, bodyText, bodyText).image(Box{50, 180, 300, 300}).lines(50, 320, "Figure 3: A house by the sea").lines(50, 350, bodyText),
			[]typed{{Text, bodyText + " " + bodyText}, {Picture, ""}, {Caption, "Figure 3: A house by the sea"}, {Text, bodyText}},
		},
		"a sentence about a table": {
			newSheet(1).lines(50, 130, bodyText+".").lines(50, 170, "Table 3-2 lists the names and is no caption."),
			[]typed{{Text, bodyText + "."}, {Text, "Table 3-2 lists the names and is no caption."}},
		},
		"footnotes": {
			newSheet(1).lines(50, 130, bodyText, bodyText, bodyText).line(50, 600, 8, regular, "1 Examples are not in the scope").line(50, 620, 8, regular, "* of the text, and end here"),
			[]typed{{Text, bodyText + " " + bodyText + " " + bodyText}, {Footnote, "1 Examples are not in the scope"}, {Footnote, "* of the text, and end here"}},
		},
		"capitals above text": {
			newSheet(1).lines(50, 130, bodyText, bodyText).lines(50, 180, "SCOPE AND AIM").lines(50, 210, bodyText, bodyText),
			[]typed{{Text, bodyText + " " + bodyText}, {SectionHeader, "SCOPE AND AIM"}, {Text, bodyText + " " + bodyText}},
		},
		"a formula": {
			newSheet(1).lines(50, 130, bodyText, bodyText).lines(150, 180, "a2 + 8 = 12 (1)").lines(50, 210, bodyText),
			[]typed{{Text, bodyText + " " + bodyText}, {Formula, "a2 + 8 = 12 (1)"}, {Text, bodyText}},
		},
		"a picture behind text is none": {
			newSheet(1).image(Box{40, 110, 330, 150}).lines(50, 130, bodyText, bodyText),
			[]typed{{Text, bodyText + " " + bodyText}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, typesOf(build(tt.sheet))); diff != "" {
				t.Errorf("segments (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLevels(t *testing.T) {
	s := newSheet(1).line(50, 130, 24, regular, "Annual report").
		line(50, 170, 16, regular, "1 Overview").lines(50, 200, bodyText).
		line(50, 230, 12, regular, "1.1 The year").lines(50, 250, bodyText).
		line(50, 280, 12, regular, "Outlook").lines(50, 300, bodyText)
	var got []string
	for _, s := range build(s) {
		if s.SegmentType != Text {
			got = append(got, s.Markdown, s.HTML)
		}
	}
	want := []string{
		"# Annual report", "<h1>Annual report</h1>", "## 1 Overview", "<h2>1 Overview</h2>",
		"### 1.1 The year", "<h3>1.1 The year</h3>", "### Outlook", "<h3>Outlook</h3>",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headings (-want +got):\n%s", diff)
	}
}

func TestNestedLists(t *testing.T) {
	s := newSheet(1).lines(50, 130, bodyText+":").lines(60, 150, "• one").lines(75, 162, "• one of one", "• two of one").lines(60, 186, "• two").
		lines(50, 220, bodyText+":").lines(60, 240, "1. first")
	var got []string
	for _, s := range build(s) {
		if s.SegmentType == ListItem {
			got = append(got, s.Markdown)
		}
	}
	if diff := cmp.Diff([]string{"- one", "   - one of one", "   - two of one", "- two", "1. first"}, got); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
}

func TestCode(t *testing.T) {
	s := newSheet(1)
	s.page.Fonts = append(s.page.Fonts, Font{Name: "Courier", Mono: true})
	s.lines(50, 130, bodyText, bodyText, bodyText).line(50, 190, 10, 2, "if x {").line(70, 202, 10, 2, "return *x").line(50, 214, 10, 2, "}")
	for i := range s.page.Words[:33] { // letters of a book differ in width
		s.page.Words[i].Box.Right -= float64(i % 3)
	}
	got := build(s)[1]
	if want := "if x {\n    return *x\n}"; got.Content != want || got.Markdown != "```\n"+want+"\n```" || got.HTML != "<pre><code>"+want+"</code></pre>" {
		t.Errorf("code:\n%s\n%s\n%s", got.Content, got.Markdown, got.HTML)
	}
}

func TestRunningLines(t *testing.T) {
	page := func(n int) *sheet {
		return newSheet(n).lines(50, 40, "A report on things").line(500, 40, 10, regular, fmt.Sprint(n)).
			lines(50, 150, fmt.Sprintf("The text of page %d is unlike that of others", n*n), bodyText).
			lines(280, 770, fmt.Sprintf("Page %d of 3", n))
	}
	sheets := []*sheet{page(1), page(2), page(3)}
	var text []string
	kinds := map[SegmentType]int{}
	for _, s := range build(sheets...) {
		kinds[s.SegmentType]++
		if s.SegmentType == Text {
			text = append(text, s.Content)
		}
	}
	if diff := cmp.Diff(map[SegmentType]int{PageHeader: 3, PageFooter: 3, Text: 6}, kinds); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
	b, chunks := chunksOf(t, 0, sheets...)
	var out strings.Builder
	if err := WriteMarkdown(&out, b.Chunks()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Join(text, "\n\n")+"\n", out.String()); diff != "" {
		t.Errorf("markdown (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(strings.Join(text, "\n"), chunks[0].Embed); diff != "" {
		t.Errorf("embed (-want +got):\n%s", diff)
	}
}

// Headings that only differ by their number are no running headers, and
// neither is what stands on two pages of many.
func TestNoRunningLines(t *testing.T) {
	var sheets []*sheet
	for n := 1; n <= 7; n++ {
		s := newSheet(n).line(50, 60, 16, regular, fmt.Sprintf("Chapter %d", n)).lines(50, 150, bodyText, bodyText)
		if n < 3 {
			s.lines(50, 700, "In both of the first")
		}
		sheets = append(sheets, s)
	}
	for _, s := range build(sheets...) {
		if s.SegmentType == PageHeader || s.SegmentType == PageFooter {
			t.Errorf("page %d: %s %q", s.PageNumber, s.SegmentType, s.Content)
		}
	}
}

// A page keeps what it has when it has nothing else.
func TestLonelyLines(t *testing.T) {
	line := func(n int, text string) *sheet { return newSheet(n).lines(50, 40, text) }
	for name, tt := range map[string]struct {
		sheets []*sheet
		want   []typed
	}{
		"page numbers alone":  {[]*sheet{line(1, "Page 1"), line(2, "Page 2")}, []typed{{Text, "Page 1"}, {Text, "Page 2"}}},
		"the same everywhere": {[]*sheet{line(1, "Hello."), line(2, "Hello."), line(3, "Bye.")}, []typed{{Text, "Hello."}, {Text, "Hello."}, {Text, "Bye."}}},
		"an empty page":       {[]*sheet{line(1, "1").lines(50, 300, bodyText), line(2, "2")}, []typed{{PageHeader, "1"}, {Text, bodyText}, {PageHeader, "2"}}},
	} {
		if diff := cmp.Diff(tt.want, typesOf(build(tt.sheets...))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestIsPageNumber(t *testing.T) {
	for text, want := range map[string]bool{
		"7": true, "- 41 -": true, "Page 3": true, "3 of 17": true, "Seite 3 von 7": true, "xiv": true, "3/17": true, "[12]": true,
		"": false, "12345": false, "Total 7": false, "a": false, "7.5 cm": false, "2024-01-02-03": false,
	} {
		if got := isPageNumber(text); got != want {
			t.Errorf("isPageNumber(%q) = %v", text, got)
		}
	}
}

// A number or a label, a gap, and text that hangs below itself are one.
func TestHangingLabels(t *testing.T) {
	s := newSheet(1).lines(50, 130, bodyText, bodyText, bodyText).
		line(50, 200, 14, bold, "5.4.").line(100, 200, 14, bold, "Continuing training at the").line(100, 217, 14, bold, "initiative of enterprises").
		lines(50, 250, bodyText, bodyText).
		lines(50, 300, "Table 8:").lines(120, 300, "Number of persons in training from 2001", "to 2005 by the end of January").
		lines(50, 340, bodyText, bodyText)
	want := []typed{
		{Text, bodyText + " " + bodyText + " " + bodyText}, {SectionHeader, "5.4. Continuing training at the initiative of enterprises"},
		{Text, bodyText + " " + bodyText}, {Caption, "Table 8: Number of persons in training from 2001 to 2005 by the end of January"}, {Text, bodyText + " " + bodyText},
	}
	if diff := cmp.Diff(want, typesOf(build(s))); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
}
