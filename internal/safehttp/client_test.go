package safehttp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"docket/internal/job"
	"docket/internal/testkit"
)

// serve starts a server and gives a client that may talk to it.
func serve(t *testing.T, handle http.HandlerFunc) (server *httptest.Server, client *Client) {
	t.Helper()
	server = httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return server, newClient(t, Options{UserAgent: "Docket/1.2.0", AllowLoopback: true})
}

// flush sends what was written so far.
func flush(t *testing.T, w http.ResponseWriter) {
	t.Helper()
	if err := http.NewResponseController(w).Flush(); err != nil {
		t.Error(err)
	}
}

func TestGet(t *testing.T) {
	server, client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/start" {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
			http.Redirect(w, r, "/report.pdf?signature=secret", http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "Application/PDF; charset=binary")
		for _, name := range []string{"User-Agent", "Accept-Encoding", "Cookie", "Referer", "Authorization"} {
			_, _ = fmt.Fprintf(w, "%s=%s;", name, r.Header.Get(name)) // the client says what came
		}
	})
	d, err := client.Get(t.Context(), server.URL+"/start?signature=secret", 1000)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Body.Close()
	got, err := io.ReadAll(d.Body)
	if err != nil {
		t.Fatal(err)
	}
	if want := "User-Agent=Docket/1.2.0;Accept-Encoding=identity;Cookie=;Referer=;Authorization=;"; string(got) != want {
		t.Errorf("the server saw %s, want %s", got, want)
	}
	if d.FileName != "report.pdf" || d.MediaType != "application/pdf" {
		t.Errorf("got name %q and type %q", d.FileName, d.MediaType)
	}
}

func TestLimit(t *testing.T) {
	const size = 100_000
	for _, announced := range []bool{true, false} {
		server, client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if announced {
				w.Header().Set("Content-Length", strconv.Itoa(size))
			} else {
				flush(t, w)
			}
			_, _ = io.WriteString(w, strings.Repeat("a", size)) // the client may hang up
		})
		for _, tt := range []struct {
			limit   int64
			tooMuch bool
		}{{-1, true}, {0, true}, {1, true}, {size - 1, true}, {size, false}, {size + 1, false}, {math.MaxInt64, false}} {
			t.Run(fmt.Sprintf("announced=%t/%d", announced, tt.limit), func(t *testing.T) {
				n, err := download(t.Context(), client, server.URL, tt.limit)
				if tt.tooMuch != (job.CodeOf(err) == job.FileTooLarge) || !tt.tooMuch && err != nil {
					t.Fatalf("got %v", err)
				}
				if tt.tooMuch && job.FailureOf(err).Facts["max"] != max(tt.limit, 0) {
					t.Errorf("the facts are %v", job.FailureOf(err).Facts)
				}
				if n > max(tt.limit, 0) || !tt.tooMuch && n != size {
					t.Errorf("read %d bytes", n)
				}
			})
		}
	}
}

// download reads everything and says how much that was.
func download(ctx context.Context, client *Client, url string, limit int64) (int64, error) {
	d, err := client.Get(ctx, url, limit)
	if err != nil {
		return 0, err
	}
	defer d.Body.Close()
	n, err := io.Copy(io.Discard, d.Body)
	if err != nil {
		if _, again := d.Body.Read(make([]byte, 10)); again == nil || again.Error() != err.Error() {
			return n, fmt.Errorf("the next read says %w", again)
		}
	}
	return n, err
}

func TestAnswers(t *testing.T) {
	tests := []struct {
		name      string
		status    int
		header    http.Header
		reason    string
		temporary bool
	}{
		{name: "not found", status: 404, reason: "HTTP 404"},
		{name: "forbidden", status: 403, reason: "HTTP 403"},
		{name: "redirect to nowhere", status: 302, reason: "HTTP 302"},
		{name: "request time-out", status: 408, reason: "HTTP 408", temporary: true},
		{name: "too many requests", status: 429, reason: "HTTP 429", temporary: true},
		{name: "server error", status: 500, reason: "HTTP 500", temporary: true},
		{name: "unavailable", status: 503, reason: "HTTP 503", temporary: true},
		{name: "gzip", status: 200, header: http.Header{"Content-Encoding": {"gzip"}}, reason: "the server compresses what it was asked not to compress"},
		{name: "redirect to itself", status: 302, header: http.Header{"Location": {"/"}}, reason: "more than 5 redirects"},
		{name: "redirect to a file", status: 302, header: http.Header{"Location": {"file:///etc/passwd"}}, reason: "it redirects to a URL that is refused: " + reasonScheme},
		{name: "redirect to a user", status: 307, header: http.Header{"Location": {"http://a:b@127.0.0.1/"}}, reason: "it redirects to a URL that is refused: " + reasonUserInfo},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server, client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				for name, values := range tt.header {
					w.Header()[name] = values
				}
				w.WriteHeader(tt.status)
			})
			_, err := client.Get(t.Context(), server.URL, 1000)
			wantReason(t, err, tt.reason)
			if Temporary(err) != tt.temporary {
				t.Errorf("Temporary = %t, want %t", !tt.temporary, tt.temporary)
			}
		})
	}
}

