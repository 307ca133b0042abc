package document

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// drawBlock makes any block that a reader may write.
func drawBlock(t *rapid.T) Block {
	b := Block{
		Type:  rapid.SampledFrom([]SegmentType{Title, SectionHeader, Text, ListItem, TableSegment, Picture, Footnote}).Draw(t, "type"),
		Level: rapid.IntRange(0, 9).Draw(t, "level"), Label: rapid.SampledFrom([]string{"", "1.", "(a)"}).Draw(t, "label"),
		Code: rapid.Bool().Draw(t, "code"),
	}
	if b.Type != TableSegment {
		b.Text = drawRuns(t)
		return b
	}
	b.Rows = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) FlowRow {
		return FlowRow{Header: rapid.Bool().Draw(t, "header"), Cells: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) FlowCell {
			return FlowCell{Text: drawRuns(t), Columns: rapid.IntRange(0, 3).Draw(t, "columns"), Rows: rapid.IntRange(0, 3).Draw(t, "rows")}
		}), 1, 4).Draw(t, "cells")}
	}), 1, 4).Draw(t, "rows")
	return b
}

func drawRuns(t *rapid.T) []Run {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Run {
		return Run{
			Text: rapid.StringN(1, 20, 40).Draw(t, "text"), Bold: rapid.Bool().Draw(t, "bold"), Math: rapid.Bool().Draw(t, "math"),
			Link: rapid.SampledFrom([]string{"", "https://example.com/(a b)", "javascript:alert(1)"}).Draw(t, "link"),
		}
	}), 1, 3).Draw(t, "runs")
}

func TestFlowRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := &Flow{Number: rapid.IntRange(1, 3000).Draw(t, "number"), Warnings: []string{"w"}}
		want.Blocks = rapid.SliceOfN(rapid.Custom(drawBlock), 1, 5).Draw(t, "blocks")
		record := want.Append(nil)
		got, err := DecodeFlow(record)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Flow{})); diff != "" {
			t.Fatal(diff)
		}
		want.Number = 7
		if got, err := DecodeFlow(Renumber(record, 7)); err != nil || cmp.Diff(want, got, cmpopts.IgnoreUnexported(Flow{})) != "" {
			t.Fatalf("renumbered: %+v, %v", got, err)
		}
		for _, cut := range []int{1, len(record) / 2, len(record) - 1} {
			if _, err := DecodeFlow(record[:cut]); err == nil {
				t.Fatalf("a record cut to %d of %d bytes is read", cut, len(record))
			}
		}
		if IsFlow((&Page{Number: 1}).Append(nil)) {
			t.Fatal("a page is taken for a flow")
		}
	})
}

// Whatever the blocks, their segments lie on their page and have every word.
func TestFlowSegments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := &Flow{Number: 1, Blocks: rapid.SliceOfN(rapid.Custom(drawBlock), 1, 5).Draw(t, "blocks")}
		b := NewBuilder(Options{})
		if err := b.AddRecord(f.Append(nil)); err != nil {
			t.Fatal(err)
		}
		n := 0
		for s := range b.Segments() {
			n++
			box := s.BBox
			if box.Width <= 0 || box.Height <= 0 || box.Left < 0 || box.Top < 0 || box.Left+box.Width > s.PageWidth || box.Top+box.Height > s.PageHeight {
				t.Fatalf("segment %q at %+v on a page of %g by %g", s.Content, box, s.PageWidth, s.PageHeight)
			}
			if strings.Contains(s.HTML, "javascript:") && strings.Contains(s.HTML, "<a ") {
				t.Fatalf("a link that runs: %s", s.HTML)
			}
			if s.SegmentType == TableSegment {
				continue
			}
			var lines []string
			for _, l := range s.OCR {
				lines = append(lines, l.Text)
			}
			if got, want := strings.Fields(strings.Join(lines, " ")), strings.Fields(s.Content); !slices.Equal(got, want) {
				t.Fatalf("lines %q of %q", got, want)
			}
		}
		if n != len(f.Blocks) {
			t.Fatalf("%d segments of %d blocks", n, len(f.Blocks))
		}
	})
}

