package op

import (
	"encoding/json"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// A page that was read is saved within five seconds, also while the next one
// takes long.
func TestSlowPagesAreSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var saved []time.Time
		begin := time.Now()
		r := &records{task: &Task{Checkpoint: func(int, []byte, json.RawMessage) error {
			saved = append(saved, time.Now())
			return nil
		}}}
		err := r.saving(func() error {
			for page := range 3 {
				if err := r.add(page+1, []byte("a page")); err != nil {
					return err
				}
				<-time.After(time.Minute)
			}
			return nil
		})
		if err != nil || len(saved) != 3 || r.saved != 3 || len(r.tail) != 0 {
			t.Fatalf("saved %d times, up to page %d, %d bytes left: %v", len(saved), r.saved, len(r.tail), err)
		}
		for page, at := range saved {
			if read := begin.Add(time.Duration(page) * time.Minute); at.Sub(read) > 5*time.Second {
				t.Errorf("page %d was saved after %s", page+1, at.Sub(read))
			}
		}
	})
}

// Fast pages are saved together, and a save that fails ends the reading.
func TestSavesAreFewAndTheirFailureIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, failure := 0, error(nil)
		r := &records{task: &Task{Checkpoint: func(int, []byte, json.RawMessage) error { n++; return failure }}}
		read := func() error {
			for page := range 1000 {
				if err := r.add(page+1, make([]byte, 100)); err != nil {
					return err
				}
				<-time.After(10 * time.Millisecond)
			}
			return nil
		}
		if err := r.saving(read); err != nil || n < 2 || n > 5 {
			t.Errorf("ten seconds of pages were saved %d times, %v", n, err)
		}
		failure = io.ErrShortWrite
		if err := r.saving(read); !errors.Is(err, failure) {
			t.Errorf("the failure became %v", err)
		}
	})
}
