package document

import (
	"archive/zip"
	"bytes"
	"slices"
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

// parts makes an Office archive whose list of parts names a main part.
func parts(t *testing.T, contentType string, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, name := range append(names, "[Content_Types].xml") {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		content := strings.Repeat("x", 1000)
		if i == len(names) {
			content = `<Types><Override PartName="/main.xml" ContentType="` + contentType + `"/></Types>`
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// ole makes the beginning of a file of the older Office whose directory has
// that name.
func ole(name string) []byte {
	b := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 1016)...)
	for i := range len(name) {
		b[512+2*i] = name[i]
	}
	return b
}

func TestDetect(t *testing.T) {
	mail := "From: a@example.com\r\nTo: b@example.com\r\nSubject: hello\r\n\r\nHi."
	tests := []struct {
		name, file   string
		data         []byte
		format, mime string
	}{
		{"empty", "", nil, "", ""},
		{"pdf", "", []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3"), "pdf", "application/pdf"},
		{"pdf after mail header", "", []byte("From: a\r\n\r\n" + strings.Repeat(" ", 900) + "%PDF-1.4"), "pdf", "application/pdf"},
		{"pdf mark too late", "", []byte(strings.Repeat("a ", 600) + "%PDF-1.4"), "txt", "text/plain"},
		{"text about pdf", "", []byte("A PDF begins with %PDF-x, they say."), "txt", "text/plain"},
		{"pdf called docx", "a.docx", []byte("%PDF-1.7\n"), "pdf", "application/pdf"},
		{"png", "", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "png", "image/png"},
		{"png called pdf", "a.pdf", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "png", "image/png"},
		{"jpeg", "", []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), "jpeg", "image/jpeg"},
		{"gif", "", []byte("GIF89a\x01\x00\x01\x00"), "gif", "image/gif"},
		{"tiff", "", []byte("II*\x00\x08\x00\x00\x00"), "tiff", "image/tiff"},
		{"webp", "", []byte("RIFF\x24\x00\x00\x00WEBPVP8 "), "webp", "image/webp"},
		{"svg", "", []byte(`<svg xmlns="http://www.w3.org/2000/svg"></svg>`), "", "image/svg+xml"},
		{"zip", "", zipOf(t, "a.txt"), "", "application/zip"},
		{"zip called docx", "a.docx", zipOf(t, "a.txt"), "", "application/zip"},
		{"docx", "", zipOf(t, "[Content_Types].xml", "_rels/.rels", "word/document.xml"), "docx", mimeDOCX},
		{"xlsx", "", zipOf(t, "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), "xlsx", mimeXLSX},
		{"pptx", "", zipOf(t, "[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml"), "pptx", mimePPTX},
		{"docx cut off", "", zipOf(t, "[Content_Types].xml", "word/document.xml")[:200], "docx", mimeDOCX},
		{"docx, its list of parts last", "", parts(t, "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", "a", "b"), "docx", mimeDOCX},
		{"docm", "", parts(t, "application/vnd.ms-word.document.macroEnabled.main+xml", "a"), "docx", mimeDOCX},
		{"xltx", "", parts(t, "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml", "a"), "xlsx", mimeXLSX},
		{"xlsb", "", parts(t, "application/vnd.ms-excel.sheet.binary.macroEnabled.main", "a"), "", mimeXLSB},
		{"ppsx", "", parts(t, "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml", "a"), "pptx", mimePPTX},
		{"ole", "", ole(""), "", "application/x-ole-storage"},
		{"doc", "", ole("WordDocument"), "", "application/msword"},
		{"xls", "", ole("Workbook"), "", "application/vnd.ms-excel"},
		{"ppt", "", ole("PowerPoint Document"), "", "application/vnd.ms-powerpoint"},
		{"locked", "", ole("EncryptedPackage"), "", mimeLocked},
		{"html", "", []byte("<!DOCTYPE html><html><body>x</body></html>"), "html", "text/html"},
		{"html called csv", "a.csv", []byte("<html><body>a,b,c\n</body></html>"), "html", "text/html"},
		{"piece of html", "a.html", []byte("Hello <b>you</b>"), "html", "text/html"},
		{"markdown with html first", "README.md", []byte("<div align=center>\n\n# Name\n</div>"), "md", "text/markdown"},
		{"markdown by its marks", "", []byte("# Title\n\nA [link](http://example.com).\n"), "md", "text/markdown"},
		{"one mark is none", "", []byte("# a comment\nx = 1\n"), "txt", "text/plain"},
		{"mail", "", []byte(mail), "eml", "message/rfc822"},
		{"mail called txt", "a.txt", []byte(mail), "eml", "message/rfc822"},
		{"no mail", "", []byte("Note: buy milk\nAlso: eggs\nThen: home\n\nx"), "txt", "text/plain"},
		{"csv", "a.csv", []byte("a,b\n1,2\n"), "csv", "text/csv"},
		{"csv by its columns", "", []byte("a;b;c\n1;2;3\n4;5;6\n"), "csv", "text/csv"},
		{"csv with quoted lines", "", []byte("a,b,c\n\"x\ny\",2,3\n4,5,6\n"), "csv", "text/csv"},
		{"prose with commas", "", []byte("Dear Ann, dear Bob,\nas agreed, I send, with this, the list.\nYours, Eve\n"), "txt", "text/plain"},
		{"utf-16 without mark", "", []byte("H\x00e\x00l\x00l\x00o\x00 \x00y\x00o\x00u\x00"), "txt", "text/plain"},
		{"rtf", "", []byte(`{\rtf1\ansi hello}`), "", "text/rtf"},
		{"json", "", []byte(`{"a": 1}`), "txt", "text/plain"},
		{"text", "", []byte("Dear all,\nplease find attached"), "txt", "text/plain"},
		{"unknown", "", []byte{0, 1, 2, 3, 0xfe, 0x80, 9, 0}, "", "application/octet-stream"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Detect(tt.data, tt.file)
			if got.Format != tt.format || got.MIME != tt.mime || got.Name == "" {
				t.Errorf("got %+v, want %s, %s", got, tt.format, tt.mime)
			}
		})
	}
}

// Every format that can be read has one name and a name for people.
func TestFormats(t *testing.T) {
	want := []string{
		FormatPDF, FormatDOCX, FormatPPTX, FormatXLSX, FormatHTML, FormatMarkdown, FormatEML, FormatCSV, FormatText,
		FormatPNG, FormatJPEG, FormatTIFF, FormatWebP, FormatBMP, FormatGIF,
	}
	got := Formats()
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	for _, format := range got {
		if name := FormatName(format); name == "" || name == FormatName("none") {
			t.Errorf("%s is called %q", format, name)
		}
	}
}

func TestDecodeText(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"utf-8", "Grüße €", "Grüße €"},
		{"utf-8 with mark", "\xef\xbb\xbfGrüße", "Grüße"},
		{"utf-16le", "\xff\xfeG\x00r\x00\xfc\x00", "Grü"},
		{"utf-16be", "\xfe\xff\x00G\x00r\x00\xfc", "Grü"},
		{"utf-16le without mark", "P\x00l\x00e\x00a\x00s\x00e\x00,\x00 \x00y\x00o\x00u\x00", "Please, you"},
		{"latin", "Die Stra\xdfe ist f\xfcr Fu\xdfg\xe4nger gesperrt, die M\xfchle ge\xf6ffnet.", "Die Straße ist für Fußgänger gesperrt, die Mühle geöffnet."},
		{"shift-jis", "\x82\xb1\x82\xea\x82\xcd\x93\xfa\x96\x7b\x8c\xea\x82\xcc\x95\xb6\x8f\xcd\x82\xc5\x82\xb7\x81\x42\x90\xbf\x8b\x81\x8f\x91\x82\xcc\x94\xd4\x8d\x86\x82\xc6\x8b\xe0\x8a\x7a\x82\xf0\x8a\x6d\x94\x46\x82\xb5\x82\xc4\x82\xad\x82\xbe\x82\xb3\x82\xa2\x81\x42\x82\xe6\x82\xeb\x82\xb5\x82\xad\x82\xa8\x8a\xe8\x82\xa2\x82\xa2\x82\xbd\x82\xb5\x82\xdc\x82\xb7\x81\x42", "これは日本語の文章です。請求書の番号と金額を確認してください。よろしくお願いいたします。"},
		{"cyrillic", "\xdd\xf2\xee \xef\xf0\xee\xf1\xf2\xee\xe9 \xf2\xe5\xea\xf1\xf2 \xed\xe0 \xf0\xf3\xf1\xf1\xea\xee\xec \xff\xe7\xfb\xea\xe5", "Это простой текст на русском языке"},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, charset := DecodeText([]byte(tt.data)); got != tt.want {
				t.Errorf("got %q as %s, want %q", got, charset, tt.want)
			}
		})
	}
}
