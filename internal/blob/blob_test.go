package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

// place is a store of blobs, with what lies beneath.
type place struct {
	*blob.Store
	db    *store.Store
	files func() []string                         // all there is, also what is not finished
	with  func(*store.Store) (*blob.Store, error) // the same for a database
}

// on runs the test with each driver.
func on(t *testing.T, test func(t *testing.T, p place)) {
	t.Helper()
	t.Run("files", func(t *testing.T) {
		s, folder, db := open(t)
		test(t, place{Store: s, db: db, files: func() []string { return files(t, folder) }, with: func(db *store.Store) (*blob.Store, error) { return blob.Open(folder, db) }})
	})
	t.Run("s3", func(t *testing.T) {
		db, g := testkit.Store(t), testkit.NewGateway(t, "docs")
		with := func(db *store.Store) (*blob.Store, error) { return blob.OpenS3(t.Context(), bucket(g), db) }
		s, err := with(db)
		if err != nil {
			t.Fatal(err)
		}
		test(t, place{Store: s, db: db, files: func() []string { return g.Objects("docs") }, with: with})
	})
}

// bucket is that of a gateway, with a prefix.
func bucket(g *testkit.Gateway) blob.S3 {
	return blob.S3{Bucket: "docs", Prefix: "a/b", Endpoint: g.Endpoint(), PathStyle: true, AccessKey: testkit.S3AccessKey, Secret: testkit.S3Secret}
}

func open(t *testing.T) (*blob.Store, string, *store.Store) {
	t.Helper()
	folder, db := t.TempDir(), testkit.Store(t)
	s, err := blob.Open(folder, db)
	if err != nil {
		t.Fatal(err)
	}
	return s, folder, db
}

