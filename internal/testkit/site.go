package testkit

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Site is a web site on loopback with a number of pages, /page/0 and on, that
// link to each other like a tree, and with all that makes crawlers stumble.
type Site struct {
	URL   string
	Pages int

	mu     sync.Mutex
	visits map[string]int
}

// NewSite serves a site of so many pages for the time of the test.
func NewSite(t testing.TB, pages int) *Site {
	t.Helper()
	s := &Site{Pages: pages, visits: map[string]int{}}
	server := httptest.NewServer(s.routes())
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Visits counts the requests for each address, as it was asked for.
func (s *Site) Visits() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[string]int, len(s.visits))
	for k, v := range s.visits {
		all[k] = v
	}
	return all
}

func (s *Site) routes() http.Handler {
	mux := http.NewServeMux()
	s.plain(mux)
	s.traps(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.visits[r.URL.RequestURI()]++
		s.mu.Unlock()
		mux.ServeHTTP(w, r)
	})
}

func (s *Site) plain(mux *http.ServeMux) {
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, _ *http.Request) {
		sayf(w, "noindex: /page\nUser-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /private/\nSitemap: %s/map.xml\n", s.URL)
	})
	mux.HandleFunc("GET /map.xml", func(w http.ResponseWriter, _ *http.Request) {
		sayf(w, `<?xml version="1.0"?><urlset><url><loc>%s/unlinked</loc></url></urlset>`, s.URL)
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		page(w, "Home", "Welcome.", "/page/0", "/traps")
	})
	mux.HandleFunc("GET /page/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.PathValue("n"))
		if err != nil || n >= s.Pages {
			http.NotFound(w, r)
			return
		}
		var links []string
		for i := 8*n + 1; i <= 8*n+8 && i < s.Pages; i++ {
			links = append(links, fmt.Sprintf("/page/%d?PHPSESSID=%d", i, n), fmt.Sprintf("%s/page/%d?utm_source=a#top", s.URL, i))
		}
		page(w, fmt.Sprintf("Page %d", n), fmt.Sprintf("This is what page %d has to say. It is about the number %d.", n, n), append(links, "/", "/page/0")...)
	})
	mux.HandleFunc("GET /unlinked", func(w http.ResponseWriter, _ *http.Request) { page(w, "Unlinked", "Only the map knows me.") })
	mux.HandleFunc("GET /doc.pdf", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(PDF("A document on the way.", "Its second page."))
	})
	mux.HandleFunc("GET /plain.txt", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=iso-8859-1")
		_, _ = w.Write([]byte("Gr\xfc\xdfe aus dem Text."))
	})
}

