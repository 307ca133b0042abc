package sandbox

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"docket/internal/job"
	"docket/internal/testkit"
)

// hostile is a file that is made to hurt; want are the codes that it may end
// with, and none when it is to be read.
type hostile struct {
	name string
	data []byte
	want []job.Code
}

func hostileFiles() []hostile {
	limit, unsupported := []job.Code{job.ResourceLimit}, []job.Code{job.UnsupportedFormat}
	slow := []job.Code{job.ResourceLimit, job.Timeout}
	const laughs = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>`
	inner := testkit.Zip(testkit.Entry{Name: "a.zip", Content: string(testkit.Zip(testkit.Entry{Name: "a", Content: strings.Repeat("\x00", 1<<20)}))})
	zeros := testkit.Entry{Name: "xl/media/a0000", Content: noise(100_000)}
	files := []hostile{
		{"forms in forms.pdf", testkit.NestedFormsPDF(20, 10), slow},
		{"a long chain of forms.pdf", testkit.NestedFormsPDF(2000, 1), nil},
		{"50,000 elements.pdf", testkit.BroadTagsPDF(50_000, 500_000), nil},
		{"archives in archives.zip", inner, unsupported},
		{"an archive in a document.docx", testkit.DOCX(`<w:p><w:r><w:t>Fine.</w:t></w:r></w:p>`, testkit.Entry{Name: "word/embeddings/a.zip", Content: string(inner)}), nil},
		{"overlapping entries.xlsx", testkit.Overlapping(testkit.XLSX(`<row><c><v>1</v></c></row>`, zeros), 9_000), limit},
		{"many entries.xlsx", testkit.Overlapping(testkit.XLSX(`<row><c><v>1</v></c></row>`, zeros), 11_000), limit},
		{"60,000 by 60,000.png", testkit.HugePNG(60_000, 60_000), limit},
		{"60,000 by 60,000.jpg", testkit.HugeJPEG(60_000, 60_000), limit},
		{"60,000 by 60,000.tif", testkit.HugeTIFF(60_000, 60_000), limit},
		{"deep.html", []byte("<html>" + strings.Repeat("<div>", 100_000)), limit},
		{"deep.docx", testkit.DOCX(strings.Repeat("<w:p>", 100_000)), limit},
		{"deep.xlsx", testkit.XLSX(strings.Repeat("<row>", 100_000)), limit},
		{"deep.md", []byte(strings.Repeat("> ", 20_000) + "quote"), append(slow, "")},
		{"deep lists.md", []byte(strings.Repeat("- ", 20_000) + "item"), append(slow, "")},
		{"deep.json", []byte(strings.Repeat("[", 1_000_000)), nil},
		{"laughs.docx", testkit.Zip(testkit.Entry{Name: "[Content_Types].xml", Content: `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
			testkit.Entry{Name: "word/document.xml", Content: laughs + `<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&c;</w:t></w:r></w:p></w:body></w:document>`}), []job.Code{job.FileCorrupted}},
		{"a dimension that lies.xlsx", testkit.Workbook(`<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>`), nil},
		{"a last cell.xlsx", testkit.Workbook(`<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>`), nil},
		{"merged.xlsx", testkit.Workbook(`<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData><mergeCells>` + strings.Repeat(`<mergeCell ref="A1:XFD1048576"/>`, 5000) + `</mergeCells>`), nil},
		{"parts in parts.eml", []byte("From: a@example.com\nContent-Type: multipart/mixed; boundary=a0\n\n" + strings.Repeat("--a0\nContent-Type: multipart/mixed; boundary=a0\n\n", 5000)), append(slow, job.FileCorrupted, "")},
	}
	if !testing.Short() { // a gigabyte is long in the making under the race detector
		files = append(files, hostile{"a flate bomb.pdf", testkit.FlateBombPDF(1000), limit})
	}
	return files
}

func noise(n int) string {
	source := rand.New(rand.NewPCG(3, 4))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(source.Uint32())
	}
	return string(b)
}

