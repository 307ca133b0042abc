package safehttp

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestCheckURL(t *testing.T) {
	tests := []struct {
		url    string
		reason string // nothing when the URL is fine
	}{
		{"https://example.com/a.pdf", ""},
		{"HTTP://example.com:8080", ""},
		{"https://example.com./a.pdf?signature=%2B#page=2", ""},
		{"https://bücher.example/ü.pdf", ""},
		{"http://93.184.215.14/", ""},
		{"http://[2606:2800:21f::1]:80/", ""},
		{"http://7.example.com/", ""},
		{"", reasonInvalid},
		{"example.com/a.pdf", reasonInvalid},
		{"//example.com/a.pdf", reasonInvalid},
		{"http://", reasonInvalid},
		{"http:///a.pdf", reasonInvalid},
		{"http:example.com", reasonInvalid},
		{"http://:80/", reasonInvalid},
		{"http://./", reasonInvalid},
		{"http://exa mple.com/", reasonInvalid},
		{"http://example.com/\x00", reasonInvalid},
		{"http://example.com\r\nHost: other/", reasonInvalid},
		{"http://example.com:0/", reasonInvalid},
		{"http://example.com:65536/", reasonInvalid},
		{"http://example.com:http/", reasonInvalid},
		{"http://[::1/", reasonInvalid},
		{"http://2130706433/", reasonInvalid},
		{"http://0x7f000001/", reasonInvalid},
		{"http://0X7F.1/", reasonInvalid},
		{"http://0177.0.0.1/", reasonInvalid},
		{"http://127.1/", reasonInvalid},
		{"http://127.0.0.1./", reasonInvalid},
		{"https://example.com/" + strings.Repeat("a", maxURLBytes), reasonInvalid},
		{"file:///etc/passwd", reasonScheme},
		{"ftp://example.com/", reasonScheme},
		{"gopher://127.0.0.1:6379/_INFO", reasonScheme},
		{"data:text/plain,a", reasonScheme},
		{"javascript:alert(1)", reasonScheme},
		{"http://user@example.com/", reasonUserInfo},
		{"http://user:secret@example.com/", reasonUserInfo},
		{"http://example.com@127.0.0.1/", reasonUserInfo},
		{"http://[fe80::1%25eth0]/", reasonZone},
	}
	for _, tt := range tests {
		t.Run(tt.url, func(t *testing.T) {
			err := CheckURL(tt.url)
			if tt.reason == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantReason(t, err, tt.reason)
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error gives the password away: %v", err)
			}
		})
	}
}

func FuzzCheckURL(f *testing.F) {
	for _, seed := range []string{
		"https://example.com/a.pdf", "http://[::1%25lo]:80/", "http://a@b:c@d/", "http://0x7f.1/", "http:\\\\a", "//a", "http://%41/", "http://a:/",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if CheckURL(raw) != nil {
			return
		}
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.Contains(u.Host, "%") {
			t.Errorf("accepted %q", raw)
		}
		if _, err := http.NewRequestWithContext(t.Context(), http.MethodGet, raw, http.NoBody); err != nil {
			t.Errorf("no request can be made of %q: %v", raw, err)
		}
	})
}

func TestNameOf(t *testing.T) {
	long := strings.Repeat("ü", 200)
	tests := []struct {
		name        string
		disposition string
		final       string
		original    string
		want        string
	}{
		{"disposition", `attachment; filename="Annual report.pdf"`, "/x", "/y.pdf", "Annual report.pdf"},
		{"encoded disposition", `attachment; filename="a.pdf"; filename*=UTF-8''B%C3%BCcher.pdf`, "/x", "/y", "Bücher.pdf"},
		{"folders in it", `attachment; filename="../../etc/passwd"`, "/x", "/y", "passwd"},
		{"Windows folders", `attachment; filename="C:\\dir\\a.pdf"`, "/x", "/y", "a.pdf"},
		{"broken disposition", `attachment; filename=a b.pdf`, "/x.pdf", "/y", "x.pdf"},
		{"empty disposition", `attachment; filename=".."`, "/x.pdf", "/y", "x.pdf"},
		{"inline without name", `inline`, "/x.pdf", "/y", "x.pdf"},
		{"path", "", "/a/b/final.pdf", "/first.pdf", "final.pdf"},
		{"escaped path", "", "/a%2Fb/Re%20port%0A.pdf", "/", "Re port.pdf"},
		{"blob", "", "/blobs/4f2a", "/report.pdf", "report.pdf"},
		{"no extension", "", "/blobs/4f2a", "/report", "4f2a"},
		{"redirected to the root", "", "/", "/report", "report"},
		{"nothing", "", "/", "", "a"},
		{"direction override", `attachment; filename*=UTF-8''a%E2%80%AEfdp.exe`, "/x", "/y", "afdp.exe"},
		{"not UTF-8", "", "/a%FF.pdf", "/", "a\uFFFD.pdf"},
		{"long", "", "/" + long + ".pdf", "/", long[:250] + ".pdf"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := nameOf(tt.disposition, mustParse(t, "http://a"+tt.final), mustParse(t, "http://a"+tt.original))
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func mustParse(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func FuzzNameOf(f *testing.F) {
	f.Add(`attachment; filename="a.pdf"`, "/b.pdf")
	f.Add(`attachment; filename*=UTF-8''%ff%00`, "/..")
	f.Add("", "/\\..\\")
	f.Fuzz(func(t *testing.T, disposition, path string) {
		u := &url.URL{Path: path}
		name := nameOf(disposition, u, u)
		if name == "" || name[0] == '.' || len(name) > 255 || !utf8.ValidString(name) ||
			strings.ContainsAny(name, `/\`) || strings.ContainsFunc(name, unicode.IsControl) {
			t.Errorf("%q, %q: %q", disposition, path, name)
		}
	})
}
