package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestCommitted fails when a document was changed by hand, or its maker
// without a new run.
func TestCommitted(t *testing.T) {
	folder := t.TempDir()
	if err := run(folder); err != nil {
		t.Fatal(err)
	}
	made := 0
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		made++
		want, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		got, err := os.ReadFile(filepath.Join("..", name))
		if err == nil && !bytes.Equal(got, want) {
			t.Errorf("%s differs from what is made now: go run ./examples/make", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if made == 0 {
		t.Fatal("nothing was made")
	}
}

func TestMoney(t *testing.T) {
	for cents, want := range map[int]string{0: "0.00", 5: "0.05", 99999: "999.99", 100000: "1,000.00", 123456789: "1,234,567.89"} {
		if got := money(cents); got != want {
			t.Errorf("money(%d) = %q, want %q", cents, got, want)
		}
	}
}