// Files that are made to hurt end for their own reason and in time; no child
// dies but by the parent's hand, the parent's own memory stays small, and the
// next document is not late.
func TestHostileFiles(t *testing.T) {
	p, _ := startPool(t, 1, "", func(l *Limits) { l.Memory = gib })
	for _, h := range hostileFiles() {
		begin := time.Now()
		_, _, _, err := parsed(t, p, h.data, ReadRequest{Name: h.name, OCR: OCRNever})
		code := job.Code("")
		if err != nil {
			code = job.CodeOf(err)
		}
		if len(h.want) == 0 && code != "" || len(h.want) > 0 && !slices.Contains(h.want, code) {
			t.Errorf("%s: %v", h.name, err)
		}
		if errors.Is(err, ErrDied) && code == job.Internal {
			t.Errorf("%s: a child died of it: %v", h.name, err)
		}
		took := time.Since(begin)
		t.Logf("%s: %s in %s", h.name, code, took.Round(10*time.Millisecond))
		begin = time.Now()
		if _, text, _, err := parsed(t, p, []byte("fine"), ReadRequest{}); err != nil || text != "fine" {
			t.Errorf("after %s: %q, %v", h.name, text, err)
		}
		if next := time.Since(begin); took > time.Minute || next > 20*time.Second {
			t.Errorf("%s took %s, and the next %s", h.name, took, next)
		}
		if rss, err := residentBytes(os.Getpid()); err == nil && !raceDetector && rss > gib {
			t.Errorf("after %s the parent has %d bytes", h.name, rss)
		}
	}
}

// smallFiles is a small file of every format.
func smallFiles(t *testing.T) map[string][]byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, 9, 7))
	picture.Pix[12] = 200
	encode := func(f func(*bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := f(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	webp, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"a.pdf":  testkit.DrawnPDF("BT /F1 12 Tf 10 50 Td (Some text) Tj ET"),
		"a.docx": testkit.DOCX(`<w:p><w:r><w:t>Some text.</w:t></w:r></w:p>`),
		"a.pptx": testkit.PPTX([]string{testkit.Slide("", `<p:sp><p:txBody><a:p><a:r><a:t>Some text.</a:t></a:r></a:p></p:txBody></p:sp>`)}),
		"a.xlsx": testkit.XLSX(`<row r="1"><c r="A1"><v>1</v></c></row>`),
		"a.html": []byte(`<html><head><meta charset="utf-8"></head><h1>Ä</h1><table><tr><td rowspan="2">a</td></tr></table><a href="x">b</a></html>`),
		"a.md":   []byte("---\na: b\n---\n# Ä\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n1. x[^1]\n\n[^1]: note\n"),
		"a.eml":  []byte(mail),
		"a.csv":  []byte("\ufeffa;\"b\n\"\"c\"\"\";Ä\n1;2;3\n"),
		"a.txt":  []byte("Ä text.\n\nAnd more.\f2\n"),
		"a.png":  testkit.PNG(picture),
		"a.jpg":  encode(func(b *bytes.Buffer) error { return jpeg.Encode(b, picture, nil) }),
		"a.tif":  encode(func(b *bytes.Buffer) error { return tiff.Encode(b, picture, &tiff.Options{Compression: tiff.Deflate}) }),
		"a.gif":  encode(func(b *bytes.Buffer) error { return gif.Encode(b, picture, nil) }),
		"a.bmp":  encode(func(b *bytes.Buffer) error { return bmp.Encode(b, picture) }),
		"a.webp": webp,
	}
}

// A file of any format that is cut off at any byte is read as what is left of
// it, or refused with a reason; it never costs a child its life.
func TestCutOffAtEveryByte(t *testing.T) {
	step := 1
	if testing.Short() {
		step = 997
	}
	p, _ := startPool(t, 2, "", func(l *Limits) { l.RecycleAfter = 0 })
	before := childPIDs(t)
	allowed := []job.Code{job.FileCorrupted, job.UnsupportedFormat, job.Unreadable, job.PasswordProtected}
	for name, data := range smallFiles(t) {
		t.Run(name, func(t *testing.T) {
			if _, err := readAll(testContext(t), p, data, ReadRequest{Name: name, OCR: OCRNever}); err != nil {
				t.Fatalf("the whole file: %v", err)
			}
			for n := 0; n < len(data); n += step {
				_, err := readAll(testContext(t), p, data[:n], ReadRequest{Name: name, OCR: OCRNever})
				if err != nil && !slices.Contains(allowed, job.CodeOf(err)) {
					t.Fatalf("cut to %d of %d bytes: %v", n, len(data), err)
				}
			}
		})
	}
	if after := childPIDs(t); !slices.Equal(before, after) {
		t.Errorf("children %v became %v", before, after)
	}
}
