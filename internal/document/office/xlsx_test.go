package office_test

import (
	"bytes"
	"strconv"
	"testing"
	"time"

	"docket/internal/document"
	"docket/internal/document/office"
	"docket/internal/job"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// workbook makes a file; must stops at the first error of change.
func workbook(t *testing.T, password string, change func(f *excelize.File, must func(error))) []byte {
	t.Helper()
	f := excelize.NewFile()
	change(f, func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	})
	var b bytes.Buffer
	if err := f.Write(&b, excelize.Options{Password: password}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadXLSX(t *testing.T) {
	data := workbook(t, "", func(f *excelize.File, must func(error)) {
		must(f.SetSheetName("Sheet1", "Prices"))
		must(f.SetSheetRow("Prices", "B2", &[]any{"Item", "Price", "On"}))
		must(f.SetSheetRow("Prices", "B3", &[]any{"Bolt", 3.5, time.Date(2024, 1, 15, 0, 0, 0, 0, time.UTC)}))
		style, err := f.NewStyle(&excelize.Style{NumFmt: 10})
		must(err)
		must(f.SetCellValue("Prices", "C4", 0.25))
		must(f.SetCellStyle("Prices", "C4", "C4", style))
		date := "yyyy-mm-dd"
		dates, err := f.NewStyle(&excelize.Style{CustomNumFmt: &date})
		must(err)
		must(f.SetCellStyle("Prices", "D3", "D3", dates))
		must(f.SetSheetRow("Prices", "G2", &[]any{"beside", true}))
		must(f.SetCellValue("Prices", "A9", "alone"))
		_, err = f.NewSheet("Merged")
		must(err)
		must(f.SetSheetRow("Merged", "A1", &[]any{"wide", nil, "tall"}))
		must(f.SetSheetRow("Merged", "A2", &[]any{"1", "2"}))
		must(f.MergeCell("Merged", "A1", "B1"))
		must(f.MergeCell("Merged", "C1", "C2"))
		_, err = f.NewSheet("Titled")
		must(err)
		must(f.SetCellValue("Titled", "A1", "Prices of 2024"))
		must(f.MergeCell("Titled", "A1", "B1"))
		must(f.SetSheetRow("Titled", "A2", &[]any{"Item", "Price"}))
		must(f.SetSheetRow("Titled", "A3", &[]any{"Bolt", 3.5}))
		_, err = f.NewSheet("Secret")
		must(err)
		must(f.SetCellValue("Secret", "A1", "hidden"))
		must(f.SetSheetVisible("Secret", false))
		_, err = f.NewSheet("Empty")
		must(err)
		_, err = f.NewSheet("Chart")
		must(err)
		must(f.AddChart("Chart", "A1", &excelize.Chart{
			Type: excelize.Line, Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: "Over time"}}}, Series: []excelize.ChartSeries{{Name: "Prices!$C$2", Values: "Prices!$C$3:$C$4"}},
		}))
	})
	w := &document.FlowWriter{}
	info, err := office.ReadXLSX(data, document.DefaultLimits(), w)
	if err != nil || info.Format != "xlsx" {
		t.Fatalf("%+v, %v", info, err)
	}
	want := `## Prices
| Item | Price | On |
| --- | --- | --- |
| Bolt | 3.5 | 2024-01-15 |
|  | 25.00% |  |
| beside | TRUE |
| --- | --- |
alone
---
## Merged
<table><thead><tr><th colspan="2">wide</th><th rowspan="2">tall</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>
---
## Titled
Caption: Prices of 2024
| Item | Price |
| --- | --- |
| Bolt | 3.5 |
---
## Empty
---
## Chart
<!-- image -->
Caption: Over time  
Line chart
! hidden sheets were left out: Secret`
	if diff := cmp.Diff(want, show(t, w)); diff != "" {
		t.Error(diff)
	}
}

// A long sheet is one table over several pages.
func TestReadXLSXLong(t *testing.T) {
	const rows = 30_000
	data := workbook(t, "", func(f *excelize.File, must func(error)) {
		s, err := f.NewStreamWriter("Sheet1")
		must(err)
		for i := range rows {
			must(s.SetRow("A"+strconv.Itoa(i+1), []any{"row " + strconv.Itoa(i), i, "some more text"}))
		}
		must(s.Flush())
	})
	w := &document.FlowWriter{}
	if _, err := office.ReadXLSX(data, document.DefaultLimits(), w); err != nil {
		t.Fatal(err)
	}
	n, pages := 0, w.Pages()
	for i, record := range pages {
		f, err := document.DecodeFlow(record)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range f.Blocks {
			n += len(b.Rows)
			if i > 0 && len(b.Rows) > 0 && b.Rows[0].Header {
				n-- // the heading again
			}
		}
	}
	if n != rows || len(pages) < 3 {
		t.Errorf("%d rows on %d pages", n, len(pages))
	}
}

func TestUnlock(t *testing.T) {
	data := workbook(t, "sesame", func(f *excelize.File, must func(error)) { must(f.SetCellValue("Sheet1", "A1", "secret words")) })
	if !document.Detect(data, "").Locked() {
		t.Errorf("taken for %+v", document.Detect(data, ""))
	}
	for _, test := range []struct {
		password string
		given    bool
	}{{"", false}, {"guess", true}} {
		_, err := office.Unlock(data, test.password)
		if f := job.FailureOf(err); f.Code != job.PasswordProtected || f.Facts["password_given"] != test.given {
			t.Errorf("password %q: %v", test.password, err)
		}
	}
	opened, err := office.Unlock(data, "sesame")
	if err != nil || document.Detect(opened, "").Format != "xlsx" {
		t.Fatalf("%+v, %v", document.Detect(opened, ""), err)
	}
	if _, err := office.Unlock([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut off"), "x"); job.CodeOf(err) != job.Unreadable {
		t.Errorf("cut off: %v", err)
	}
}
