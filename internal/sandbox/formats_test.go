package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/testkit"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// parsed parses a document and gives its text, a line for each
// segment, pages apart by "---".
func parsed(t *testing.T, p *Pool, data []byte, req ReadRequest) (document.Info, string, []string, error) {
	t.Helper()
	var out bytes.Buffer
	tr, summary, err := parseAll(testContext(t), p, data, ParseRequest{ReadRequest: req}, &out)
	if err != nil {
		return tr.info, "", nil, err
	}
	var lines []string
	page := 1
	for line := range strings.Lines(out.String()) {
		var chunk document.Chunk
		if err := json.Unmarshal([]byte(line), &chunk); err != nil {
			t.Fatal(err)
		}
		for _, s := range chunk.Segments {
			for ; page < s.PageNumber; page++ {
				lines = append(lines, "---")
			}
			lines = append(lines, s.Content)
		}
	}
	return tr.info, strings.Join(lines, "\n"), summary.Warnings, nil
}

func sheet(t *testing.T, password string) []byte {
	t.Helper()
	f := excelize.NewFile()
	if err := f.SetSheetRow("Sheet1", "A1", &[]any{"Item", "Price"}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b, excelize.Options{Password: password}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const mail = `From: a@example.com
To: b@example.com
Subject: Prices
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain

See below.
--x
Content-Type: application/pdf
Content-Disposition: attachment; filename="prices.csv"

a,b
1,2
--x
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="logo.bin"
Content-Transfer-Encoding: base64

AAECAwQFBgcICQ==
--x
Content-Type: application/vnd.openxmlformats-officedocument.wordprocessingml.document
Content-Disposition: attachment; filename="broken.docx"

PK` + "\x03\x04" + ` broken [Content_Types].xml word/document.xml
--x--
`

func TestFormats(t *testing.T) {
	p, _ := startPool(t, 1, "", nil)
	paragraph := `<w:p><w:r><w:t>From Word.</w:t></w:r></w:p>`
	for _, test := range []struct {
		name     string
		data     []byte
		req      ReadRequest
		format   string
		pages    int
		text     string
		warnings []string
	}{
		{"docx", testkit.DOCX(paragraph + `<w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:r><w:t>Next.</w:t></w:r></w:p>`), ReadRequest{}, "docx", 2, "From Word.\n---\nNext.", []string{}},
		{"docx called pdf", testkit.DOCX(paragraph), ReadRequest{Name: "a.pdf"}, "docx", 1, "From Word.", []string{}},
		{"pptx", testkit.PPTX([]string{testkit.Slide("", `<p:sp><p:txBody><a:p><a:r><a:t>Slide.</a:t></a:r></a:p></p:txBody></p:sp>`)}), ReadRequest{}, "pptx", 1, "Slide.", []string{}},
		{"xlsx", sheet(t, ""), ReadRequest{}, "xlsx", 1, "Sheet1\nItem\tPrice", []string{}},
		{"locked xlsx", sheet(t, "sesame"), ReadRequest{Password: "sesame"}, "xlsx", 1, "Sheet1\nItem\tPrice", []string{}},
		{"html", []byte("<html><h1>Page</h1><p>Text.</p></html>"), ReadRequest{}, "html", 1, "Page\nText.", []string{}},
		{"markdown", []byte("# A\n\n* b\n"), ReadRequest{Name: "README.md"}, "md", 1, "A\nb", []string{}},
		{"csv", []byte("a,b\n1,2\n"), ReadRequest{Name: "x.CSV"}, "csv", 1, "a\tb\n1\t2", []string{}},
		{"text", []byte("Only text.\fAnd more."), ReadRequest{}, "txt", 2, "Only text.\n---\nAnd more.", []string{}},
		{"mail and what came with it", []byte(mail), ReadRequest{}, "eml", 2,
			"Prices\nFrom: a@example.com\nTo: b@example.com\nSee below.\nAttachments\nprices.csv (7 bytes)\nlogo.bin (10 bytes)\nbroken.docx (49 bytes)\n---\na\tb\n1\t2",
			[]string{"attachment broken.docx could not be read: Failed to process DOCX: File appears to be corrupted (the archive is damaged or cut off). Open it in a viewer, save or print it to a new PDF, and submit that"}},
		{"picture without a reader", testkit.PNG(testkit.TextImage("Hello")), ReadRequest{}, "png", 1, "", []string{"ocr_unavailable", document.NoText}},
		{"scan without a reader", testkit.ScannedPDF("Hello"), ReadRequest{}, "pdf", 1, "", []string{"ocr_unavailable", document.NoText}},
		{"picture nobody wants read", testkit.PNG(testkit.TextImage("Hello")), ReadRequest{OCR: OCRNever}, "png", 1, "", []string{document.NoText}},
	} {
		info, text, warnings, err := parsed(t, p, test.data, test.req)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if info.Format != test.format || info.Pages != test.pages || info.MIME == "" {
			t.Errorf("%s: info %+v", test.name, info)
		}
		if diff := cmp.Diff(test.text, text); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if diff := cmp.Diff(test.warnings, warnings); diff != "" {
			t.Errorf("%s: warnings %s", test.name, diff)
		}
	}
	t.Run("mail with a PDF", func(t *testing.T) {
		pdf := base64.StdEncoding.EncodeToString(testkit.PDF("First page.", "Second page."))
		data := "From: a@example.com\nTo: b@example.com\nSubject: PDF\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nHello.\n" +
			"--x\nContent-Type: text/csv\nContent-Disposition: attachment; filename=\"a.csv\"\n\na,b\n" +
			"--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=\"a.txt\"\nContent-Transfer-Encoding: base64\n\n" + pdf + "\n" +
			"--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=\"b.txt\"\n\nLast.\n--x--\n"
		info, text, _, err := parsed(t, p, []byte(data), ReadRequest{})
		_, text, _ = strings.Cut(text, "---\n")
		if want := "a\tb\n---\nFirst page.\n---\nSecond page.\n---\nLast."; err != nil || info.Pages != 5 || text != want {
			t.Errorf("%+v, %v: %q", info, err, text)
		}
	})
	t.Run("refused", func(t *testing.T) { refuseFormats(t, p) })
	t.Run("resumed", func(t *testing.T) {
		tr, err := readAll(testContext(t), p, []byte("1\f2\f3"), ReadRequest{FirstPage: 2})
		if diff := cmp.Diff([]int{2, 3}, tr.pages); err != nil || diff != "" {
			t.Errorf("%v, %s", err, diff)
		}
	})
}

// refuseFormats submits what cannot be read; each says what it is, and the
// next is read all the same.
func refuseFormats(t *testing.T, p *Pool) {
	old := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), []byte(strings.Repeat("\x00", 504)+"W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t\x00")...)
	for name, test := range map[string]struct {
		data []byte
		want job.Failure
	}{
		"empty":       {nil, job.Failure{Code: job.FileCorrupted, Facts: job.Facts{"empty": true}}},
		"doc":         {old, unsupported("legacy Word document (DOC)", "application/msword")},
		"zip":         {testkit.Zip(testkit.Entry{Name: "a.txt", Content: "x"}), unsupported("ZIP archive", "application/zip")},
		"noise":       {[]byte{0, 1, 2, 0xff, 0xfe, 0x80, 3, 0}, unsupported("file of an unknown kind", "application/octet-stream")},
		"locked xlsx": {sheet(t, "sesame"), job.Failure{Code: job.PasswordProtected, Facts: job.Facts{"format": "Office document", "password_given": false}}},
		"cut docx":    {testkit.DOCX("<w:p/>")[:300], job.Failure{Code: job.FileCorrupted, Facts: job.Facts{"format": "ZIP archive", "reason": "it is damaged or cut off"}}},
	} {
		_, _, _, err := parsed(t, p, test.data, ReadRequest{})
		if diff := cmp.Diff(test.want, job.FailureOf(err)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, text, _, err := parsed(t, p, []byte("fine"), ReadRequest{}); err != nil || text != "fine" {
		t.Errorf("afterwards: %q, %v", text, err)
	}
}

func unsupported(name, mime string) job.Failure {
	return job.Failure{Code: job.UnsupportedFormat, Facts: job.Facts{"detected": name, "mime": mime, "allowed": document.Formats()}}
}

// TestHostile reads documents that would take all memory or time. Each fails
// for its own reason, and the document after it is not late.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("takes gigabytes")
	}
	p, _ := startPool(t, 1, "", nil)
	cells := strings.Repeat("<c><v>1</v></c>", 2_000_000)
	for name, test := range map[string]struct {
		data []byte
		name string
	}{
		"a line of commas":   {bytes.Repeat([]byte(","), 90<<20), "x.csv"},
		"deep html":          {bytes.Repeat([]byte("<div>"), 15<<20), "x.html"},
		"one row of a sheet": {testkit.XLSX(`<row>` + cells + `</row>`), ""},
		"deep word":          {testkit.DOCX(strings.Repeat("<w:p>", 1<<20)), ""},
	} {
		_, _, _, err := parsed(t, p, test.data, ReadRequest{Name: test.name})
		if code := job.CodeOf(err); code != job.ResourceLimit && code != job.Timeout && code != job.FileCorrupted {
			t.Errorf("%s: %v", name, err)
		}
		begin := time.Now()
		if _, text, _, err := parsed(t, p, []byte("fine"), ReadRequest{}); err != nil || text != "fine" {
			t.Errorf("after %s: %q, %v", name, text, err)
		}
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("after %s the next took %s", name, took)
		}
		runtime.GC()
	}
}

// A long table stays within what a record and a chunk may take.
func TestLongTable(t *testing.T) {
	p, _ := startPool(t, 1, "", nil)
	var b strings.Builder
	b.WriteString("number,text\n")
	const rows = 100_000
	for i := range rows {
		fmt.Fprintf(&b, "%d,some words in a cell\n", i)
	}
	info, text, _, err := parsed(t, p, []byte(b.String()), ReadRequest{Name: "x.csv"})
	if err != nil || info.Pages < 10 {
		t.Fatalf("%+v, %v", info, err)
	}
	if n := strings.Count(text, "some words"); n != rows {
		t.Errorf("%d rows, want %d", n, rows)
	}
}
