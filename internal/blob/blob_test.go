package blob_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/store"
	"docket/internal/testkit"
)

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

func TestBlobComesBack(t *testing.T) {
	s, folder, db := open(t)
	for _, size := range []int{0, 1, blob.InlineLimit, blob.InlineLimit + 1, 3 << 20} {
		content := bytes.Repeat([]byte("x"), size)
		sum := sha256.Sum256(content)
		id := newID(t)
		w := s.Create(id, 2, "out")
		if n, err := io.Copy(w, bytes.NewReader(content)); err != nil || n != int64(size) {
			t.Fatalf("wrote %d, %v", n, err)
		}
		sealed, err := w.Seal()
		if err != nil {
			t.Fatal(err)
		}
		want := job.File{Name: "out", Blob: blob.Name(id, 2, "out"), Size: int64(size), Inline: size <= blob.InlineLimit}
		if sealed.File != want || sealed.SHA256 != hex.EncodeToString(sum[:]) || (sealed.Inline != nil) != want.Inline {
			t.Errorf("%d bytes: sealed %+v", size, sealed.File)
		}
		if sealed.Inline != nil {
			j, e := job.Spec{Operation: job.Parse}.New(id, nil, testkit.Start())
			if err := db.Write(t.Context(), &store.Submit{Job: j, Events: []job.Event{e}, Blobs: []store.Blob{*sealed.Inline}}); err != nil {
				t.Fatal(err)
			}
		}
		r, err := s.Open(t.Context(), sealed.File)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) || r.Close() != nil {
			t.Errorf("%d bytes: read %d, %v", size, len(got), err)
		}
	}
	for _, f := range files(t, folder) {
		if strings.HasPrefix(f, "tmp/") {
			t.Errorf("%s was left behind", f)
		}
	}
}

func TestAbortAndRemoveLeaveNothing(t *testing.T) {
	s, folder, _ := open(t)
	for _, size := range []int{1, 1 << 20} {
		w := s.Create(newID(t), 0, "input-0")
		if _, err := w.Write(make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		if err := w.Abort(); err != nil {
			t.Error(err)
		}
	}
	w := s.Create(newID(t), 0, "input-0")
	if _, err := w.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	sealed, err := w.Seal()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(sealed.File); err != nil {
		t.Error(err)
	}
	if err := s.Remove(sealed.File); err != nil {
		t.Errorf("a second time: %v", err)
	}
	if left := files(t, folder); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	if _, err := s.Open(t.Context(), sealed.File); job.CodeOf(err) != job.ResultGone {
		t.Errorf("opened what is gone: %v", err)
	}
	if jobs, err := filepath.Glob(filepath.Join(folder, "2*", "*")); err != nil || len(jobs) != 0 {
		t.Errorf("left folders %v, %v", jobs, err)
	}
}

// What a process was writing when it died is gone at the next start.
func TestUnfinishedBlobsAreCleared(t *testing.T) {
	s, folder, db := open(t)
	w := s.Create(newID(t), 0, "input-0")
	if _, err := w.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if len(files(t, folder)) != 1 {
		t.Fatalf("found %v", files(t, folder))
	}
	if _, err := blob.Open(folder, db); err != nil {
		t.Fatal(err)
	}
	if left := files(t, folder); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}
