package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/testkit"
)

// openBucket opens the bucket of a gateway, as changed.
func openBucket(t *testing.T, g *testkit.Gateway, change func(*blob.S3)) *blob.Store {
	t.Helper()
	o := bucket(g)
	change(&o)
	s, err := blob.OpenS3(t.Context(), o, testkit.Store(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func asItIs(*blob.S3) {}

// Whatever is wrong with a bucket is told at the start: what, why, what to do.
func TestBucketsThatCannotBeUsed(t *testing.T) {
	t.Setenv("HOME", t.TempDir()) // no keys of AWS there
	g := testkit.NewGateway(t, "docs")
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := &url.URL{Scheme: "http", Host: l.Addr().String()}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		change func(*blob.S3)
		says   []string
	}{
		{"no bucket", func(o *blob.S3) { o.Bucket = "none" }, []string{"s3://none/a/b", g.Endpoint().Host, "make the bucket none"}},
		{"wrong key", func(o *blob.S3) { o.AccessKey = "other" }, []string{"does not know the access key", "DOCKET_S3_ACCESS_KEY"}},
		{"wrong secret", func(o *blob.S3) { o.Secret = "other" }, []string{"DOCKET_S3_SECRET"}},
		{"no key", func(o *blob.S3) { o.AccessKey, o.Secret = "", "" }, []string{"set DOCKET_S3_ACCESS_KEY and DOCKET_S3_SECRET"}},
		{"nobody answers", func(o *blob.S3) { o.Endpoint = nobody }, []string{"connection refused", "check the endpoint"}},
		{"another scheme", func(o *blob.S3) { o.Endpoint = &url.URL{Scheme: "https", Host: g.Endpoint().Host} }, []string{"check the endpoint, its scheme"}},
		{"another region", func(o *blob.S3) { o.Region = "eu-west-1" }, []string{"region="}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := bucket(g)
			test.change(&o)
			_, err := blob.OpenS3(t.Context(), o, testkit.Store(t))
			if err == nil {
				t.Fatal("it was taken")
			}
			for _, says := range test.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("does not say %q: %v", says, err)
				}
			}
			if strings.Contains(err.Error(), testkit.S3Secret) {
				t.Errorf("says the secret: %v", err)
			}
		})
	}
}

// A key that may only read is found at the start; one that may not write any
// more is shown by the probe, until it may.
func TestReadOnlyBucket(t *testing.T) {
	g := testkit.NewGateway(t, "docs")
	s := openBucket(t, g, asItIs)
	g.Stop()
	g.ReadOnly = true
	g.Start()
	_, err := blob.OpenS3(t.Context(), bucket(g), testkit.Store(t))
	if err == nil || !strings.Contains(err.Error(), "cannot be written to") || !strings.Contains(err.Error(), "s3:PutObject") {
		t.Errorf("at the start: %v", err)
	}
	if err := seal(s, newID(t), make([]byte, 100_000)); job.CodeOf(err) != job.Unavailable || errors.Is(err, blob.ErrAway) {
		t.Errorf("a write: %v", err)
	}
	if err := s.Probe(); err == nil || !s.Reachable(t.Context()) {
		t.Errorf("the probe: %v", err)
	}
	g.Stop()
	g.ReadOnly = false
	g.Start()
	if err := s.Probe(); err != nil {
		t.Errorf("the probe, when it may be written again: %v", err)
	}
}

func seal(s *blob.Store, id job.ID, content []byte) error {
	w := s.Create(context.Background(), id, 1, "out")
	if _, err := w.Write(content); err != nil {
		return errors.Join(err, w.Abort())
	}
	_, err := w.Seal()
	return err
}

