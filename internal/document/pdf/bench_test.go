package pdf_test

import (
	"testing"

	"docket/internal/testkit"
)

// BenchmarkReadPage reads pages of about 360 words and writes their records.
func BenchmarkReadPage(b *testing.B) {
	const pages = 50
	d := open(b, newEngine(b), testkit.LongPDF(pages))
	var record []byte
	n := 0
	for b.Loop() {
		p, err := d.ReadPage(n%pages + 1)
		if err != nil {
			b.Fatal(err)
		}
		record = p.Append(record[:0])
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "pages/s")
}
