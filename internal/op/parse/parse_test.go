package parse

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-pdf/fpdf"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/op/optest"
)

func TestMain(m *testing.M) { optest.Main(m) }

func TestCheck(t *testing.T) {
	tests := map[string]struct{ parameters, want string }{
		"nothing":             {``, `{}`},
		"empty":               {`{}`, `{}`},
		"password":            {`{"password":"x","merge_tables":true}`, `{"password":"x","merge_tables":true}`},
		"pages":               {`{"page_range":"8, 1-3,2-5"}`, `{"page_range":"1-5,8"}`},
		"pages in a list":     {`{"page_range":[1,3,5]}`, `{"page_range":"1,3,5"}`},
		"pages in brackets":   {`{"page_range":"[1,3,5]"}`, `{"page_range":"1,3,5"}`},
		"one page":            {`{"page_range":2}`, `{"page_range":"2"}`},
		"types":               {`{"keep_segment_types":"table, Section-Header,figure"}`, `{"keep_segment_types":["Table","SectionHeader","Picture"]}`},
		"all types":           {`{"segment_filter":"Table,all"}`, `{}`},
		"fields as text":      {`{"output_fields":"{\"html\":false}"}`, `{"output_fields":{"html":false}}`},
		"chunks":              {`{"strategy":"Heading","chunk_size":100,"overlap":9}`, `{"strategy":"heading","target_length":100,"overlap":9}`},
		"chunk processing":    {`{"chunk_processing":"{\"target_length\":77,\"ignore_headers_and_footers\":true,\"tokenizer\":{\"Enum\":\"Word\"}}"}`, `{"target_length":77,"ignore_headers_and_footers":true}`},
		"naming":              {`{"segment_type_naming":"Other"}`, `{"other_names":true}`},
		"nulls":               {`{"page_range":null,"output_fields":null,"keep_segment_types":null,"chunk_processing":null}`, `{}`},
		"target and its name": {`{"target_length":5,"chunk_size":6}`, `{"target_length":5}`},
	}
	for name, tt := range tests {
		got, err := New(nil).Check(json.RawMessage(tt.parameters))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %s, %v", name, got, err)
			continue
		}
		if again, err := New(nil).Check(got); err != nil || string(again) != string(got) {
			t.Errorf("%s: checked again: %s, %v", name, again, err)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	for field, all := range map[string][]string{
		"parameters":          {`{"colour":1}`, `[]`, `{"password":1}`, `{"overlap":"x"}`},
		"page_range":          {`{"page_range":"0"}`, `{"page_range":"3-1"}`, `{"page_range":"a"}`, `{"page_range":"-2"}`, `{"page_range":{}}`, `{"page_range":"99999999"}`, `{"page_range":true}`},
		"strategy":            {`{"strategy":"zchunk"}`},
		"target_length":       {`{"target_length":0}`, `{"chunk_size":-1}`, `{"target_length":100001}`, `{"chunk_processing":{"target_length":0}}`},
		"overlap":             {`{"overlap":-1}`, `{"overlap":512}`, `{"target_length":9,"overlap":9}`},
		"keep_segment_types":  {`{"keep_segment_types":"Tables"}`, `{"segment_filter":["Foo"]}`},
		"output_fields":       {`{"output_fields":"x"}`, `{"output_fields":{"words":false}}`, `{"output_fields":[]}`},
		"chunk_processing":    {`{"chunk_processing":"x"}`, `{"chunk_processing":{"target_length":"x"}}`},
		"segment_type_naming": {`{"segment_type_naming":"Mine"}`},
	} {
		for _, parameters := range all {
			got, err := New(nil).Check(json.RawMessage(parameters))
			if err == nil || job.CodeOf(err) != job.InvalidRequest || !strings.Contains(fmt.Sprint(err), "field="+field) {
				t.Errorf("%s: %s, %v", parameters, got, err)
			}
		}
	}
}

// ledger is a document of n pages with a heading, a text and a ruled table.
func ledger(t *testing.T, n int) []byte {
	t.Helper()
	doc := fpdf.New("P", "pt", "A4", "")
	for p := 1; p <= n; p++ {
		doc.AddPage()
		doc.SetFont("Helvetica", "B", 16)
		doc.Text(72, 100, fmt.Sprintf("Part %d", p))
		doc.SetFont("Helvetica", "", 11)
		doc.Text(72, 130, fmt.Sprintf("The text of page %d stands above a table of some fruit that was sold.", p))
		for r, row := range [][]string{{"Fruit", "Tons", "Price"}, {"=Apples", fmt.Sprint(p), "007"}, {"Pears", "-2.5", "1,234"}} {
			for c, text := range row {
				doc.SetXY(72+100*float64(c), 160+20*float64(r))
				doc.CellFormat(100, 20, text, "1", 0, "L", false, 0, "")
			}
		}
	}
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parsed runs the operation and renders its result.
func parsed(t *testing.T, o *Operation, data []byte, parameters string, formats ...job.Format) []string {
	t.Helper()
	checked, err := o.Check(json.RawMessage(parameters))
	if err != nil {
		t.Fatal(err)
	}
	w := optest.New(t, data, checked)
	result, err := o.Run(optest.Context(t), w.Task)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range formats {
		out, err := w.Render(o, result, "/jobs", f)
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		all = append(all, out)
	}
	return all
}

func TestFormats(t *testing.T) {
	o := New(optest.Pool(t))
	out := parsed(t, o, ledger(t, 2), `{}`, job.FormatMarkdown, job.FormatHTML, job.FormatText, job.FormatCSV, job.FormatXLSX)
	for _, want := range []string{"# Part 1\n", "The text of page 2", "| Fruit | Tons | Price |\n| --- | --- | --- |\n| =Apples | 2 | 007 |"} {
		if !strings.Contains(out[0], want) {
			t.Errorf("markdown without %q:\n%s", want, out[0])
		}
	}
	if !strings.Contains(out[1], "<tr><th>Fruit</th><th>Tons</th><th>Price</th></tr>") {
		t.Errorf("html:\n%s", out[1])
	}
	if !strings.Contains(out[2], "Fruit\tTons\tPrice\n=Apples\t1\t007\n") {
		t.Errorf("text:\n%s", out[2])
	}
	if want := "Fruit,Tons,Price\n'=Apples,1,007\nPears,-2.5,\"1,234\"\n\nFruit,Tons,Price\n'=Apples,2,007\nPears,-2.5,\"1,234\"\n"; out[3] != want {
		t.Errorf("csv:\n%s", out[3])
	}
	book, err := excelize.OpenReader(strings.NewReader(out[4]))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }() // it was only read
	rows, err := book.GetRows("Table 2 (page 2)")
	if diff := cmp.Diff([][]string{{"Fruit", "Tons", "Price"}, {"=Apples", "2", "007"}, {"Pears", "-2.5", "1,234"}}, rows); err != nil || diff != "" {
		t.Errorf("xlsx (-want +got):\n%s %v", diff, err)
	}
	if kind, err := book.GetCellType("Table 2 (page 2)", "A2"); err != nil || kind == excelize.CellTypeFormula {
		t.Errorf("a text that looks like a formula is one: %v %v", kind, err)
	}
}

func TestPageRange(t *testing.T) {
	o := New(optest.Pool(t))
	data := ledger(t, 5)
	for pages, want := range map[string][]int{"2": {2}, "1,4-9": {1, 4, 5}, "": {1, 2, 3, 4, 5}} {
		var chunks []document.Chunk
		out := parsed(t, o, data, fmt.Sprintf(`{"page_range":%q,"strategy":"page"}`, pages), job.FormatChunks)
		if err := json.Unmarshal([]byte(out[0]), &chunks); err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, c := range chunks {
			got = append(got, c.Segments[0].PageNumber)
			if c.Headings != nil {
				t.Errorf("a chunk of /parse has a key that its clients do not know")
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages %q: got %v, want %v", pages, got, want)
		}
	}
	checked, err := o.Check(json.RawMessage(`{"page_range":"6-7"}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Run(optest.Context(t), optest.New(t, data, checked).Task)
	if job.CodeOf(err) != job.Unreadable || !strings.Contains(fmt.Sprint(err), "page_range 6-7 names none of its 5 pages") {
		t.Errorf("pages that are not there: %v", err)
	}
}

func TestFiltersOfTheResult(t *testing.T) {
	o := New(optest.Pool(t))
	out := parsed(t, o, ledger(t, 1), `{"keep_segment_types":"Table","output_fields":{"html":false,"bbox":false,"ocr":false,"embed":false},"segment_type_naming":"Other"}`, job.FormatChunks, job.FormatCSV)
	var chunks []namedChunk
	if err := json.Unmarshal([]byte(out[0]), &chunks); err != nil {
		t.Fatal(err)
	}
	if len(chunks) != 1 || len(chunks[0].Segments) != 1 {
		t.Fatalf("got %s", out[0])
	}
	c := chunks[0]
	s := c.Segments[0]
	if c.Embed != "" || s.HTML != "" || s.Markdown == "" || s.BBox != (document.Rectangle{}) || s.Display != "Table" || s.OCR == nil {
		t.Errorf("got %s", out[0])
	}
	if !strings.HasPrefix(out[1], "Fruit,Tons,Price\n") {
		t.Errorf("the tables hang on what is sent of segments: %q", out[1])
	}
	out = parsed(t, o, ledger(t, 1), `{"segment_type_naming":"Other"}`, job.FormatChunks)
	if !strings.Contains(out[0], `"segment_type_display":"Text"`) {
		t.Errorf("got %s", out[0])
	}
}

func TestReadTable(t *testing.T) {
	g, err := readTable(`<table><thead><tr><th rowspan="2">a</th><th colspan="2">b</th></tr><tr><th>c</th><th>d<br>e</th></tr></thead><tbody><tr><td>1</td><td colspan="x">2</td><td></td></tr></tbody></table>`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"a", "b", ""}, {"", "c", "d\ne"}, {"1", "2", ""}}, g.rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]op.Span{{Row: 0, Column: 0, LastRow: 1, LastColumn: 0}, {Row: 0, Column: 1, LastRow: 0, LastColumn: 2}}, g.spans); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
}

func TestSpansInWorkbook(t *testing.T) {
	chunks := func(yield func(document.Chunk) bool) {
		yield(document.Chunk{Segments: []document.Segment{{SegmentType: document.TableSegment, PageNumber: 3, HTML: `<table><tr><td colspan="2" rowspan="9">wide</td></tr><tr><td>x</td></tr></table>`}}})
	}
	var b bytes.Buffer
	if err := writeXLSX(&b, op.Rendering{}, chunks); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }() // it was only read
	merged, err := book.GetMergeCells("Table 1 (page 3)")
	if err != nil || len(merged) != 1 || merged[0].GetEndAxis() != "B2" {
		t.Errorf("merged %v, %v", merged, err)
	}
	b.Reset()
	if err := writeXLSX(&b, op.Rendering{}, func(func(document.Chunk) bool) {}); err != nil {
		t.Fatalf("no tables: %v", err)
	}
}
