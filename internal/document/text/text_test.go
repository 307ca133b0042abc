package text_test

import (
	"fmt"
	"strings"
	"testing"

	"docket/internal/document"
	"docket/internal/document/text"
	"docket/internal/job"

	"github.com/google/go-cmp/cmp"
)

// show writes blocks as "Type: content", pages apart by "---".
func show(t *testing.T, pages [][]byte) []string {
	t.Helper()
	var all []string
	for i, record := range pages {
		if i > 0 {
			all = append(all, "---")
		}
		f, err := document.DecodeFlow(record)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range f.Blocks {
			line := string(b.Type) + ": "
			if b.Label != "" {
				line += b.Label + " "
			}
			for _, row := range b.Rows {
				line += "|"
				for _, c := range row.Cells {
					line += document.PlainText(c.Text) + "|"
				}
			}
			all = append(all, line+document.PlainText(b.Text))
		}
	}
	return all
}

func TestRead(t *testing.T) {
	tests := []struct {
		name, data string
		want       []string
	}{
		{"empty", "", nil},
		{"blank", " \n\t\n\f\n", nil},
		{"paragraphs", "One\r\nline.\r\n\r\nTwo.\n", []string{"Text: One\nline.", "Text: Two."}},
		{"old line ends", "One.\r\rTwo.", []string{"Text: One.", "Text: Two."}},
		{"wrapped", "This text was broken at the width of a page by\nwhatever wrote it, so that its lines belong one\nto the other.",
			[]string{"Text: This text was broken at the width of a page by whatever wrote it, so that its lines belong one to the other."}},
		{"address", "Jane Doe\n12 Main Street\nSpringfield", []string{"Text: Jane Doe\n12 Main Street\nSpringfield"}},
		{"items", "- apples\n- pears\n  and quinces\n2) plums", []string{"ListItem: apples", "ListItem: pears\nand quinces", "ListItem: 2) plums"}},
		{"no items", "-5 degrees\n1984 was cold", []string{"Text: -5 degrees\n1984 was cold"}},
		{"underlined", "Title\n=====\n\nText.", []string{"SectionHeader: Title", "Text: Text."}},
		{"pages", "One\fTwo\f", []string{"Text: One", "---", "Text: Two"}},
		{"control signs", "a\x00b\x07c", []string{"Text: abc"}},
		{"latin", "Stra\xdfe und Fu\xdfweg f\xfchren \xfcber die M\xfchle", []string{"Text: Straße und Fußweg führen über die Mühle"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := &document.FlowWriter{}
			if info := text.Read([]byte(tt.data), w); info.Format != "txt" {
				t.Errorf("info %+v", info)
			}
			if diff := cmp.Diff(tt.want, show(t, w.Pages())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadCSV(t *testing.T) {
	tests := []struct {
		name, data string
		want       []string
	}{
		{"comma", "a,b\n1,2\n", []string{"TableSegment: |a|b||1|2|"}},
		{"semicolon, commas inside", "a;b\n1,5;2,5\n", []string{"TableSegment: |a|b||1,5|2,5|"}},
		{"mark, semicolons, quotes", "\ufeffName;Größe\nÄ;\"1;2\"\n\"say \"\"hi\"\"\";3\n", []string{"TableSegment: |Name|Größe||Ä|1;2||say \"hi\"|3|"}},
		{"tab", "a\tb\n1, 2\t3\n", []string{"TableSegment: |a|b||1, 2|3|"}},
		{"pipe", "a|b|c\n1|2|3\n", []string{"TableSegment: |a|b|c||1|2|3|"}},
		{"said", "sep=;\na;b,c\n", []string{"TableSegment: |a|b,c|"}},
		{"quoted", "a,b\n\"x, y\",\"two\nlines\"\n\"he said \"\"no\"\"\",4\n", []string{"TableSegment: |a|b||x, y|two\nlines||he said \"no\"|4|"}},
		{"open quote", "a,b\n\"x,1\ny,2\n", []string{"TableSegment: |a|b||x,1\ny,2|"}},
		{"quote inside", "a,b\n5\" pipe,2\n", []string{"TableSegment: |a|b||5\" pipe|2|"}},
		{"uneven", "a,b,c\n1\n1,2,3,4\n", []string{"TableSegment: |a|b|c||1||1|2|3|4|"}},
		{"one column", "a\n1\n", []string{"TableSegment: |a||1|"}},
		{"utf-16", "\xff\xfea\x00,\x00b\x00\n\x00", []string{"TableSegment: |a|b|"}},
		{"empty", "", nil},
		{"blank", "\n\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := &document.FlowWriter{}
			info, err := text.ReadCSV([]byte(tt.data), w)
			if err != nil || info.Format != "csv" {
				t.Fatalf("%+v, %v", info, err)
			}
			var want []string
			for _, s := range tt.want {
				want = append(want, strings.Replace(s, "TableSegment", string(document.TableSegment), 1))
			}
			if diff := cmp.Diff(want, show(t, w.Pages())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadCSVRefusesTooManyColumns(t *testing.T) {
	for _, data := range []string{strings.Repeat(",", 1<<20), "a,b\n" + strings.Repeat("x,", 20_000)} {
		_, err := text.ReadCSV([]byte(data), &document.FlowWriter{})
		if job.CodeOf(err) != job.ResourceLimit {
			t.Errorf("%d bytes: %v", len(data), err)
		}
	}
}

// A long table goes on over pages, and every row is on one of them.
func TestReadCSVLong(t *testing.T) {
	var b strings.Builder
	b.WriteString("number,square\n")
	const rows = 60_000
	for i := range rows {
		fmt.Fprintf(&b, "%d,%d\n", i, i*i)
	}
	w := &document.FlowWriter{}
	if _, err := text.ReadCSV([]byte(b.String()), w); err != nil {
		t.Fatal(err)
	}
	pages, n := w.Pages(), 0
	for _, record := range pages {
		f, err := document.DecodeFlow(record)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range f.Blocks {
			n += len(block.Rows) - 1
		}
	}
	if n != rows || len(pages) < 2 {
		t.Errorf("%d rows on %d pages", n, len(pages))
	}
}
