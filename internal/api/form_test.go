package api

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"docket/internal/job"
)

// a part of a form, with a header of so many bytes more than it needs.
func formPart(name, header, content string) string {
	return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n" + header + "\r\n" + content + "\r\n"
}

// Whatever is too large or too many is refused with a sentence that says which
// limit it was, and is not read to its end.
func TestLimitsOfForms(t *testing.T) {
	long := func(n int) string { return strings.Repeat("a", n) }
	for name, test := range map[string]struct {
		body string
		code job.Code
		says string
	}{
		"as much as is allowed": {formPart("a", "X: "+long(10_000)+"\r\n", long(maxFieldBytes)) + "--x--\r\n", "", ""},
		"a header of a part":    {formPart("a", "X: "+long(20_000)+"\r\n", "b") + "--x--\r\n", job.InvalidRequest, "header of a part is longer than 16384 bytes"},
		"many headers":          {formPart("a", strings.Repeat("X: y\r\n", 12_000), "b") + "--x--\r\n", job.InvalidRequest, "header of a part is longer than 16384 bytes"},
		"no end of a header":    {"--x\r\nContent-Disposition: " + long(1<<20), job.InvalidRequest, "header of a part is longer than 16384 bytes"},
		"a field":               {formPart("a", "", long(maxFieldBytes+1)) + "--x--\r\n", job.InvalidRequest, "a: it is longer than 1048576 bytes"},
		"all fields":            {strings.Repeat(formPart("a", "", long(maxFieldBytes)), 9) + "--x--\r\n", job.BodyTooLarge, fmt.Sprint(maxJSONBytes)},
		"parts":                 {strings.Repeat(formPart("a", "", "b"), maxFields+1) + "--x--\r\n", job.InvalidRequest, "more than 2000 parts"},
		"a file nobody takes":   {formPart("b\"; filename=\"c", "", long(30<<20)) + "--x--\r\n", job.BodyTooLarge, ""},
		"a list":                {formPart("tags", "", strings.Repeat("a,", maxListed+1)) + "--x--\r\n", job.InvalidRequest, "tags: there are more than 1000"},
	} {
		t.Run(name, func(t *testing.T) {
			in := bytes.NewReader([]byte(test.body))
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/jobs", in)
			r.ContentLength = -1 // chunked
			r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
			f, err := (&API{maxFile: 1 << 20}).readFields(r, 1, func(string, string, string, io.Reader) (bool, error) { return false, nil })
			if err == nil {
				_, err = f.list("tags")
			}
			if test.code == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if p := problemOf(err, r); p.code != test.code || !strings.Contains(p.message, test.says) {
				t.Errorf("%s %s, want %s with %q", p.code, p.message, test.code, test.says)
			}
		})
	}
}
