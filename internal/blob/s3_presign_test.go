package blob_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7/pkg/signer"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/testkit"
)

// put sends a document to an address, as a client does.
func put(t *testing.T, address, contentType string, content []byte) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, address, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	return resp.StatusCode
}

// get fetches an address without a key.
func get(t *testing.T, address string) (status int, header http.Header, body []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Error(err)
	}
	return resp.StatusCode, resp.Header, b
}

// Clients send documents to the bucket, and fetch them there.
func TestPresigned(t *testing.T) {
	g := testkit.NewGateway(t, "docs")
	presigned(t, openBucket(t, g, func(o *blob.S3) { o.Presign = blob.PresignAll }))
}

func presigned(t *testing.T, s *blob.Store) {
	t.Helper()
	for _, size := range []int{0, 1000, 3 << 20} {
		id, content := newID(t), pattern(size)
		address, err := s.UploadURL(t.Context(), id, "application/pdf", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if status := put(t, address, "text/html", []byte("x")); status != http.StatusForbidden {
			t.Errorf("with another type: %d", status)
		}
		if status := put(t, address, "application/pdf", content); status != http.StatusOK {
			t.Fatalf("%d bytes are answered %d", size, status)
		}
		ups, err := s.Uploads(t.Context())
		if err != nil || len(ups) != 1 || ups[0].Job != id || ups[0].Size != int64(size) {
			t.Fatalf("there are %+v, %v", ups, err)
		}
		sealed, err := s.TakeUpload(t.Context(), ups[0], "input-0-x")
		want := stored(t, s, newID(t), 0, "other", content)
		if err != nil || sealed.File.Blob != blob.Name(id, 0, "input-0-x") || sealed.SHA256 != want.SHA256 || sealed.File.Size != int64(size) || sealed.File.Inline != want.File.Inline {
			t.Errorf("taken over as %+v, %v", sealed, err)
		}
		if err := s.DropUpload(id); err != nil {
			t.Error(err)
		}
		if _, err := s.TakeUpload(t.Context(), ups[0], "input-0-y"); job.CodeOf(err) != job.ResultGone {
			t.Errorf("a second time: %v", err)
		}
		download, err := s.DownloadURL(t.Context(), sealed.File, `a "b" ü.pdf`, time.Minute)
		if err != nil || (download != "") != (size > 1<<20) {
			t.Fatalf("%d bytes are at %q, %v", size, download, err)
		}
		if download == "" {
			continue
		}
		status, header, got := get(t, download)
		if status != http.StatusOK || !bytes.Equal(got, content) {
			t.Errorf("the download is answered %d with %d bytes", status, len(got))
		}
		if d := header.Get("Content-Disposition"); header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(d, "attachment; filename") {
			t.Errorf("it is %q, %q", header.Get("Content-Type"), d)
		}
		if status, _, _ := get(t, strings.Replace(download, "input-0-x", "input-0-y", 1)); status != http.StatusForbidden {
			t.Errorf("another object: %d", status)
		}
	}
}

// A copy whose answer says that there is none can have been made all the same:
// nothing of it stays.
func TestCopyThatFailedLeavesNothing(t *testing.T) {
	g := testkit.NewGateway(t, "docs")
	between := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(g.Endpoint())
			r.Out.Host = r.In.Host // it is signed
		},
		ModifyResponse: func(r *http.Response) error {
			if r.Request.Header.Get("X-Amz-Copy-Source") != "" {
				r.StatusCode = http.StatusNotFound
			}
			return nil
		},
	})
	t.Cleanup(between.Close)
	endpoint, err := url.Parse(between.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := openBucket(t, g, func(o *blob.S3) { o.Presign, o.Endpoint = blob.PresignUploads, endpoint })
	id := newID(t)
	address, err := s.UploadURL(t.Context(), id, "application/pdf", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if status := put(t, address, "application/pdf", pattern(1<<20)); status != http.StatusOK {
		t.Fatalf("an upload is answered %d", status)
	}
	ups, err := s.Uploads(t.Context())
	if err != nil || len(ups) != 1 {
		t.Fatalf("there are %v, %v", ups, err)
	}
	before := g.Objects("docs")
	if sealed, err := s.TakeUpload(t.Context(), ups[0], "input-0-x"); err == nil {
		t.Errorf("taken over as %+v", sealed)
	}
	if after := g.Objects("docs"); !slices.Equal(after, before) {
		t.Errorf("there were %v, there are %v", before, after)
	}
}

// Servers below a path of their host get requests that are signed with it.
func TestEndpointBelowAPath(t *testing.T) {
	const path = "/storage/v1/s3"
	g := testkit.NewGateway(t, "docs")
	server := httptest.NewServer(below(t, path, g))
	defer server.Close()
	u, err := url.Parse(server.URL + path + "/")
	if err != nil {
		t.Fatal(err)
	}
	s := openBucket(t, g, func(o *blob.S3) { o.Endpoint, o.Presign = u, blob.PresignAll })
	content := pattern(part + 100_000)
	id := newID(t)
	sealed := stored(t, s, id, 1, "deep/ö + x", content)
	if got, err := read(t.Context(), s, sealed.File); err != nil || !bytes.Equal(got, content) {
		t.Errorf("read %d bytes, %v", len(got), err)
	}
	if _, err := s.Copy(t.Context(), sealed.File, id, 2, "copy"); err != nil {
		t.Error(err)
	}
	presigned(t, s)
	if err := s.RemoveJob(id); err != nil {
		t.Error(err)
	}
	for _, name := range g.Objects("docs") {
		if strings.Contains(name, id.String()) {
			t.Errorf("left %s", name)
		}
	}
}

// below is a proxy that holds the signature against the whole path, as such
// servers do, and asks the gateway without it.
func below(t *testing.T, path string, g *testkit.Gateway) http.Handler {
	t.Helper()
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", g.Endpoint().Host, g.Endpoint().Host
		r.Out.URL.Path, r.Out.URL.RawPath = strings.TrimPrefix(r.In.URL.Path, path), strings.TrimPrefix(r.In.URL.RawPath, path)
		for _, name := range []string{"Authorization", "X-Forwarded-For", "Accept-Encoding", "User-Agent"} {
			r.Out.Header.Del(name)
		}
		query := r.Out.URL.Query()
		maps.DeleteFunc(query, func(name string, _ []string) bool { return strings.HasPrefix(name, "X-Amz-") })
		r.Out.URL.RawQuery = query.Encode()
		if r.Out.Header.Get("X-Amz-Content-Sha256") == "" {
			r.Out.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
		}
		r.Out = signer.SignV4(*r.Out, testkit.S3AccessKey, testkit.S3Secret, "", "us-east-1")
	}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, path+"/") || !isSigned(r) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		proxy.ServeHTTP(w, r)
	})
}

