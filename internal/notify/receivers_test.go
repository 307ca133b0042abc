package notify

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docket/internal/testkit"
)

// brief is how long a webhook may take in tests of those that take forever.
const brief = time.Second

func deliveryTo(url string) Delivery {
	return Delivery{ID: "evt_1", URL: url, Secrets: []string{specSecret}, Body: []byte(`{}`), AllowLoopback: true}
}

// badReceiver answers by path.
func badReceiver(t *testing.T, now time.Time) *httptest.Server {
	t.Helper()
	stop := make(chan struct{})
	redirected := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/hangs":
			select {
			case <-stop:
			case <-r.Context().Done():
			}
		case "/resets":
			reset(t, w)
		case "/redirects":
			http.Redirect(w, r, redirected.URL, http.StatusTemporaryRedirect)
		case "/large":
			_, _ = io.WriteString(w, strings.Repeat("a", 10<<20)) // the sender hangs up
		case "/endless":
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, "é\x00\xff"); err != nil {
					return
				}
			}
		case "/drips":
			_, _ = io.WriteString(w, "taken")
			_ = http.NewResponseController(w).Flush() // the sender says whether it came
			<-r.Context().Done()
		case "/busy":
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusTooManyRequests)
		case "/busy-until":
			w.Header().Set("Retry-After", now.Add(time.Hour).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/broken":
			http.Error(w, "no database", http.StatusInternalServerError)
		case "/taken":
			w.Header().Set("Retry-After", "120") // means nothing here
			w.WriteHeader(http.StatusAccepted)
		}
	}))
	t.Cleanup(func() {
		close(stop)
		server.Close()
		redirected.Close()
	})
	return server
}

// reset breaks the connection off without a goodbye.
func reset(t *testing.T, w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // the sender says what it saw
	}
	_ = conn.Close()
}

// contract H119
func TestBadReceivers(t *testing.T) {
	now := time.Unix(specTime, 0)
	server := badReceiver(t, now)
	patient := newWebhooks(t, WebhookOptions{Now: func() time.Time { return now }})
	hurried := newWebhooks(t, WebhookOptions{Timeout: brief, Now: func() time.Time { return now }})
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	tests := []struct {
		name    string
		url     string
		forever bool // it ends with the sender's time alone
		want    Attempt
	}{
		{"hangs", server.URL + "/hangs", true, Attempt{Error: "timed out"}},
		{"resets", server.URL + "/resets", false, Attempt{Error: "the connection was lost"}},
		{"is away", gone.URL, false, Attempt{Error: "connection refused"}},
		{"redirects to loopback", server.URL + "/redirects", false, Attempt{Status: 307, Error: "HTTP 307: redirects are not followed"}},
		{"answers 10 MB", server.URL + "/large", false, Attempt{Status: 200, Answer: strings.Repeat("a", maxAnswer)}},
		{"drips", server.URL + "/drips", true, Attempt{Status: 200, Answer: "taken"}},
		{"429 with seconds", server.URL + "/busy", false, Attempt{Status: 429, Error: "HTTP 429", RetryAfter: 2 * time.Minute}},
		{"503 with a date", server.URL + "/busy-until", false, Attempt{Status: 503, Error: "HTTP 503", RetryAfter: time.Hour}},
		{"410", server.URL + "/gone", false, Attempt{Status: 410, Error: "HTTP 410", Gone: true}},
		{"500", server.URL + "/broken", false, Attempt{Status: 500, Error: "HTTP 500", Answer: "no database\n"}},
		{"202", server.URL + "/taken", false, Attempt{Status: 202}},
		{"speaks no TLS", strings.Replace(server.URL, "http:", "https:", 1), false, Attempt{Error: "the server does not speak TLS"}},
		{"is no URL", "gopher://127.0.0.1/", false, Attempt{Error: "only http and https URLs can be fetched"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := patient
			if tt.forever {
				w = hurried
			}
			got := w.Send(t.Context(), deliveryTo(tt.url))
			ignored := cmpopts.IgnoreFields(Attempt{}, "At", "Took", "RequestHeaders", "AnswerHeaders")
			if diff := cmp.Diff(tt.want, got, ignored, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			if got.Took > sendTimeout || tt.forever && got.Took > sendTimeout-brief || got.OK() != (got.Status/100 == 2) {
				t.Errorf("ok=%t after %v", got.OK(), got.Took)
			}
			if got.Status > 0 && got.AnswerHeaders["date"] == "" {
				t.Errorf("the headers are %v", got.AnswerHeaders)
			}
		})
	}
	t.Run("endless", func(t *testing.T) {
		got := patient.Send(t.Context(), deliveryTo(server.URL+"/endless"))
		if !got.OK() || len(got.Answer) > maxAnswer || len(got.Answer) < maxAnswer-3 || !utf8.ValidString(got.Answer) || strings.Contains(got.Answer, "\x00") {
			t.Errorf("got %+v", got)
		}
	})
}

func TestWebhookOfAStoppedServer(t *testing.T) {
	server := badReceiver(t, time.Now())
	ctx, cancel := context.WithTimeout(t.Context(), brief)
	cancel()
	a := newWebhooks(t, WebhookOptions{}).Send(ctx, deliveryTo(server.URL+"/hangs"))
	if a.OK() || a.Permanent || a.Error != "the server was stopped" {
		t.Errorf("got %+v", a)
	}
}

func TestBrokenTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request came through") }))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0) // refused certificates are the point
	server.StartTLS()
	defer server.Close()
	if a := newWebhooks(t, WebhookOptions{}).Send(t.Context(), deliveryTo(server.URL)); a.Error != "the TLS certificate is not trusted" {
		t.Errorf("got %+v", a)
	}
}

