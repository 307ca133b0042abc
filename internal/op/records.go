package op

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
	"time"

	"docket/internal/document"
)

// What is read is saved when it is as long as saveBytes, or when a page of it
// has waited for saveAfter, so that a crash costs less than five seconds of
// work however slow the pages are.
const (
	saveBytes = 1 << 20
	saveAfter = 3 * time.Second
	saveCheck = time.Second // how often that is looked at
)

// records are the pages as they were read: the saved ones in checkpoints, the
// latest in memory. Each is 4 bytes of length, big-endian, and the record.
type records struct {
	task  *Task
	pages int // the number of the last page that was read
	saved int // and of the last one in checkpoints
	tail  []byte
	since time.Time // when the first page of tail came

	mu     sync.Mutex // while pages are read
	failed error      // of a save that nobody waited for

	handed bool // they are in the file that the job's source has handed on
}

// state is what a checkpoint says of its parts.
type state struct {
	Pages int `json:"pages"`
}

// newRecords goes on from what an earlier attempt saved.
func newRecords(t *Task) (*records, error) {
	parts, said, err := t.Resume(document.RecordVersion)
	if err != nil {
		return nil, fmt.Errorf("resume: %w", err)
	}
	if parts == nil {
		return &records{task: t}, nil
	}
	var s state
	if err := errors.Join(json.Unmarshal(said, &s), parts.Close()); err != nil {
		return nil, fmt.Errorf("resume: %w", err)
	}
	return &records{task: t, pages: s.Pages, saved: s.Pages}, nil
}

// add takes the record of the page that was just read, or nothing when that
// page is not wanted.
func (r *records) add(page int, record []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pages = page
	if record == nil || r.failed != nil {
		return r.failed
	}
	if len(r.tail) == 0 {
		r.since = time.Now()
	}
	r.tail = binary.BigEndian.AppendUint32(r.tail, uint32(len(record)))
	r.tail = append(r.tail, record...)
	if len(r.tail) < saveBytes {
		return nil
	}
	return r.save()
}

// saving saves what waits for too long while work is under way, and returns
// the error of the work, or that of saving.
func (r *records) saving(work func() error) error {
	stop := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		ticker := time.NewTicker(saveCheck)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				r.saveOld()
			case <-stop:
				return
			}
		}
	})
	err := work()
	close(stop)
	done.Wait()
	if err == nil {
		err = r.failed
	}
	return err
}

func (r *records) saveOld() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.tail) > 0 && r.failed == nil && time.Since(r.since) >= saveAfter-saveCheck {
		r.failed = r.save()
	}
}

func (r *records) save() error {
	said, err := json.Marshal(state{Pages: r.pages})
	if err != nil {
		return fmt.Errorf("encode checkpoint: %w", err)
	}
	if err := r.task.Checkpoint(document.RecordVersion, r.tail, said); err != nil {
		return fmt.Errorf("save page %d: %w", r.pages, err)
	}
	r.saved, r.tail = r.pages, r.tail[:0]
	return nil
}

// all yields every record in order, one at a time in memory.
func (r *records) all() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if r.handed {
			_, file, err := r.openHanded()
			if err != nil {
				yield(nil, err)
				return
			}
			ok := each(file, yield)
			if err := file.Close(); err != nil && ok {
				yield(nil, fmt.Errorf("close page records: %w", err))
			}
			return
		}
		if r.saved > 0 {
			parts, _, err := r.task.Resume(document.RecordVersion)
			if err != nil {
				yield(nil, fmt.Errorf("read saved pages: %w", err))
				return
			}
			ok := each(bufio.NewReaderSize(parts, 64<<10), yield)
			if err := parts.Close(); err != nil && ok {
				ok = yield(nil, fmt.Errorf("close saved pages: %w", err))
			}
			if !ok {
				return
			}
		}
		for tail := r.tail; len(tail) > 0; {
			n := binary.BigEndian.Uint32(tail)
			if !yield(tail[4:4+n], nil) {
				return
			}
			tail = tail[4+n:]
		}
	}
}

// each yields the records that the reader holds, and says whether to go on.
func each(in io.Reader, yield func([]byte, error) bool) bool {
	var record []byte
	for {
		var length [4]byte
		if _, err := io.ReadFull(in, length[:]); errors.Is(err, io.EOF) {
			return true
		} else if err != nil {
			yield(nil, fmt.Errorf("read saved page: %w", err))
			return false
		}
		n := int(binary.BigEndian.Uint32(length[:]))
		if cap(record) < n {
			record = make([]byte, n)
		}
		record = record[:n]
		if _, err := io.ReadFull(in, record); err != nil {
			yield(nil, fmt.Errorf("read saved page: %w", err))
			return false
		}
		if !yield(record, nil) {
			return false
		}
	}
}
