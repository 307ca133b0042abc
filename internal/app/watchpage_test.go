package app_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// watchPage is a page that takes a document and follows its job.
const watchPage = "../../examples/watch-page/index.html"

// dropping is a hand that drops a document on the page.
const dropping = `<script>
setTimeout(function drop() {
	const there = document.getElementById('drop');
	if (!there || !there.ondrop) return setTimeout(drop, 10);
	const files = new DataTransfer();
	files.items.add(new File(['Dear Ada,\n\nthe engine is ready.\n\nYours, Charles'], 'letter.txt', {type: 'text/plain'}));
	there.dispatchEvent(new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true}));
}, 0);
</script>
`

// The page follows a job whatever comes through to it. // contract A8, J28
func TestBrowserWatchesWhatItDrops(t *testing.T) {
	s, from := serve(t, dataFolder(t), "--workers", "1"), servePage(t, watchPage, dropping)
	for way, refused := range map[string]func(*http.Request) bool{
		"WebSocket": func(*http.Request) bool { return false },
		"Server-Sent Events": func(r *http.Request) bool {
			return r.Header.Get("Upgrade") != ""
		},
		"asking": func(r *http.Request) bool {
			return r.Header.Get("Upgrade") != "" || strings.Contains(r.Header.Get("Accept"), "event-stream")
		},
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			b := browse(t, from.URL+"/?server="+url.QueryEscape(refusing(t, s.url, refused)))
			if got := b.text("outcome"); !strings.Contains(got, "letter.md, ") {
				t.Errorf("outcome %q", got)
			}
			if log := b.text("log"); !strings.Contains(log, way+": completed 100%\n") || strings.Count(log, ": completed") != 1 {
				t.Errorf("log\n%s", log)
			}
		})
	}
}

// refusing is a proxy before the server that lets some requests not through.
func refusing(t *testing.T, server string, refused func(*http.Request) bool) string {
	t.Helper()
	to, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refused(r) {
			http.Error(w, "not through here", http.StatusBadGateway)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p.URL
}
