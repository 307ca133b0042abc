package office_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"docket/internal/document"
	"docket/internal/document/office"
	"docket/internal/job"
	"docket/internal/testkit"

	"github.com/xuri/excelize/v2"
)

// reader is one of the readers, without what it knows of the file.
type reader func([]byte) error

func readers() map[string]reader {
	return map[string]reader{
		"docx": func(b []byte) error {
			_, err := office.ReadDOCX(b, document.DefaultLimits(), &document.FlowWriter{})
			return err
		},
		"pptx": func(b []byte) error {
			_, err := office.ReadPPTX(b, document.DefaultLimits(), &document.FlowWriter{})
			return err
		},
		"xlsx": func(b []byte) error {
			_, err := office.ReadXLSX(b, document.DefaultLimits(), &document.FlowWriter{})
			return err
		},
	}
}

// main is the part that each format begins with.
func main(format string) string {
	return map[string]string{"docx": "word/document.xml", "pptx": "ppt/presentation.xml", "xlsx": "xl/workbook.xml"}[format]
}

// bomb packs a part of so many equal bytes, and says that it is only a few.
func bomb(t *testing.T, name string, size int, lie bool) []byte {
	t.Helper()
	var packed bytes.Buffer
	f, err := flate.NewWriter(&packed, 9)
	if err != nil {
		t.Fatal(err)
	}
	sum := crc32.NewIEEE()
	out := io.MultiWriter(f, sum)
	if _, err := io.WriteString(out, "<x>"); err != nil {
		t.Fatal(err)
	}
	block := bytes.Repeat([]byte("a"), 1<<20)
	for range size >> 20 {
		if _, err := out.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: sum.Sum32(), CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(size + 3)}
	if lie {
		h.UncompressedSize64 = 100
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(h)
	if err == nil {
		_, err = w.Write(packed.Bytes())
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchiveLimits(t *testing.T) {
	many := make([]testkit.Entry, 10_001)
	for i := range many {
		many[i].Name = fmt.Sprintf("e%d", i)
	}
	for format, read := range readers() {
		deep := testkit.Zip(testkit.Entry{Name: main(format), Content: "<r><body>" + strings.Repeat("<x>", 100_000)})
		closed := testkit.Zip(testkit.Entry{Name: main(format), Content: "<r><body>" + strings.Repeat("<x>", 300) + strings.Repeat("</x>", 300) + "</body></r>"})
		laughs := testkit.Zip(testkit.Entry{Name: main(format), Content: `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>`})
		outside := testkit.Zip(testkit.Entry{Name: main(format), Content: `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>`})
		for name, test := range map[string]struct {
			data []byte
			want job.Code
		}{
			"bomb":              {bomb(t, main(format), 64<<20, false), job.ResourceLimit},
			"bomb that lies":    {bomb(t, main(format), 64<<20, true), job.FileCorrupted},
			"deep":              {deep, job.ResourceLimit},
			"deep and closed":   {closed, job.ResourceLimit},
			"many entries":      {testkit.Zip(many...), job.ResourceLimit},
			"entities":          {laughs, job.FileCorrupted},
			"external entities": {outside, job.FileCorrupted},
			"no archive":        {[]byte("PK\x03\x04 nothing"), job.FileCorrupted},
			"nothing inside":    {testkit.Zip(testkit.Entry{Name: "a"}), job.FileCorrupted},
			"not xml":           {testkit.Zip(testkit.Entry{Name: main(format), Content: "\x00\x01"}), job.FileCorrupted},
			"wrong root":        {testkit.Zip(testkit.Entry{Name: main(format), Content: "<x/>"}), ""},
		} {
			err := read(test.data)
			if test.want == "" { // either is right; it must only end
				continue
			}
			if got := job.CodeOf(err); got != test.want {
				t.Errorf("%s, %s: %v, want %s", format, name, err, test.want)
			}
		}
	}
}

// A file cut off at any byte is refused, or read as what is left of it.
func TestCutOff(t *testing.T) {
	files := map[string][]byte{
		"docx": testkit.DOCX(`<w:p><w:r><w:t>Some text.</w:t></w:r></w:p>`),
		"pptx": testkit.PPTX([]string{testkit.Slide("", shape("", line("", "Some text.")))}),
		"xlsx": workbook(t, "", func(f *excelize.File, must func(error)) { must(f.SetCellValue("Sheet1", "A1", "Some text.")) }),
	}
	for format, read := range readers() {
		data := files[format]
		if err := read(data); err != nil {
			t.Fatalf("%s, whole: %v", format, err)
		}
		for n := range len(data) {
			if code := job.CodeOf(read(data[:n])); code != job.FileCorrupted {
				t.Fatalf("%s cut to %d of %d bytes: %q", format, n, len(data), code)
			}
		}
	}
}

// Damage inside ends in an error that says so, or in none, but never in a
// panic.
func TestDamaged(t *testing.T) {
	data := testkit.DOCX(`<w:p><w:r><w:t>Some text.</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>`)
	for i := range data {
		for _, flip := range []byte{0x01, 0xff} {
			damaged := bytes.Clone(data)
			damaged[i] ^= flip
			err := readers()["docx"](damaged)
			if code := job.CodeOf(err); err != nil && code != job.FileCorrupted && code != job.ResourceLimit {
				t.Fatalf("byte %d: %v", i, err)
			}
		}
	}
}
