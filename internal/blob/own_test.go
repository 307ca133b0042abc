package blob_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"docket/internal/blob"
	"docket/internal/testkit"
)

// A store belongs to one database, and a database to one store, also after
// restarts and when everything was copied to another place.
func TestStoreAndDatabaseBelongTogether(t *testing.T) {
	on(t, func(t *testing.T, p place) {
		for range 2 {
			s, err := p.with(p.db)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Own(t.Context()); err != nil {
				t.Fatalf("a restart: %v", err)
			}
			if owned, err := s.Owned(t.Context()); err != nil || !owned {
				t.Errorf("owned: %v, %v", owned, err)
			}
		}
		if got, err := blob.PlaceOf(t.Context(), p.db); err != nil || got != p.Place() || got == "" {
			t.Errorf("the database remembers %q, %v", got, err)
		}
		folder := t.TempDir()
		elsewhere, err := blob.Open(folder, p.db)
		if err != nil {
			t.Fatal(err)
		}
		err = elsewhere.Own(t.Context())
		if err == nil || !strings.Contains(err.Error(), "in another place, last "+p.Place()) || !strings.Contains(err.Error(), "--blobs") {
			t.Fatalf("another folder: %v", err)
		}
		// What it says to do when everything was moved.
		_, order, _ := strings.Cut(err.Error(), "lost, write ")
		id, name, _ := strings.Cut(order, " into ")
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(id+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := elsewhere.Own(t.Context()); err != nil {
			t.Errorf("after everything was moved: %v", err)
		}
	})
}

func TestForeignStoreIsRefused(t *testing.T) {
	on(t, func(t *testing.T, p place) {
		if err := p.Own(t.Context()); err != nil {
			t.Fatal(err)
		}
		other := testkit.Store(t)
		s, err := p.with(other)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Own(t.Context()); err == nil || !strings.Contains(err.Error(), "belongs to another database") {
			t.Errorf("another database: %v", err)
		}
	})
}

// Nodes that start for the first time at the same moment agree on one store.
func TestFirstStartsAtTheSameTime(t *testing.T) {
	folder, db := t.TempDir(), testkit.Store(t)
	var wg sync.WaitGroup
	for range 8 {
		s, err := blob.Open(folder, db)
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			if err := s.Own(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if marks := files(t, folder); len(marks) != 1 {
		t.Errorf("there are %v", marks)
	}
	var refused int
	other := testkit.Store(t)
	for range 2 { // each has a folder of its own
		s, err := blob.Open(t.TempDir(), other)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Own(t.Context()); err != nil {
			refused++
		}
	}
	if refused != 1 {
		t.Errorf("%d of two nodes with folders of their own were refused", refused)
	}
}
