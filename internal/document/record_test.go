package document

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fullPage has something of everything, in numbers that the record keeps.
func fullPage() *Page {
	return &Page{
		Number: 7, Width: 595.25, Height: 842, Unreadable: false,
		Fonts: []Font{{Name: "Helvetica"}, {Name: "Helvetica-BoldOblique", Bold: true, Italic: true}, {Mono: true}},
		Words: []Word{
			{Text: "Grüße", Box: Box{72, 60.5, 101.25, 72.5}, Baseline: 70, Size: 12, Font: 1, Tag: 2},
			{Text: "exam-", Box: Box{-3, 80, 30, 92}, Baseline: 90, Size: 10.5, Font: 0, Hyphen: true, Confidence: 87, Link: 1},
			{Text: "漢字", Box: Box{10, 10, 20, 400}, Baseline: 12, Size: 9, Font: -1, Turn: 3, Hidden: true},
		},
		Rules:    []Rule{{Box{10, 100, 500, 100.5}}, {Box{10, 100, 10.5, 300}}},
		Rects:    []Rect{{Box: Box{0, 0, 50, 50}, Filled: true}, {Box: Box{5, 5, 25, 25}, Stroked: true}},
		Images:   []Image{{Box: Box{0, 0, 595.25, 842}}, {Box: Box{1, 1, 9, 9}, Tag: 1}},
		Drawings: []Drawing{{Box: Box{30, 40, 90, 95}, Paths: 300}},
		Dots:     []Dot{{Box{60, 61, 63.5, 64.5}}, {Box{60, 81, 63.5, 84.5}}},
		Links:    []Link{{Box: Box{-3, 80, 30, 92}, URI: "https://example.org/ü"}, {Box: Box{1, 2, 3, 4}, Page: 12}},
		Fields:   []Field{{Box: Box{5, 5, 50, 15}, Kind: RadioField, Name: "a.b", Label: "Farbe", Value: "rot", Checked: true}, {}},
		Tags:     []Tag{{Role: "Table", Alt: "prices"}, {Role: "TD", Parent: 1, Rows: 2, Columns: 3}},
		Tilt:     -2.5, Warnings: []string{"page 7 has 300000 characters; only 200000 were read"},
	}
}

func TestRecordRoundTrip(t *testing.T) {
	for name, page := range map[string]*Page{
		"empty":      {Number: 1},
		"full":       fullPage(),
		"unreadable": {Number: 3, Unreadable: true, Warnings: []string{"page 3 could not be read"}},
		"sheet":      &newSheet(1).lines(50, 100, "one two", "three").page,
	} {
		t.Run(name, func(t *testing.T) {
			record := page.Append([]byte("before"))
			record, ok := bytes.CutPrefix(record, []byte("before"))
			if !ok {
				t.Fatal("Append did not keep what was in dst")
			}
			got, err := DecodePage(record)
			if err != nil {
				t.Fatal(err)
			}
			near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 0.5/unit })
			if diff := cmp.Diff(page, got, near); diff != "" {
				t.Errorf("page changed (-written +read):\n%s", diff)
			}
			if again := got.Append(nil); !bytes.Equal(again, record) {
				t.Errorf("a record written again differs:\n%x\n%x", record, again)
			}
		})
	}
}

func TestRecordOfStrangeNumbers(t *testing.T) {
	page := &Page{Number: 1, Width: math.NaN(), Height: math.Inf(1), Rules: []Rule{{Box{math.Inf(-1), -1e300, 1e300, 0}}}}
	got, err := DecodePage(page.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if got.Width != 0 || got.Height != reach/unit || got.Rules[0].Box.Left != -reach/unit {
		t.Errorf("got %+v, want 0 and the ends of the range", got)
	}
}

func TestDecodePageRefuses(t *testing.T) {
	good := fullPage().Append(nil)
	badUTF8 := bytes.Replace(good, []byte("Gr\xc3\xbc"), []byte("Gr\xc3\x28"), 1)
	tests := map[string]struct {
		record []byte
		want   string
	}{
		"nothing":       {nil, "empty"},
		"other version": {append([]byte{RecordVersion + 1}, good[1:]...), "version"},
		"longer":        {append(bytes.Clone(good), 0), "too many"},
		"not UTF-8":     {badUTF8, "UTF-8"},
		// A count that no record of this length can hold.
		"no such tag":  {(&Page{Words: []Word{{Text: "x", Font: -1, Tag: 1}}}).Append(nil), "element 1 of 0"},
		"no such link": {(&Page{Words: []Word{{Text: "x", Font: -1, Link: 2}}, Links: make([]Link, 1)}).Append(nil), "link 2 of 1"},
		"huge count":   {append([]byte{RecordVersion, 1, 0, 0, 0}, 0xff, 0xff, 0xff, 0xff, 0x0f), "possible"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := DecodePage(tt.record)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
	for n := range good {
		if _, err := DecodePage(good[:n]); err == nil {
			t.Errorf("a record cut after %d of %d bytes was taken", n, len(good))
		}
	}
}

func FuzzDecodePage(f *testing.F) {
	f.Add([]byte{})
	f.Add((&Page{Number: 1}).Append(nil))
	f.Add(fullPage().Append(nil))
	f.Add(newSheet(2).lines(50, 100, "- one", "two").lines(300, 100, "1. three", "four").page.Append(nil))
	f.Fuzz(func(t *testing.T, record []byte) {
		if len(record) > 0 { // what was found in another version may be of use in this one
			record = append([]byte{RecordVersion}, record[1:]...)
		}
		page, err := DecodePage(record)
		if err != nil {
			return
		}
		again, err := DecodePage(page.Append(nil))
		if err != nil {
			t.Fatalf("a page that was read cannot be read again: %v", err)
		}
		if diff := cmp.Diff(page, again); diff != "" {
			t.Fatalf("page changed (-first +second):\n%s", diff)
		}
		// What can be decoded can be built.
		b := NewBuilder(Options{TargetLength: 3})
		if err := b.Add(page); err != nil {
			return
		}
		for range b.Chunks() {
		}
	})
}