func TestPrivateReceivers(t *testing.T) {
	names := testkit.Names(t, func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("169.254.169.254")} })
	w := newWebhooks(t, WebhookOptions{Resolver: names})
	for _, url := range []string{"http://10.0.0.1/", "http://[::1]/", "http://127.0.0.1/", "http://metadata.test/"} {
		d := deliveryTo(url)
		d.AllowLoopback = false
		if a := w.Send(t.Context(), d); a.Error != "the address is private" || a.Status != 0 {
			t.Errorf("%s: %+v", url, a)
		}
	}
}

// The name leads to the receiver once, and to a private address from then on.
func TestReceiverThatRebinds(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close") // the next webhook asks again
	}))
	defer server.Close()
	var moved atomic.Bool
	names := testkit.Names(t, func(string) []netip.Addr {
		if moved.Load() {
			return []netip.Addr{netip.MustParseAddr("192.168.0.1")}
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	})
	w := newWebhooks(t, WebhookOptions{Resolver: names})
	url := strings.Replace(server.URL, "127.0.0.1", "rebind.test", 1)
	if a := w.Send(t.Context(), deliveryTo(url)); !a.OK() {
		t.Fatal(a.Error)
	}
	moved.Store(true)
	if a := w.Send(t.Context(), deliveryTo(url)); a.Error != "the address is private" {
		t.Errorf("got %+v", a)
	}
}

// A connection that one endpoint may have carries nothing for another.
func TestAllowedNetworksShareNoConnections(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	w := newWebhooks(t, WebhookOptions{})
	mine, other := deliveryTo(server.URL), deliveryTo(server.URL)
	mine.AllowLoopback, mine.AllowPrivate = false, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8")}
	other.AllowLoopback, other.AllowPrivate = false, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for range 2 {
		if a := w.Send(t.Context(), mine); !a.OK() {
			t.Fatal(a.Error)
		}
		if a := w.Send(t.Context(), other); a.Error != "the address is private" {
			t.Errorf("got %+v", a)
		}
	}
}

func TestClientsAreBounded(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	w := newWebhooks(t, WebhookOptions{})
	for i := range 3 * maxClients {
		d := deliveryTo(server.URL)
		d.AllowPrivate = []netip.Prefix{netip.MustParsePrefix(fmt.Sprintf("10.%d.0.0/16", i))}
		if a := w.Send(t.Context(), d); !a.OK() {
			t.Fatal(a.Error)
		}
	}
	if n := len(w.clients.bySet); n > maxClients {
		t.Errorf("%d clients are kept", n)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Unix(specTime, 0)
	tests := []struct {
		value string
		want  time.Duration
	}{
		{"", 0}, {"0", 0}, {" 7 ", 7 * time.Second}, {"-1", 0}, {"1.5", 0}, {"soon", 0},
		{"99999999999999999999999", maxRetryAfter}, {"18446744073709551615", maxRetryAfter}, {"86401", maxRetryAfter},
		{now.Add(90 * time.Second).UTC().Format(http.TimeFormat), 90 * time.Second},
		{now.Add(-time.Hour).UTC().Format(http.TimeFormat), 0},
		{"Fri, 31 Dec 9999 23:59:59 GMT", maxRetryAfter},
	}
	for _, tt := range tests {
		if got := retryAfter(tt.value, now); got != tt.want {
			t.Errorf("%q: %v, want %v", tt.value, got, tt.want)
		}
	}
}

func TestRememberedHeaders(t *testing.T) {
	got := received(http.Header{
		"Content-Type": {"text/plain"}, "Set-Cookie": {"session=secret"}, "X-Two": {"a", "b"}, "X-Bytes": {"\xff\x00"},
		"Y-Huge": {strings.Repeat("a", 3*maxHeaders)}, "Z-Last": {"late"},
	})
	want := map[string]string{"content-type": "text/plain", "x-two": "a, b", "x-bytes": "\uFFFD\uFFFD"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
