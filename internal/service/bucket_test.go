package service_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/service"
	"docket/internal/store"
	"docket/internal/testkit"
)

// newBucketBench is a bench whose large blobs are in a bucket.
func newBucketBench(t *testing.T) (*bench, *blob.Store, *testkit.Gateway) {
	t.Helper()
	g := testkit.NewGateway(t, "docs")
	var blobs *blob.Store
	b := newBenchOn(t, testkit.NewPlace(t), func(db *store.Store) (_ *blob.Store, err error) {
		blobs, err = blob.OpenS3(t.Context(), blob.S3{
			Bucket: "docs", Endpoint: g.Endpoint(), PathStyle: true, AccessKey: testkit.S3AccessKey, Secret: testkit.S3Secret, Presign: blob.PresignUploads,
		}, db)
		return blobs, err
	})
	return b, blobs, g
}

// await makes a job that waits for its document, and gives the address for it.
func (b *bench) await() (job.Job, string) {
	b.t.Helper()
	u, err := b.Begin(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	u.Await("a.pdf", "application/pdf")
	var waiting job.Job
	var address string
	spec := job.Spec{Account: "local", Operation: job.Parse, Spelling: job.UUID}
	if _, err := u.Submit(b.ctx, spec, func(j job.Job) (service.Answer, error) {
		waiting = j
		address, _, err = b.UploadLink(b.ctx, j, "https://example.com")
		return service.Answer{}, err
	}); err != nil {
		b.t.Fatal(err)
	}
	return waiting, address
}

func send(t *testing.T, address, content string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, address, bytes.NewReader([]byte(content)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/pdf")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("an upload is answered %d, %v", resp.StatusCode, err)
	}
}

// Objects that nobody owns go once they are old, and no others.
func TestSweepOfOrphansInABucket(t *testing.T) {
	b, blobs, g := newBucketBench(t)
	done := b.submit(large("document"))
	b.complete(done.ID, large("result"))
	put := func(id job.ID, attempt int, name string, size int) *blob.Writer {
		w := blobs.Create(t.Context(), id, attempt, name)
		if _, err := w.Write(make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		return w
	}
	never := newID(t) // was being submitted when a node was killed
	for _, w := range []*blob.Writer{put(done.ID, 7, "checkpoint-0", 100_000), put(never, 0, "input-0", 100_000)} {
		if _, err := w.Seal(); err != nil {
			t.Fatal(err)
		}
	}
	put(never, 0, "input-1", 9<<20) // a part of it is there
	_, address := b.await()
	send(t, address, "awaited")
	gone, address := b.await()
	if err := b.Delete(b.ctx, gone.ID); err != nil {
		t.Fatal(err)
	}
	send(t, address, "too late")
	sweep := func(before time.Time, want int) {
		t.Helper()
		if n, err := b.SweepOrphans(b.ctx, before); err != nil || n != want {
			t.Errorf("swept objects of %d jobs, %v", n, err)
		}
	}
	all := func(part string) int { return strings.Count(strings.Join(g.Objects("docs"), "\n"), part) }
	sweep(time.Now().Add(-service.OrphanAge), 1) // the attempt that was lost
	if all(never.String()) != 1 || all(".sgwtmp") == 0 || all("uploads/") != 2 {
		t.Errorf("a day early there are %v", g.Objects("docs"))
	}
	b.now = b.now.Add(time.Hour)
	sweep(time.Now().Add(time.Hour), 1)
	if all(never.String()) != 0 || all(".sgwtmp") != 0 || all("uploads/") != 1 || all(done.ID.String()) != 2 || len(g.Objects("docs")) != 3 {
		t.Errorf("there are %v", g.Objects("docs"))
	}
}

// A node takes over what came while none looked, and only once.
func TestUploadsAreTakenOver(t *testing.T) {
	b, _, g := newBucketBench(t)
	small, at := b.await()
	send(t, at, `"small"`)
	long, at := b.await()
	send(t, at, large("long"))
	huge, at := b.await()
	send(t, at, strings.Repeat("x", 1<<20+1))
	ctx, cancel := context.WithCancel(t.Context())
	var nodes sync.WaitGroup
	for range 2 {
		nodes.Go(func() { b.TakeUploads(ctx) })
	}
	defer nodes.Wait()
	defer cancel()
	is := func(id job.ID, want job.Status) job.Job {
		t.Helper()
		for end := time.Now().Add(time.Minute); ; {
			j, err := b.Job(b.ctx, id)
			if err != nil || time.Now().After(end) {
				t.Fatalf("it stays %+v, %v", j, err)
			}
			if j.Status == want {
				return j
			}
			<-time.After(10 * time.Millisecond)
		}
	}
	if j := is(small.ID, job.Queued); !j.Inputs[0].File.Inline || j.Inputs[0].File.Size != 7 || j.Inputs[0].SHA256 == "" {
		t.Errorf("the small one is %+v", j.Inputs)
	}
	if j := is(long.ID, job.Queued); j.Inputs[0].File.Inline || j.Inputs[0].File.Size != int64(len(large("long"))) {
		t.Errorf("the long one is %+v", j.Inputs)
	}
	if j := is(huge.ID, job.Failed); j.Failure.Code != job.ResourceLimit || j.ExpiresAt.IsZero() {
		t.Errorf("the one that is too large is %+v", j)
	}
	for end := time.Now().Add(time.Minute); len(g.Objects("docs")) != 1; { // that of the long one
		if time.Now().After(end) {
			t.Fatalf("there are %v", g.Objects("docs"))
		}
		<-time.After(10 * time.Millisecond)
	}
}
