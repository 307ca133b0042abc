package document

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

func zipOf(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("<?xml version='1.0'?><x/>")); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDetect(t *testing.T) {
	ole := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 504)...)
	tests := []struct {
		name string
		head []byte
		want Type
	}{
		{"empty", nil, Type{"", "", "empty file"}},
		{"pdf", []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3"), Type{"pdf", "application/pdf", "PDF document"}},
		{"pdf after mail header", []byte("From: a\r\n\r\n" + strings.Repeat(" ", 900) + "%PDF-1.4"), Type{"pdf", "application/pdf", "PDF document"}},
		{"pdf mark too late", []byte(strings.Repeat("a ", 600) + "%PDF-1.4"), Type{"", "text/plain", "plain text file"}},
		{"png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), Type{"", "image/png", "PNG image"}},
		{"jpeg", []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), Type{"", "image/jpeg", "JPEG image"}},
		{"gif", []byte("GIF89a\x01\x00\x01\x00"), Type{"", "image/gif", "GIF image"}},
		{"tiff", []byte("II*\x00\x08\x00\x00\x00"), Type{"", "image/tiff", "TIFF image"}},
		{"webp", []byte("RIFF\x24\x00\x00\x00WEBPVP8 "), Type{"", "image/webp", "WebP image"}},
		{"zip", zipOf(t, "a.txt"), Type{"", "application/zip", "ZIP archive"}},
		{"docx", zipOf(t, "[Content_Types].xml", "_rels/.rels", "word/document.xml"), Type{"", mimeDOCX, "Word document (DOCX)"}},
		{"xlsx", zipOf(t, "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), Type{"", mimeXLSX, "Excel workbook (XLSX)"}},
		{"pptx", zipOf(t, "[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml"), Type{"", mimePPTX, "PowerPoint presentation (PPTX)"}},
		{"docx, its text far inside", zipOf(t, "[Content_Types].xml", "docProps/"+strings.Repeat("x", 9000), "word/document.xml"), Type{"", mimeDOCX, "Word document (DOCX)"}},
		{"ole", ole, Type{"", "application/x-ole-storage", "legacy Office document"}},
		{"html", []byte("<!DOCTYPE html><html><body>x</body></html>"), Type{"", "text/html", "HTML page"}},
		{"rtf", []byte(`{\rtf1\ansi hello}`), Type{"", "text/rtf", "RTF document"}},
		{"text", []byte("Dear all,\nplease find attached"), Type{"", "text/plain", "plain text file"}},
		{"unknown", []byte{0, 1, 2, 3, 0xfe, 0x80, 9, 0}, Type{"", "application/octet-stream", "file of an unknown kind"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Detect(tt.head); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}
