package job_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"docket/internal/job"
)

func TestAddressName(t *testing.T) {
	long := strings.Repeat("%C3%BC", 200) + ".pdf"
	for _, test := range []struct{ address, want string }{
		{"https://example.com/a/report.pdf", "report.pdf"},
		{"https://example.com/a/report.pdf?token=1#page=2", "report.pdf"},
		{"https://example.com/a/Bill%20March.pdf", "Bill March.pdf"},
		{"https://example.com/a/report/", "report"},
		{"https://example.com/a/..%2F..%2Fpasswd", "passwd"},
		{`https://example.com/C:%5Cdir%5Ca.pdf`, "a.pdf"},
		{"https://example.com/a%E2%80%AEfdp%0A.exe", "afdp.exe"},
		{"https://example.com/a%FF.pdf", "a\uFFFD.pdf"},
		{"https://example.com/" + long, strings.Repeat("ü", 125) + ".pdf"},
		{"https://example.com:8443/", "example.com"},
		{"https://example.com", "example.com"},
		{"https://example.com/..", "example.com"},
		{"https://example.com?file=a.pdf", "example.com"},
		{"https://[2001:db8::1]:8443/", "2001:db8::1"},
		{"https://%zz", "unknown"},
		{"", "unknown"},
	} {
		if got := job.AddressName(test.address); got != test.want {
			t.Errorf("%s is called %q, want %q", test.address, got, test.want)
		}
	}
}

// Whatever stands in an address, its name is one that may be shown and stored.
func TestAddressNamesAreFileNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := job.AddressName(rapid.String().Draw(t, "address"))
		if name == "" || len(name) > 255 || !utf8.ValidString(name) || strings.ContainsAny(name, "/\\\x00\n\r") || job.FileName(name) != name {
			t.Fatalf("the name is %q", name)
		}
	})
}