func newID(t *testing.T) job.ID {
	t.Helper()
	id, err := job.NewID()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// files lists what is below the folder.
func files(t *testing.T, folder string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, strings.TrimPrefix(path, folder+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// pattern is content of which no two parts are alike.
func pattern(size int) []byte {
	const block = 4 << 10
	b := make([]byte, 0, size+block)
	for n := uint64(0); len(b) < size; n++ {
		b = binary.BigEndian.AppendUint64(b, n)
		b = append(b, make([]byte, block-8)...)
	}
	return b[:size]
}

// stored is a blob of a job.
func stored(t *testing.T, s *blob.Store, id job.ID, attempt int, name string, content []byte) blob.Sealed {
	t.Helper()
	w := s.Create(t.Context(), id, attempt, name)
	if n, err := io.Copy(w, bytes.NewReader(content)); err != nil || n != int64(len(content)) {
		t.Fatalf("wrote %d of %d bytes, %v", n, len(content), err)
	}
	sealed, err := w.Seal()
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// read is what a blob has.
func read(ctx context.Context, s *blob.Store, f job.File) ([]byte, error) {
	r, err := s.Open(ctx, f)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	return b, errors.Join(err, r.Close())
}

const part = 8 << 20 // of an object

func TestBlobComesBack(t *testing.T) {
	on(t, func(t *testing.T, p place) {
		for _, size := range []int{0, 1, blob.InlineLimit, blob.InlineLimit + 1, part - 1, part, part + 1, 2*part + 100_000} {
			content := pattern(size)
			sum := sha256.Sum256(content)
			id := newID(t)
			sealed := stored(t, p.Store, id, 2, "out", content)
			want := job.File{Name: "out", Blob: blob.Name(id, 2, "out"), Size: int64(size), Inline: size <= blob.InlineLimit}
			if sealed.File != want || sealed.SHA256 != hex.EncodeToString(sum[:]) || (sealed.Inline != nil) != want.Inline {
				t.Errorf("%d bytes: sealed %+v", size, sealed.File)
			}
			if sealed.Inline != nil {
				j, e := job.Spec{Operation: job.Parse}.New(id, nil, testkit.Start())
				if err := p.db.Write(t.Context(), &store.Submit{Job: j, Events: []job.Event{e}, Blobs: []store.Blob{*sealed.Inline}}); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := read(t.Context(), p.Store, sealed.File); err != nil || !bytes.Equal(got, content) {
				t.Errorf("%d bytes: read %d, %v", size, len(got), err)
			}
		}
		for _, f := range p.files() {
			if strings.HasPrefix(f, "tmp/") || strings.Contains(f, ".sgwtmp") {
				t.Errorf("%s was left behind", f)
			}
		}
	})
}

func TestAbortAndRemoveLeaveNothing(t *testing.T) {
	on(t, func(t *testing.T, p place) {
		for _, size := range []int{1, 1 << 20, 2*part + 1} {
			w := p.Create(t.Context(), newID(t), 0, "input-0")
			if _, err := w.Write(make([]byte, size)); err != nil {
				t.Fatal(err)
			}
			if err := w.Abort(); err != nil {
				t.Error(err)
			}
		}
		sealed := stored(t, p.Store, newID(t), 0, "input-0", make([]byte, 1<<20))
		for range 2 {
			if err := p.Remove(sealed.File); err != nil {
				t.Error(err)
			}
		}
		if left := p.files(); len(left) != 0 {
			t.Errorf("left %v", left)
		}
		if _, err := p.Open(t.Context(), sealed.File); job.CodeOf(err) != job.ResultGone {
			t.Errorf("opened what is gone: %v", err)
		}
		if _, err := p.Copy(t.Context(), sealed.File, newID(t), 0, "copy"); job.CodeOf(err) != job.ResultGone {
			t.Errorf("copied what is gone: %v", err)
		}
	})
}

// A job that reuses another's blobs has its own, also when the other goes.
func TestCopiesAreTheirJobsOwn(t *testing.T) {
	on(t, func(t *testing.T, p place) {
		content := pattern(300_000)
		first, second := newID(t), newID(t)
		sealed := stored(t, p.Store, first, 0, "input-0", content)
		stored(t, p.Store, first, 1, "deep/out & 100%?.json", content)
		copied, err := p.Copy(t.Context(), sealed.File, second, 1, "out")
		want := job.File{Name: "out", Blob: blob.Name(second, 1, "out"), Size: int64(len(content))}
		if err != nil || copied.File != want {
			t.Fatalf("copied %+v, %v", copied.File, err)
		}
		if err := p.RemoveJob(first); err != nil {
			t.Fatal(err)
		}
		if err := p.RemoveJob(first); err != nil {
			t.Errorf("a second time: %v", err)
		}
		if got, err := read(t.Context(), p.Store, copied.File); err != nil || !bytes.Equal(got, content) {
			t.Errorf("the copy has %d bytes, %v", len(got), err)
		}
		if _, err := p.Open(t.Context(), sealed.File); job.CodeOf(err) != job.ResultGone {
			t.Errorf("the source: %v", err)
		}
		if left := p.files(); len(left) != 1 {
			t.Errorf("left %v", left)
		}
	})
}

// What the sweep of orphans goes by.
func TestJobsAreListedWithTheirBlobs(t *testing.T) {
	on(t, func(t *testing.T, p place) {
		want := map[job.ID][]string{}
		for range 3 {
			id := newID(t)
			for attempt, name := range []string{"input-0", "out", "files/1/out"} {
				stored(t, p.Store, id, attempt, name, make([]byte, 100_000))
				want[id] = append(want[id], blob.Name(id, attempt, name))
			}
		}
		if err := p.Own(t.Context()); err != nil { // its marker is no job's
			t.Fatal(err)
		}
		got, last := map[job.ID][]string{}, ""
		for one, err := range p.Jobs(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if one.Job.Folder() < last {
				t.Errorf("%s comes after %s", one.Job.Folder(), last)
			}
			last = one.Job.Folder()
			for _, b := range one.Blobs {
				got[one.Job] = append(got[one.Job], b.Blob)
				if n, ok := b.Attempt(); !ok || b.Blob[len(one.Job.Folder())+1:][0] != byte('0'+n) {
					t.Errorf("%s is of attempt %d, %v", b.Blob, n, ok)
				}
				if b.Size != 100_000 || time.Since(b.Modified).Abs() > time.Hour {
					t.Errorf("%s has %d bytes of %v", b.Blob, b.Size, b.Modified)
				}
			}
			slices.Sort(got[one.Job])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// What was begun and never finished is removed once it is old enough.
func TestUnfinishedBlobsAreCleared(t *testing.T) {
	on(t, func(t *testing.T, p place) {
		w := p.Create(t.Context(), newID(t), 0, "input-0")
		if _, err := w.Write(make([]byte, 2*part)); err != nil {
			t.Fatal(err)
		}
		if err := p.Clear(t.Context(), time.Now().Add(-time.Hour)); err != nil || len(p.files()) == 0 {
			t.Fatalf("there are %v, %v", p.files(), err)
		}
		if err := p.Clear(t.Context(), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if left := p.files(); len(left) != 0 {
			t.Errorf("left %v", left)
		}
	})
}

func TestProbe(t *testing.T) {
	on(t, func(t *testing.T, p place) {
		if err := p.Probe(); err != nil || !p.Reachable(t.Context()) {
			t.Errorf("a store that is there: %v", err)
		}
		if left := p.files(); len(left) != 0 {
			t.Errorf("left %v", left)
		}
	})
}
