package safehttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

func TestPost(t *testing.T) {
	got := make(chan http.Header, 1)
	server, client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || string(body) != `{"a":1}` {
			t.Errorf("got %s %q, %v", r.Method, body, err)
		}
		got <- r.Header
		w.Header().Set("X-Answer", "yes")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "short and stout") // the client says what came
	})
	header := http.Header{"Content-Type": {"application/json"}, "Webhook-Id": {"evt_1"}}
	answer, err := client.Post(t.Context(), server.URL+"/hook?token=1", header, []byte(`{"a":1}`), 5)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Status != http.StatusTeapot || answer.Header.Get("X-Answer") != "yes" || string(answer.Body) != "short" {
		t.Errorf("got %d %v %q", answer.Status, answer.Header, answer.Body)
	}
	want := http.Header{"Content-Type": {"application/json"}, "Webhook-Id": {"evt_1"}, "User-Agent": {"Docket/1.2.0"}, "Content-Length": {"7"}}
	if diff := cmp.Diff(want, <-got); diff != "" {
		t.Error(diff)
	}
	if header.Get("User-Agent") != "" {
		t.Error("the caller's header was changed")
	}
}

func TestPostFollowsNothing(t *testing.T) {
	var asked atomic.Int32
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer target.Close()
	for _, location := range []string{target.URL, "http://10.0.0.1/", "file:///etc/passwd", "http://[", "%zz", ""} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			t.Run(fmt.Sprintf("%d %s", status, location), func(t *testing.T) {
				server, client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Location", location)
					w.WriteHeader(status)
				})
				answer, err := client.Post(t.Context(), server.URL, nil, nil, 10)
				if err != nil || answer.Status != status {
					t.Errorf("got %v, %v", answer, err)
				}
			})
		}
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the target was asked %d times", n)
	}
}

// The status was said: what comes after it, or does not, is no failure.
func TestPostReadsNoMoreThanItNeeds(t *testing.T) {
	ended := make(chan struct{})
	server, client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/endless":
			defer close(ended)
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, strings.Repeat("a", 4096)); err != nil {
					return
				}
			}
		case "/broken":
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "abc") // less than announced
		case "/hangs":
			_, _ = io.WriteString(w, "abc")
			flush(t, w)
			<-r.Context().Done()
		}
	})
	for _, tt := range []struct {
		path    string
		timeout time.Duration
		want    int
	}{{"/endless", time.Minute, 1000}, {"/broken", time.Minute, 3}, {"/hangs", 4 * time.Second, 3}, {"/empty", time.Minute, 0}} {
		t.Run(tt.path, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), tt.timeout)
			defer cancel()
			answer, err := client.Post(ctx, server.URL+tt.path, nil, nil, 1000)
			if err != nil {
				t.Fatal(err)
			}
			if answer.Status != http.StatusOK || len(answer.Body) != tt.want {
				t.Errorf("got %d with %d bytes, want %d", answer.Status, len(answer.Body), tt.want)
			}
		})
	}
	<-ended // the connection is given up when the limit is reached
}

func TestPostFailures(t *testing.T) {
	hold := make(chan struct{})
	server, client := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/reset" {
			panic(http.ErrAbortHandler)
		}
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	})
	defer close(hold)
	names := testkit.Names(t, func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("10.0.0.1")} })
	tests := []struct {
		name   string
		client *Client
		url    string
		header http.Header
		reason string
	}{
		{"scheme", client, "ftp://a/", nil, reasonScheme},
		{"private", newClient(t, Options{}), server.URL, nil, reasonPrivate},
		{"private by name", newClient(t, Options{Resolver: names}), "http://a.test/", nil, reasonPrivate},
		{"no TLS", client, strings.Replace(server.URL, "http:", "https:", 1), nil, "the server does not speak TLS"},
		{"connection lost", client, server.URL + "/reset", nil, "the connection was lost"},
		{"hangs", client, server.URL, nil, "timed out"},
		{"header of two lines", client, server.URL, http.Header{"A": {"b\r\nc: d"}}, "the transfer failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			patience := time.Minute
			if tt.name == "hangs" {
				patience = time.Second
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			_, err := tt.client.Post(ctx, tt.url, tt.header, nil, 10)
			wantReason(t, err, tt.reason)
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		stop := errors.New("the server stops")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(stop)
		if _, err := client.Post(ctx, server.URL, nil, nil, 10); !errors.Is(err, stop) {
			t.Errorf("got %v", err)
		}
	})
}

func TestOptionsCheckURL(t *testing.T) {
	lan := Options{AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	local := Options{AllowLoopback: true}
	tests := []struct {
		options Options
		url     string
		reason  string
	}{
		{Options{}, "https://example.com/hook", ""},
		{Options{}, "https://93.184.215.14/hook", ""},
		{Options{}, "mailto:a@b", reasonScheme},
		{Options{}, "http://10.1.0.1/", reasonPrivate},
		{Options{}, "http://[::ffff:10.1.0.1]/", reasonPrivate},
		{Options{}, "http://localhost:8080/", reasonPrivate},
		{Options{}, "http://Api.LOCALHOST./", reasonPrivate},
		{Options{}, "http://127.0.0.1/", reasonPrivate},
		{local, "http://localhost:8080/", ""},
		{local, "http://[::1]/", ""},
		{local, "http://10.1.0.1/", reasonPrivate},
		{lan, "http://10.1.0.1/", ""},
		{lan, "http://10.2.0.1/", reasonPrivate},
	}
	for _, tt := range tests {
		t.Run(tt.url, func(t *testing.T) {
			err := tt.options.CheckURL(tt.url)
			if tt.reason != "" {
				wantReason(t, err, tt.reason)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}
