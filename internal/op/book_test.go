package op

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func TestValues(t *testing.T) {
	for text, want := range map[string]any{"1": 1.0, "-2.5": -2.5, "0.5": 0.5, "0": 0.0, "007": "007", "1,234": "1,234", "1.2.3": "1.2.3", "": "", "-": "-", "5.": "5.", "1234567890123456": "1234567890123456", "a": "a"} {
		if got := cellValue(text); got != want {
			t.Errorf("cellValue(%q) = %v", text, got)
		}
	}
	for text, want := range map[string]string{"=1+1": "'=1+1", "-5": "-5", "+4.5 %": "+4.5 %", "-A1": "'-A1", "@x": "'@x", "a=b": "a=b", "": ""} {
		if got := Harmless(text); got != want {
			t.Errorf("Harmless(%q) = %q", text, got)
		}
	}
}

// Sheets of several documents are named after them, in names that a workbook
// can have, each once.
func TestSheetsOfSeveralDocuments(t *testing.T) {
	b := NewBook()
	defer func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, document := range []string{"a.pdf", "A.pdf", "with [signs]: *?/x.pdf", strings.Repeat("ä", 80) + ".pdf", strings.Repeat("ä", 80) + ".docx", "'"} {
		if err := b.For(document).Add("Table 1 (page 1)", [][]string{{document}}, nil); err != nil {
			t.Fatalf("%s: %v", document, err)
		}
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	read, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	names := read.GetSheetList()
	want := []string{"a Table 1 (page 1)", "A Table 1 (page 1) (2)", "x Table 1 (page 1)", strings.Repeat("ä", 14) + " Table 1 (page 1)", strings.Repeat("ä", 10) + " Table 1 (page 1) (2)", "Table 1 (page 1)"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	for _, name := range names {
		if utf8.RuneCountInString(name) > longestSheet {
			t.Errorf("%q is too long", name)
		}
	}
	if text, err := read.GetCellValue(names[1], "A1"); text != "A.pdf" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if err := read.Close(); err != nil {
		t.Error(err)
	}
}
