package samples_test

import (
	"archive/zip"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"docket/internal/testkit"
)

// contract H131
func TestPipeline(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	archive, table := filepath.Join(folder, "documents.zip"), filepath.Join(folder, "table.csv")
	pack(t, archive, map[string]string{
		"1.pdf":       string(testkit.PDF("INVOICE\n\nInvoice number: INV-17\n\nTotal amount: 1,234.50 EUR\n\nPlease pay within 30 days.")),
		"2.pdf":       string(testkit.PDF("Dear Madam,\n\nthank you for your kind letter.\n\nYours sincerely,\nJohn Smith")),
		"broken.pdf":  "%PDF-1.7\nthis is not what it says",
		"../evil.pdf": "x",
	})
	start(t, "pipeline.py", archive, table).succeeds(`imported 3 documents, 1 refused
  \.\./evil\.pdf: its path climbs out of the archive
4 jobs completed, 2 failed
exported 4 results of 6 jobs
`)
	f, err := os.Open(table)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err := errors.Join(err, f.Close()); err != nil || len(rows) != 7 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	found := map[string]int{}
	for _, row := range rows[1:] {
		for n, name := range rows[0] {
			if row[n] != "" {
				found[name+"="+row[n]]++
			}
		}
	}
	for want, n := range map[string]int{
		"result.classification=invoice": 1, "result.classification=letter": 1, "result.invoice_number=INV-17": 1, "result.total_amount=1234.50": 1,
		"error_type=input_failed": 2, "operation=classify": 3, "operation=extract": 3,
	} {
		if found[want] != n {
			t.Errorf("%d rows have %s, want %d: %q", found[want], want, n, rows)
		}
	}
}

// pack makes an archive of files, by their names.
func pack(t *testing.T, path string, files map[string]string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	for name, content := range files {
		one, err := w.Create(name)
		if err == nil {
			_, err = one.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}
