package blob_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"docket/internal/job"
)

func TestExport(t *testing.T) {
	s, folder, _ := open(t)
	content := bytes.Repeat([]byte("export"), 50_000)
	w := s.Create(t.Context(), newID(t), 1, "out")
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	sealed, err := w.Seal()
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	sum, err := s.Export(t.Context(), sealed.File, to)
	want := sha256.Sum256(content)
	if err != nil || sum != hex.EncodeToString(want[:]) {
		t.Errorf("exported with sum %s, %v", sum, err)
	}
	target := filepath.Join(to, filepath.FromSlash(sealed.File.Blob))
	if got, err := os.ReadFile(target); err != nil || !bytes.Equal(got, content) {
		t.Errorf("exported %d bytes, %v", len(got), err)
	}
	if _, err := s.Export(t.Context(), sealed.File, to); err == nil {
		t.Error("exported twice to one place")
	}
	wrong := sealed.File
	wrong.Size++
	if _, err := s.Export(t.Context(), wrong, t.TempDir()); err == nil {
		t.Error("a file that is shorter than its row says was exported")
	}
	if _, err := s.Export(t.Context(), job.File{Blob: "../x"}, t.TempDir()); err == nil {
		t.Error("a name led out of the folder")
	}
	if err := os.Remove(filepath.Join(folder, filepath.FromSlash(sealed.File.Blob))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Export(t.Context(), sealed.File, t.TempDir()); job.CodeOf(err) != job.ResultGone {
		t.Errorf("what is gone: %v", err)
	}
}

// While somebody holds them, files stay where they are; then they go.
func TestHeldFilesStay(t *testing.T) {
	s, folder, _ := open(t)
	w := s.Create(t.Context(), newID(t), 1, "out")
	if _, err := w.Write(make([]byte, 100_000)); err != nil {
		t.Fatal(err)
	}
	sealed, err := w.Seal()
	if err != nil {
		t.Fatal(err)
	}
	first, second := s.Hold(), s.Hold()
	if err := s.Remove(sealed.File); err != nil {
		t.Fatal(err)
	}
	if err := first(); err != nil || len(files(t, folder)) != 1 {
		t.Errorf("after one of two let go there are %v, %v", files(t, folder), err)
	}
	if err := first(); err != nil || len(files(t, folder)) != 1 {
		t.Errorf("letting go twice counts twice: %v, %v", files(t, folder), err)
	}
	if err := second(); err != nil || len(files(t, folder)) != 0 {
		t.Errorf("after both let go there are %v, %v", files(t, folder), err)
	}
}
