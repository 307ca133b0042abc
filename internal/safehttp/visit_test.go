package safehttp

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"docket/internal/job"
)

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestVisit(t *testing.T) {
	whole, empty := zipped(t, "packed"), zipped(t, "")
	server, client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		packed := func(b []byte) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(b) // the client may hang up
		}
		switch r.URL.Path {
		case "/plain":
			_, _ = io.WriteString(w, r.Header.Get("Accept-Encoding")+r.Header.Get("Referer"))
		case "/packed":
			packed(whole)
		case "/bomb":
			packed(zipped(t, strings.Repeat("a", 1_000_000)))
		case "/nothing": // packed, and larger than what it unpacks to
			packed(bytes.Repeat(empty, 1000))
		case "/cut":
			packed(whole[:len(whole)-9])
		case "/broken":
			packed([]byte("this is not packed"))
		case "/other":
			w.Header().Set("Content-Encoding", "br")
		case "/large":
			_, _ = io.WriteString(w, strings.Repeat("a", 2000))
		case "/away":
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	tests := map[string]struct {
		status int
		body   string
		code   job.Code // of the body's error, or of what the status means
		passes bool
	}{
		"/plain":   {200, "gzip", "", false},
		"/packed":  {200, "packed", "", false},
		"/bomb":    {200, "", job.FileTooLarge, false},
		"/nothing": {200, "", job.FileTooLarge, false},
		"/cut":     {200, "", job.URLUnreachable, true},
		"/broken":  {200, "", job.URLUnreachable, false},
		"/other":   {0, "", job.URLUnreachable, false},
		"/large":   {0, "", job.FileTooLarge, false},
		"/away":    {302, "", "", false},
		"/busy":    {503, "", job.URLUnreachable, true},
	}
	for path, test := range tests {
		t.Run(path, func(t *testing.T) {
			v, err := client.Visit(t.Context(), server.URL+path, 1000)
			if err != nil {
				if test.status != 0 || job.CodeOf(err) != test.code || Temporary(err) != test.passes {
					t.Errorf("%v", err)
				}
				return
			}
			defer v.Body.Close()
			b, err := io.ReadAll(v.Body)
			if err == nil {
				err = v.Err()
			}
			if v.Status != test.status || (err != nil) != (test.code != "") || err != nil && job.CodeOf(err) != test.code || Temporary(err) != test.passes {
				t.Errorf("%d %v", v.Status, err)
			}
			if test.body != "" && string(b) != test.body {
				t.Errorf("got %q", b)
			}
		})
	}
	for _, bad := range []string{"ftp://example.org", "http://10.0.0.1/", "http://[::ffff:10.0.0.1]/"} {
		if v, err := client.Visit(t.Context(), bad, 1000); job.CodeOf(err) != job.URLUnreachable {
			t.Errorf("%s: %v %v", bad, v, err)
		}
	}
}