// isSigned signs the request once more, at the time at which it was signed, and
// compares.
func isSigned(r *http.Request) bool {
	query, authorization := r.URL.Query(), r.Header.Get("Authorization")
	names, given, date, payload := query.Get("X-Amz-SignedHeaders"), query.Get("X-Amz-Signature"), query.Get("X-Amz-Date"), "UNSIGNED-PAYLOAD"
	if authorization != "" {
		names, given = between(authorization, "SignedHeaders=", ","), between(authorization, "Signature=", ",")
		date, payload = r.Header.Get("X-Amz-Date"), r.Header.Get("X-Amz-Content-Sha256")
	}
	query.Del("X-Amz-Signature")
	var headers strings.Builder
	for name := range strings.SplitSeq(names, ";") {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		headers.WriteString(name + ":" + value + "\n")
	}
	canonical := strings.Join([]string{
		r.Method, r.URL.EscapedPath(), strings.ReplaceAll(query.Encode(), "+", "%20"), headers.String(), names, payload,
	}, "\n")
	day := date[:min(8, len(date))]
	key := []byte("AWS4" + testkit.S3Secret)
	for _, part := range []string{day, "us-east-1", "s3", "aws4_request"} {
		key = mac(key, part)
	}
	sum := sha256.Sum256([]byte(canonical))
	want := mac(key, "AWS4-HMAC-SHA256\n"+date+"\n"+day+"/us-east-1/s3/aws4_request\n"+hex.EncodeToString(sum[:]))
	return given != "" && given == hex.EncodeToString(want)
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}
