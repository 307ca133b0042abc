package api

import (
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"docket/internal/job"
)

func FuzzTimestamp(f *testing.F) {
	for _, s := range []string{"2024-01-15T10:30:00.123456Z", "2024-01-15 10:30:00 02:00", "2024-01-15", "", "2024-13-45T99:99:99Z", "0000-00-00T00:00:00Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := timestamp("created_after", s)
		if err != nil && job.CodeOf(err) != job.InvalidRequest {
			t.Errorf("%q: %v", s, err)
		}
		if err == nil && at.Location() != time.UTC {
			t.Errorf("%q is %v", s, at)
		}
	})
}

// Whatever a body holds, it is read or refused, and what comes out of it can
// be stored: UTF-8 without NUL, objects that are objects.
func FuzzBody(f *testing.F) {
	f.Add("application/json", `{"operation":"parse","tags":["a","b"],"parameters":{"x":1},"expires_in":"60","urls":"a,b"}`)
	f.Add("application/json", `{"operation":5,"tags":{"a":1},"parameters":"[]","expires_in":1e999,"metadata":"{}"}`)
	f.Add("application/json", `{"metadata":{"a":"\u0000"},"tags":"\ud800"}`)
	f.Add("application/x-www-form-urlencoded", "operation=parse&tags=a&tags=b%00&metadata=%7B%7D")
	f.Add("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\n[\"a\"]\r\n--x\r\nContent-Disposition: form-data; name=file; filename=\"..\\..\\a\"\r\n\r\nb\r\n--x--\r\n")
	f.Add("multipart/form-data; boundary=\"", "--\"\r\n\r\n")
	f.Fuzz(func(t *testing.T, contentType, body string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/jobs", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		a := &API{maxFile: 1 << 20}
		got, err := a.readFields(r, 1, func(_, name, _ string, body io.Reader) (bool, error) {
			if strings.ContainsAny(name, "/\\\x00") {
				t.Errorf("a file is called %q", name)
			}
			_, err := io.Copy(io.Discard, body)
			return name != "", uploadError(err)
		})
		if err != nil {
			if c := job.CodeOf(err); c == job.Internal {
				t.Errorf("%v", err)
			}
			return
		}
		for _, name := range append(got.names(), "tags", "metadata") {
			checkField(t, got, name)
		}
	})
}

func checkField(t *testing.T, f *fields, name string) {
	t.Helper()
	texts, _ := f.list(name)
	one, _ := f.text(name)
	for _, s := range append(texts, one) {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			t.Errorf("%s holds %q", name, s)
		}
	}
	if raw, err := f.object(name, maxFieldBytes); err == nil && raw != nil {
		if _, err := object(raw); err != nil {
			t.Errorf("%s holds %s", name, raw)
		}
	}
	_, err1 := f.boolean(name)
	_, _, err2 := f.number(name)
	for _, err := range []error{err1, err2} {
		if err != nil && job.CodeOf(err) != job.InvalidRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A client's name for a file never leads anywhere and can always be shown.
func FuzzFileName(f *testing.F) {
	for _, s := range []string{"a.pdf", "../../etc/passwd", `C:\Users\x\a.pdf`, "a\x00b", strings.Repeat("ü", 300), ".", "/", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := fileName(s)
		if got == "" || len(got) > 255 || strings.ContainsAny(got, "/\\\x00\n\r") || !utf8.ValidString(got) || got == "." || got == ".." {
			t.Errorf("fileName(%q) = %q", s, got)
		}
	})
}

func TestFormsEndEarly(t *testing.T) {
	var whole strings.Builder
	w := multipart.NewWriter(&whole)
	if err := w.WriteField("operation", "parse"); err != nil {
		t.Fatal(err)
	}
	part, err := w.CreateFormFile("file", "a.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, "content"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for n := 1; n < whole.Len()-len("--\r\n"); n++ {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/jobs", strings.NewReader(whole.String()[:n]))
		r.Header.Set("Content-Type", w.FormDataContentType())
		a := &API{maxFile: 1 << 20}
		_, err := a.readFields(r, 1, func(_, name, _ string, body io.Reader) (bool, error) {
			_, err := io.Copy(io.Discard, body)
			return name != "", uploadError(err)
		})
		if job.CodeOf(err) != job.InvalidRequest {
			t.Fatalf("cut off after %d bytes: %v", n, err)
		}
	}
}