// A server that is away refuses with words that say so, and is used again when
// it is back.
func TestBucketGoesAwayAndComesBack(t *testing.T) {
	g := testkit.NewGateway(t, "docs")
	s := openBucket(t, g, asItIs)
	content := pattern(300_000)
	there := stored(t, s, newID(t), 1, "out", content)
	half := s.Create(t.Context(), newID(t), 1, "out")
	if _, err := half.Write(make([]byte, part+1)); err != nil { // one part is sent
		t.Fatal(err)
	}
	g.Stop()
	away := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, blob.ErrAway) || job.CodeOf(err) != job.Unavailable {
			t.Errorf("%s: %v", what, err)
		}
	}
	begin := time.Now()
	away("write", seal(s, newID(t), content))
	_, err := half.Seal()
	away("seal", err)
	_, err = s.Open(t.Context(), there.File)
	away("open", err)
	_, err = s.Copy(t.Context(), there.File, newID(t), 1, "out")
	away("copy", err)
	away("remove", s.Remove(there.File))
	away("probe", s.Probe())
	for _, err := range s.Jobs(t.Context()) {
		away("list", err)
	}
	if s.Reachable(t.Context()) {
		t.Error("it is said to be reachable")
	}
	if took := time.Since(begin); took > 30*time.Second {
		t.Errorf("to find that took %v", took)
	}
	g.Start()
	for end := time.Now().Add(time.Minute); !s.Reachable(t.Context()); {
		if time.Now().After(end) {
			t.Fatal("it is back, and nobody notices")
		}
		<-time.After(50 * time.Millisecond)
	}
	if got, err := read(t.Context(), s, there.File); err != nil || !bytes.Equal(got, content) {
		t.Errorf("read %d bytes, %v", len(got), err)
	}
	if err := s.Clear(t.Context(), time.Now().Add(time.Hour)); err != nil || len(g.Objects("docs")) != 1 {
		t.Errorf("there are %v, %v", g.Objects("docs"), err)
	}
}

// A reader goes on where its connection broke; when it is not wanted any more
// it ends at once.
func TestBrokenReadGoesOn(t *testing.T) {
	g := testkit.NewGateway(t, "docs")
	s := openBucket(t, g, asItIs)
	content := pattern(20 << 20) // more than the buffers on the way hold
	sealed := stored(t, s, newID(t), 1, "out", content)
	ctx, cancel := context.WithCancelCause(t.Context())
	r, err := s.Open(ctx, sealed.File)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 1<<20)
	if _, err := io.ReadFull(r, got); err != nil {
		t.Fatal(err)
	}
	g.Stop()
	g.Start()
	rest := make([]byte, 9<<20)
	if n, err := io.ReadFull(r, rest); err != nil || !bytes.Equal(slices.Concat(got, rest), content[:10<<20]) {
		t.Fatalf("read on %d bytes, %v", n, err)
	}
	g.Stop()
	why := errors.New("enough")
	cancel(why)
	if _, err := io.ReadAll(r); !errors.Is(err, why) {
		t.Errorf("after its end: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	g.Start()
	if r, err = s.Open(t.Context(), sealed.File); err != nil {
		t.Fatal(err)
	}
	g.Stop()
	if n, err := io.Copy(io.Discard, r); !errors.Is(err, blob.ErrAway) || n == int64(len(content)) {
		t.Errorf("with nobody to go on with: %d bytes, %v", n, err)
	}
}

// However large a blob is, a part of it is in memory.
func TestUploadsDoNotFillTheMemory(t *testing.T) {
	g := testkit.NewGateway(t, "docs")
	s := openBucket(t, g, asItIs)
	w := s.Create(t.Context(), newID(t), 0, "input-0")
	chunk := pattern(1 << 20)
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for n := range 80 {
		if _, err := w.Write(chunk); err != nil {
			t.Fatal(err)
		}
		if n%10 == 9 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			if grew := int64(now.HeapAlloc) - int64(before.HeapAlloc); grew > 2*part {
				t.Fatalf("after %d MiB the heap has %d bytes more", n+1, grew)
			}
		}
	}
	sealed, err := w.Seal()
	if err != nil || sealed.File.Size != 80<<20 {
		t.Errorf("sealed %+v, %v", sealed.File, err)
	}
}