// traps are all linked from one page.
func (s *Site) traps(mux *http.ServeMux) {
	mux.HandleFunc("GET /traps", func(w http.ResponseWriter, _ *http.Request) {
		page(w, "Traps", "Mind your step.", "/doc.pdf", "/plain.txt", "/loop/a", "/calendar?month=1", "/huge", "/slow", "/private/x", "/inside", "/circle/a", "/self", "/picture.html",
			"/octets", "/broken", "/deep", "/copy/3", "/print/4", "/page/5;jsessionid=ABC", "/bomb", "/missing", "/error", "/deeper/", "/frames", "/many",
			"mailto:a@example.org", "javascript:void(0)", "http://[broken", "http://other.example/", "//127.0.0.1:1/elsewhere", "data:text/html,x", "/gzip")
	})
	for path, to := range map[string]string{"/circle/a": "/circle/b", "/circle/b": "/circle/a", "/self": "/self", "/inside": "http://169.254.169.254/latest/meta-data"} {
		mux.Handle("GET "+path, http.RedirectHandler(to, http.StatusFound))
	}
	for a, b := range map[string]string{"/loop/a": "/loop/b", "/loop/b": "/loop/a"} {
		mux.HandleFunc("GET "+a, func(w http.ResponseWriter, _ *http.Request) { page(w, "Loop", "From "+a, b, a) })
	}
	mux.HandleFunc("GET /calendar", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.FormValue("month"))
		page(w, "Calendar", fmt.Sprintf("Nothing happens in month %d.", n), fmt.Sprintf("/calendar?month=%d", n+1), fmt.Sprintf("/calendar?month=%d", n-1))
	})
	mux.HandleFunc("GET /many", func(w http.ResponseWriter, _ *http.Request) {
		var links []string
		for i := range 300 {
			links = append(links, fmt.Sprintf("/calendar?month=%d", 1000+i))
		}
		page(w, "Many", "Years to come.", links...)
	})
	mux.HandleFunc("GET /deeper/", func(w http.ResponseWriter, r *http.Request) {
		page(w, "Deeper", "At "+r.URL.Path, "x/")
	})
	mux.HandleFunc("GET /huge", func(w http.ResponseWriter, r *http.Request) {
		for line := []byte("<p>" + strings.Repeat("more and more ", 1000)); r.Context().Err() == nil; {
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("GET /slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("GET /private/x", func(w http.ResponseWriter, _ *http.Request) { page(w, "Private", "Robots stay out.") })
	mux.HandleFunc("GET /picture.html", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"))
	})
	mux.HandleFunc("GET /octets", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		sayf(w, "<!DOCTYPE html><title>Octets</title><p>A page that is called something else.")
	})
	s.markup(mux)
}

// markup are pages that are made badly, or twice.
func (s *Site) markup(mux *http.ServeMux) {
	mux.HandleFunc("GET /broken", func(w http.ResponseWriter, _ *http.Request) {
		sayf(w, "<html><body><p>Broken <b>but <i>there</b> <table><tr><td>cell <a href='/page/1'>one<a href=\"/found-in-broken\">two</html><script>never ends")
	})
	mux.HandleFunc("GET /found-in-broken", func(w http.ResponseWriter, _ *http.Request) { page(w, "Found", "Through the rubble.") })
	mux.HandleFunc("GET /deep", func(w http.ResponseWriter, _ *http.Request) {
		sayf(w, "<html><body>%sAt the bottom.<a href=/found-in-deep>x</a>", strings.Repeat("<div>", 100_000))
	})
	mux.HandleFunc("GET /found-in-deep", func(w http.ResponseWriter, _ *http.Request) { page(w, "Deep", "Down here.") })
	mux.HandleFunc("GET /copy/3", func(w http.ResponseWriter, _ *http.Request) {
		page(w, "Page 3", "This is what page 3 has to say. It is about the number 3.", "/", "/page/0")
	})
	mux.HandleFunc("GET /print/4", func(w http.ResponseWriter, _ *http.Request) {
		sayf(w, "<title>Print</title><link rel=canonical href=/page/4><p>Printed today: page 4.")
	})
	mux.HandleFunc("GET /frames", func(w http.ResponseWriter, _ *http.Request) {
		sayf(w, "<title>Frames</title><base href=%s/sub/><iframe src=../page/2></iframe><a href=relative>r</a><a rel=nofollow href=/no>n</a>", s.URL)
	})
	mux.HandleFunc("GET /sub/relative", func(w http.ResponseWriter, _ *http.Request) { page(w, "Relative", "To the base.") })
	mux.HandleFunc("GET /error", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	bomb := bytes.Repeat(packed(bytes.Repeat([]byte("<p>boom</p>"), 1<<17)), 64) // packed in parts, which are one page together
	mux.HandleFunc("GET /bomb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(bomb)
	})
	small := packed([]byte("<title>Packed</title><p>Small on the way."))
	mux.HandleFunc("GET /gzip", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(small)
	})
}

func packed(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

func page(w http.ResponseWriter, title, text string, links ...string) {
	sayf(w, "<!DOCTYPE html><html lang=en><head><title>%s</title></head><body><nav>Menu</nav><main><h1>%s</h1><p>%s</p></main><footer>", title, title, text)
	for _, l := range links {
		sayf(w, "<a href=%q>link</a> ", l)
	}
	sayf(w, "</footer></body></html>")
}

func sayf(w http.ResponseWriter, format string, args ...any) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	_, _ = fmt.Fprintf(w, format, args...)
}