func TestFlowMarkup(t *testing.T) {
	cell := func(text string, columns, rows int) FlowCell {
		return FlowCell{Text: PlainRun(text), Columns: columns, Rows: rows}
	}
	tests := []struct {
		name                    string
		block                   Block
		content, markdown, html string
	}{
		{"title", Block{Type: Title, Text: PlainRun("Report *1*")}, "Report *1*", `# Report \*1\*`, "<h1>Report *1*</h1>"},
		{"numbered heading", Block{Type: SectionHeader, Level: 3, Label: "1.2", Text: PlainRun("Scope")}, "1.2 Scope", "### 1.2 Scope", "<h3>1.2 Scope</h3>"},
		{"looks", Block{Type: Text, Text: []Run{{Text: "a "}, {Text: "b ", Bold: true}, {Text: "c", Italic: true, Link: "https://x.example/?a=1&b=2"}}},
			"a b c", "a **b** [*c*](https://x.example/?a=1&b=2)", `<p>a <strong>b </strong><a href="https://x.example/?a=1&amp;b=2"><em>c</em></a></p>`},
		{"harmful link", Block{Type: Text, Text: []Run{{Text: "c", Link: "javascript:x()"}}}, "c", "c", "<p>c</p>"},
		{"no list", Block{Type: Text, Text: PlainRun("1. not an item\n- neither")}, "1. not an item\n- neither", "1\\. not an item  \n\\- neither", "<p>1. not an item<br>- neither</p>"},
		{"bullet", Block{Type: ListItem, Level: 1, Text: PlainRun("deep")}, "deep", "    - deep", "<ul><li><ul><li>deep</li></ul></li></ul>"},
		{"number", Block{Type: ListItem, Label: "3)", Text: PlainRun("third")}, "3) third", "3. third", `<ol start="3"><li>third</li></ol>`},
		{"letter", Block{Type: ListItem, Label: "(a)", Text: PlainRun("first")}, "(a) first", "- (a) first", "<ul><li>(a) first</li></ul>"},
		{"code", Block{Type: Text, Code: true, Text: PlainRun("if a < b {\n  ```\n}")}, "if a < b {\n  ```\n}", "````\nif a < b {\n  ```\n}\n````", "<pre><code>if a &lt; b {\n  ```\n}</code></pre>"},
		{"picture", Block{Type: Picture, Text: PlainRun("a duck")}, "a duck", "![a duck]()", "<figure>a duck</figure>"},
		{"formula", Block{Type: Formula, Text: []Run{{Text: "a_{1}", Math: true}}}, "a_{1}", "$$a_{1}$$", `<p>\(a_{1}\)</p>`},
		{"table", Block{Type: TableSegment, Rows: []FlowRow{{Header: true, Cells: []FlowCell{cell("a|b", 1, 1), cell("c", 0, 0)}}, {Cells: []FlowCell{cell("1", 1, 1)}}}},
			"a|b\tc\n1", "| a\\|b | c |\n| --- | --- |\n| 1 |  |", "<table><thead><tr><th>a|b</th><th>c</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"},
		{"spans", Block{Type: TableSegment, Rows: []FlowRow{{Cells: []FlowCell{cell("a", 2, 1), cell("b", 1, 2)}}, {Cells: []FlowCell{cell("c", 1, 1), cell("d", 1, 1)}}}},
			"a\ta\tb\nc\td\tb", `<table><tbody><tr><td colspan="2">a</td><td rowspan="2">b</td></tr><tr><td>c</td><td>d</td></tr></tbody></table>`,
			`<table><tbody><tr><td colspan="2">a</td><td rowspan="2">b</td></tr><tr><td>c</td><td>d</td></tr></tbody></table>`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := []string{tt.block.content(), tt.block.markdown(), tt.block.html()}
			if diff := cmp.Diff([]string{tt.content, tt.markdown, tt.html}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Cells of one row stand on one height, those of one column below each other.
func TestFlowPage(t *testing.T) {
	row := func(texts ...string) FlowRow {
		var r FlowRow
		for _, s := range texts {
			r.Cells = append(r.Cells, FlowCell{Text: PlainRun(s)})
		}
		return r
	}
	p := (&Flow{Number: 4, Blocks: []Block{{Type: TableSegment, Rows: []FlowRow{row("Item", "Price"), row("Bolt", "3.50"), row("Nut", "1.20")}}}}).Page()
	at := map[string]Word{}
	for _, w := range p.Words {
		at[w.Text] = w
	}
	if p.Number != 4 || at["Price"].Baseline != at["Item"].Baseline || at["3.50"].Box.Left != at["Price"].Box.Left || at["1.20"].Baseline <= at["3.50"].Baseline {
		t.Errorf("words %+v", p.Words)
	}
	if gap := at["Price"].Box.Left - at["Item"].Box.Right; gap < flowSize {
		t.Errorf("columns are %g points apart", gap)
	}
}

// A page that is nothing but a picture is a segment at the picture's place.
func TestPicturePage(t *testing.T) {
	b := NewBuilder(Options{})
	pages := []*Page{
		{Number: 1, Width: 100, Height: 200, Images: []Image{{Box: Box{Right: 10, Bottom: 10}}, {Box: Box{Left: 5, Top: 10, Right: 95, Bottom: 190}}}},
		{Number: 2, Width: 100, Height: 200, Images: []Image{{Box: Box{Right: 10, Bottom: 10}}}},
	}
	for _, p := range pages {
		if err := b.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	got := slices.Collect(b.Segments())
	if len(got) != 1 || got[0].SegmentType != Picture || got[0].PageWidth != 200 || got[0].PageHeight != 400 || got[0].BBox != (Rectangle{Left: 10, Top: 20, Width: 180, Height: 360}) {
		t.Errorf("segments %+v", got)
	}
	if diff := cmp.Diff([]string{NoText}, b.Summary().Warnings); diff != "" {
		t.Error(diff)
	}
}

func TestFlowWriter(t *testing.T) {
	w := &FlowWriter{}
	w.Block(Block{Type: Title, Text: PlainRun("Prices")})
	w.Block(Block{Type: Text, Text: PlainRun(" \n")})
	w.BeginTable()
	w.Row(FlowRow{Header: true, Cells: []FlowCell{{Text: PlainRun("Item")}}})
	const rows = 20_000
	for i := range rows {
		w.Row(FlowRow{Cells: []FlowCell{{Text: PlainRun(fmt.Sprintf("item number %d of a long list", i))}}})
	}
	w.Break()
	w.Block(Block{Type: Text, Text: PlainRun("End.")})
	w.Warn("once")
	w.Warn("once")
	pages := w.Pages()
	if len(pages) < 3 {
		t.Fatalf("%d pages", len(pages))
	}
	counted := 0
	for i, record := range pages {
		f, err := DecodeFlow(record)
		if err != nil || f.Number != i+1 {
			t.Fatalf("page %d: number %d, %v", i+1, f.Number, err)
		}
		if len(record) > 2*maxFlowBytes {
			t.Errorf("page %d has %d bytes", i+1, len(record))
		}
		for _, b := range f.Blocks {
			if b.Type == TableSegment {
				if !b.Rows[0].Header {
					t.Errorf("the table on page %d has no heading", i+1)
				}
				counted += len(b.Rows) - 1
			}
		}
		if last := i == len(pages)-1; last && cmp.Diff([]string{"once"}, f.Warnings) != "" {
			t.Errorf("warnings %q", f.Warnings)
		}
	}
	if counted != rows {
		t.Errorf("%d rows, want %d", counted, rows)
	}
	if got := len((&FlowWriter{}).Pages()); got != 1 {
		t.Errorf("an empty document has %d pages", got)
	}
}

// Text that is too long for a page is cut and loses nothing.
func TestFlowWriterLongText(t *testing.T) {
	text := strings.Repeat("é", maxFlowBytes*2) + "\n" + strings.Repeat("word ", maxFlowBytes)
	w := &FlowWriter{}
	w.Block(Block{Type: Text, Text: PlainRun(text)})
	var b strings.Builder
	for _, record := range w.Pages() {
		f, err := DecodeFlow(record)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range f.Blocks {
			b.WriteString(PlainText(block.Text))
		}
	}
	if b.String() != text {
		t.Errorf("%d bytes of %d", b.Len(), len(text))
	}
}

func FuzzDecodeFlow(f *testing.F) {
	f.Add((&Flow{Number: 1, Blocks: []Block{{Type: Text, Text: PlainRun("a")}}}).Append(nil))
	f.Add([]byte{flowMark})
	f.Fuzz(func(t *testing.T, b []byte) {
		flow, err := DecodeFlow(b)
		if err != nil {
			return
		}
		if again, err := DecodeFlow(flow.Append(nil)); err != nil || cmp.Diff(flow, again, cmpopts.IgnoreUnexported(Flow{})) != "" {
			t.Errorf("written again it differs: %v", err)
		}
	})
}