func TestFiveRedirectsAreFollowed(t *testing.T) {
	var server *httptest.Server
	server, client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if step := len(r.URL.Path); step <= maxRedirects {
			http.Redirect(w, r, server.URL+r.URL.Path+"a", http.StatusFound)
		}
	})
	if _, err := download(t.Context(), client, server.URL+"/", 10); err != nil {
		t.Error(err)
	}
}

func TestSlowServers(t *testing.T) {
	stop := make(chan struct{})
	server, client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			_, _ = io.WriteString(w, "a")
			flush(t, w)
		}
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	})
	defer close(stop)
	client.transport.ResponseHeaderTimeout = 50 * time.Millisecond
	t.Run("header", func(t *testing.T) {
		_, err := download(t.Context(), client, server.URL+"/header", 10)
		wantReason(t, err, "timed out")
		if !Temporary(err) {
			t.Error("is not called temporary")
		}
	})
	client.transport.ResponseHeaderTimeout = time.Minute
	t.Run("body", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := download(ctx, client, server.URL+"/body", 10)
		wantReason(t, err, "timed out")
		if !Temporary(err) {
			t.Error("is not called temporary")
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		gone := errors.New("the job was cancelled")
		ctx, cancel := context.WithCancelCause(t.Context())
		d, err := client.Get(ctx, server.URL+"/body", 10)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Body.Close()
		cancel(gone)
		if _, err = io.ReadAll(d.Body); !errors.Is(err, gone) || Temporary(err) {
			t.Errorf("got %v", err)
		}
	})
}

func TestBrokenConnections(t *testing.T) {
	tests := []struct {
		name   string
		answer string
		reason string
	}{
		{"no answer", "", "the connection was lost"},
		{"half a header", "HTTP/1.1 200 OK\r\nServer: a\r\n", "the connection was lost"},
		{"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "the connection was lost"},
		{"half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc", "the connection was lost"},
		{"not HTTP", "SSH-2.0-OpenSSH_9.2\r\n", "the transfer failed"},
		{"endless header", "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", 2*maxHeaderBytes), "the transfer failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server, client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.WriteString(conn, tt.answer) // the client may hang up
				_ = conn.Close()
			})
			_, err := download(t.Context(), client, server.URL, 1000)
			wantReason(t, err, tt.reason)
			if !Temporary(err) {
				t.Error("is not called temporary")
			}
		})
	}
}

func TestNoConnection(t *testing.T) {
	names := testkit.Names(t, func(string) []netip.Addr { return nil })
	client := newClient(t, Options{AllowLoopback: true, Resolver: names})

	_, err := client.Get(t.Context(), "http://nobody.test/a?secret", 1)
	wantReason(t, err, "the host name is not known")
	if Temporary(err) {
		t.Error("an unknown name is called temporary")
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the error gives the query away: %v", err)
	}

	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	_, err = client.Get(t.Context(), gone.URL, 1)
	wantReason(t, err, "connection refused")
	if !Temporary(err) {
		t.Error("a refused connection is not called temporary")
	}
}

func TestTLS(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	secure.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0) // refused certificates are the point
	secure.StartTLS()
	defer secure.Close()
	plain, client := serve(t, func(http.ResponseWriter, *http.Request) {})
	trusting := newClient(t, Options{AllowLoopback: true, Resolver: testkit.Names(t, func(string) []netip.Addr {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	})})
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	trusting.transport.TLSClientConfig = &tls.Config{RootCAs: roots}

	_, err := client.Get(t.Context(), secure.URL, 10)
	wantReason(t, err, "the TLS certificate is not trusted")
	_, err = trusting.Get(t.Context(), strings.Replace(secure.URL, "127.0.0.1", "other.test", 1), 10)
	wantReason(t, err, "the TLS certificate is for another host")
	_, err = client.Get(t.Context(), strings.Replace(plain.URL, "http:", "https:", 1), 10)
	wantReason(t, err, "the server does not speak HTTPS")
	if _, err := download(t.Context(), trusting, secure.URL, 10); err != nil {
		t.Error(err)
	}
}
