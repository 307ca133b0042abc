package app_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// The results of several documents are one workbook, and one table each as
// CSV. // contract J8, J16
func TestWorkbookOfSeveralDocuments(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	files := []part{{"file", "north.csv", "Item,Price\nBolt,3.5\n"}, {"file", "broken.docx", "PK\x03\x04 broken"}, {"file", "south.html", invoicePage}, {"file", "south.html", invoicePage}}
	for operation, test := range map[string]struct {
		parameters string
		sheets     []string
		cell, csv  string
	}{
		"parse":    {`{}`, []string{"north Table 1 (page 1)", "south Table 1 (page 1)", "south Table 1 (page 1) (2)"}, "Item", "Item,Price\nBolt,3.5\n"},
		"extract":  {`{"schema":{"type":"object","properties":{"invoice_number":{"type":"string"}}}}`, []string{"north extract", "south extract", "south extract (2)"}, "field", "invoice_number,4711"},
		"classify": {`{"categories":[{"name":"invoice"},{"name":"contract"}]}`, []string{"north classify", "south classify", "south classify (2)"}, "page", "page,classification,confidence\nall,invoice,9"},
	} {
		v := s.wait(s.post("/jobs", append([]part{{name: "operation", content: operation}, {name: "parameters", content: test.parameters}}, files...)...).json(t)["job_id"].(string))
		result := "/jobs/" + v["job_id"].(string) + "/result?format="
		a := s.get(result + "xlsx")
		if a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", operation, a.StatusCode, a.body)
			continue
		}
		book, err := excelize.OpenReader(bytes.NewReader(a.body))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.sheets, book.GetSheetList()); diff != "" {
			t.Errorf("%s: %s", operation, diff)
		}
		if cell, err := book.GetCellValue(book.GetSheetList()[0], "A1"); cell != test.cell || err != nil {
			t.Errorf("%s: first cell %q, %v", operation, cell, err)
		}
		if err := book.Close(); err != nil {
			t.Error(err)
		}
		if a := s.get(result + "csv"); a.StatusCode != http.StatusOK || !strings.Contains(string(a.body), test.csv) {
			t.Errorf("%s as csv: %d %q", operation, a.StatusCode, a.body)
		}
	}
}
