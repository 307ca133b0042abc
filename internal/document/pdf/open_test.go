package pdf_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/document"
	"docket/internal/document/pdf"
	"docket/internal/job"
	"docket/internal/testkit"
)

func TestOpenErrors(t *testing.T) {
	good := testkit.PDF("some text", "more text")
	locked := testkit.EncryptedPDF("secret", "hidden words")
	png := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), make([]byte, 200)...)
	tests := map[string]struct {
		data     []byte
		password string
		code     job.Code
		facts    job.Facts
	}{
		"nothing":        {nil, "", job.FileCorrupted, job.Facts{"empty": true}},
		"png":            {png, "", job.UnsupportedFormat, job.Facts{"detected": "PNG image", "mime": "image/png", "allowed": []string{"pdf"}}},
		"text":           {[]byte("just words"), "", job.UnsupportedFormat, job.Facts{"detected": "plain text file", "mime": "text/plain", "allowed": []string{"pdf"}}},
		"head alone":     {good[:100], "", job.FileCorrupted, job.Facts{"reason": "it is not a complete PDF"}},
		"garbage":        {append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte{0xde, 0xad, 7}, 4000)...), "", job.FileCorrupted, job.Facts{"reason": "it is not a complete PDF"}},
		"no password":    {locked, "", job.PasswordProtected, job.Facts{"password_given": false}},
		"wrong password": {locked, "Secret", job.PasswordProtected, job.Facts{"password_given": true}},
		"no pages":       {file([]string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>"}), "", job.FileCorrupted, job.Facts{"reason": "it has no pages"}},
	}
	e := newEngine(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := e.Open(tt.data, tt.password)
			je, ok := errors.AsType[*job.Error](err)
			if !ok || je.Code != tt.code {
				t.Fatalf("error %v, want code %s", err, tt.code)
			}
			if diff := cmp.Diff(tt.facts, je.Facts); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
			if e.Dead() {
				t.Error("the engine died of it")
			}
		})
	}
	// None of them did the engine any harm.
	if got := texts(read(t, open(t, e, good), 2)); got != "more text" {
		t.Errorf("page 2 has %q", got)
	}
}

func TestOpenWithPassword(t *testing.T) {
	for _, password := range []string{"secret", "pässwörd"} {
		d, err := newEngine(t).Open(testkit.EncryptedPDF(password, "hidden words"), password)
		if err != nil {
			t.Errorf("%s: %v", password, err)
			continue
		}
		if got := texts(read(t, d, 1)); got != "hidden words" || !d.Info().Encrypted {
			t.Errorf("%s: words %q, info %+v", password, got, d.Info())
		}
		d.Close()
	}
}

// A file cut anywhere is an error or a document, and never the engine's end.
func TestTruncatedFile(t *testing.T) {
	data := testkit.LongPDF(5)
	steps := 40
	if testing.Short() {
		steps = 8
	}
	e := newEngine(t)
	for i := range steps {
		n := len(data) * i / steps
		d, err := e.Open(data[:n], "")
		if err != nil {
			if code := job.CodeOf(err); code != job.FileCorrupted && code != job.UnsupportedFormat {
				t.Errorf("cut at %d: error %v", n, err)
			}
			continue
		}
		for page := 1; page <= d.Pages(); page++ {
			read(t, d, page)
		}
		d.Close()
	}
	if e.Dead() {
		t.Error("the engine died")
	}
}

func TestInfo(t *testing.T) {
	d := open(t, newEngine(t), file([]string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 3 0 R 3 0 R]/Count 3>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
	}))
	want := document.Info{Format: "pdf", MIME: "application/pdf", Pages: 3, Version: "1.7"}
	if diff := cmp.Diff(want, d.Info()); diff != "" {
		t.Errorf("info (-want +got):\n%s", diff)
	}
}

func TestUnreadablePage(t *testing.T) {
	d := open(t, newEngine(t), file([]string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 9 0 R]/Count 2>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
	}))
	if p := read(t, d, 1); p.Unreadable || len(p.Warnings) > 0 {
		t.Errorf("page 1: %+v, want a page without text", p)
	}
	want := &document.Page{Number: 2, Unreadable: true, Warnings: []string{"page 2 could not be read"}}
	if diff := cmp.Diff(want, read(t, d, 2)); diff != "" {
		t.Errorf("page 2 (-want +got):\n%s", diff)
	}
	for _, n := range []int{-1, 0, 3} {
		if _, err := d.ReadPage(n); err == nil || !strings.Contains(err.Error(), "the document has 2") {
			t.Errorf("page %d: error %v", n, err)
		}
	}
}

func TestOutOfMemory(t *testing.T) {
	e := newEngine(t)
	data := make([]byte, pdf.MemoryLimit)
	copy(data, "%PDF-1.7\n")
	_, err := e.Open(data, "")
	je, ok := errors.AsType[*job.Error](err)
	if !ok || je.Code != job.ResourceLimit || je.Facts["limit"] != "memory" {
		t.Fatalf("error %v, want %s of memory", err, job.ResourceLimit)
	}
}

func TestCompile(t *testing.T) {
	newEngine(t) // whose cache is then full
	if err := pdf.Compile(context.Background(), cacheDir()); err != nil {
		t.Error(err)
	}
	if err := pdf.Compile(context.Background(), "/dev/null/cache"); err == nil {
		t.Error("a cache in a file was taken")
	}
	if _, err := pdf.NewEngine(context.Background(), "/dev/null/cache"); err == nil {
		t.Error("an engine started with a cache in a file")
	}
}
