package api

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/testkit"
)

// keyed is a request of the holder of a key.
func keyed(t testing.TB, method, path string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	return r.WithContext(account.With(r.Context(), account.Caller{ID: account.Local, Key: "key", Scopes: account.Read, Limits: account.Limits{Reads: 3}}))
}

// Retry-After is when the next request is served, and not a second earlier; a
// long poll, a 304, a HEAD and a 404 count as one each. // contract H97, J29
func TestRetryAfterIsExact(t *testing.T) {
	b := newBench(t, usualPace())
	clock := time.Unix(1e9, 0)
	b.api.windows = account.NewWindows(func() time.Time { return clock })
	path := "/jobs/" + testkit.Submit(t, b.store, account.Local, time.Now()).ID.In(job.TypeID)
	ask := func(method, path, etag string) *httptest.ResponseRecorder {
		r, w := keyed(t, method, path), httptest.NewRecorder()
		r.Header.Set("If-None-Match", etag)
		b.api.ServeHTTP(w, r)
		return w
	}
	for _, step := range []struct {
		after              time.Duration // since the step before
		method, path, etag string
		status             int
		limit, retry       string
	}{
		{0, "GET", path + "?wait=0.01", "", 200, `"reads";r=2;t=60`, ""},
		{10 * time.Second, "HEAD", path, "", 200, `"reads";r=1;t=50`, ""},
		{10 * time.Second, "GET", path, `W/"1"`, 304, `"reads";r=0;t=40`, ""},
		{0, "GET", path, "", 429, `"reads";r=0;t=40`, "40"},
		{5500 * time.Millisecond, "GET", path + "/status", "", 429, `"reads";r=0;t=35`, "35"},
		{34 * time.Second, "GET", path, "", 429, `"reads";r=0;t=1`, "1"},
		{500*time.Millisecond - 1, "GET", path, "", 429, `"reads";r=0;t=1`, "1"},
		{1, "GET", "/parse/" + "00000000-0000-7000-8000-000000000000", "", 404, `"reads";r=0;t=10`, ""},
		{0, "GET", path, "", 429, `"reads";r=0;t=10`, "10"},
		{time.Minute, "GET", path, "", 200, `"reads";r=2;t=60`, ""},
	} {
		clock = clock.Add(step.after)
		w := ask(step.method, step.path, step.etag)
		if w.Code != step.status || w.Header().Get("RateLimit") != step.limit || w.Header().Get("Retry-After") != step.retry {
			t.Errorf("%s %s: %d, %s, Retry-After %q; want %d, %s, %q", step.method, step.path, w.Code, w.Header().Get("RateLimit"), w.Header().Get("Retry-After"), step.status, step.limit, step.retry)
		}
		if got := w.Header().Get("RateLimit-Policy"); got != `"reads";q=3;w=60` {
			t.Errorf("%s %s: policy %s", step.method, step.path, got)
		}
	}
}

// What the limits cost a poll: once without a key and once with one.
func BenchmarkPoll(b *testing.B) {
	bench := newBench(b, usualPace())
	path := "/jobs/" + testkit.Submit(b, bench.store, account.Local, time.Now()).ID.In(job.TypeID)
	for name, key := range map[string]string{"unlimited": "", "limited": "key"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
			r = r.WithContext(account.With(r.Context(), account.Caller{ID: account.Local, Key: key, Scopes: account.Read, Limits: account.Limits{Reads: 1 << 30}}))
			for b.Loop() {
				bench.api.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}

// BenchmarkCount is the part of a poll that counts it.
func BenchmarkCount(b *testing.B) {
	bench := newBench(b, usualPace())
	c := account.Caller{ID: account.Local, Key: "key", Limits: account.Limits{Reads: 1 << 30}}
	h := http.Header{}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := bench.api.count(c, h, account.Reads); err != nil {
			b.Fatal(err)
		}
	}
}
