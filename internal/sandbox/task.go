package sandbox

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"sync"

	"docket/internal/document"
)

// task is one request inside the child: the way back to the parent.
type task struct {
	w        *frameWriter
	limits   Limits
	startCPU int64 // seconds that the process had used before
	parsing  bool  // pages are built while others are read
	building sync.WaitGroup
	// taken are the records as they are read, where the structure is made of
	// those; nil stands for one that the parent sends back.
	taken   chan []byte
	scanned bool // a picture of the page went to the parent
}

// budget sets the processor time for a request over that many pages, or for
// several whose time adds up.
func (t *task) budget(pages ...int) {
	var sum int64
	for _, n := range pages {
		sum += t.limits.cpuSeconds(n)
	}
	if sum > 0 {
		limitCPU(t.startCPU + sum)
	}
}

// opened reports what is known of the document, or refuses it for its length.
func (t *task) opened(info document.Info, first, last int) error {
	if info.Pages > t.limits.Pages {
		return pagesError(info.Pages, t.limits.Pages)
	}
	if t.parsing { // the pages before the first come as records
		t.budget(last-first+1, last)
	} else {
		t.budget(last - first + 1)
	}
	// A file may call itself anything, at any length.
	for _, s := range []*string{&info.Version, &info.Title, &info.Author, &info.Producer} {
		*s = clip(*s, maxFact)
	}
	return t.w.sendJSON(kindInfo, info)
}

// begin reports the page that is read next, together with all before it.
func (t *task) begin(page int) error {
	var number [4]byte
	binary.BigEndian.PutUint32(number[:], uint32(page))
	if err := t.w.send(kindBegin, number[:]); err != nil {
		return err
	}
	return t.w.flush()
}

// page sends the record of a page.
func (t *task) page(page int, record []byte) error {
	if int64(len(record)) > t.limits.RecordBytes {
		return limitError("record", t.limits.RecordBytes, fmt.Errorf("page %d has %d bytes", page, len(record)))
	}
	var number [4]byte
	binary.BigEndian.PutUint32(number[:], uint32(page))
	if err := t.w.send(kindPage, number[:], record); err != nil || t.taken == nil {
		return err
	}
	if t.scanned {
		t.scanned, record = false, nil
	}
	t.taken <- record
	return nil
}

// scanHead is the size of what stands before the picture of a scan: page,
// resolution and part.
const scanHead = 2*4 + 4*8

// scan sends a picture of a page whose text is to be recognized, ahead of the
// page.
func (t *task) scan(page int, s *scan) error {
	t.scanned = true
	head := binary.BigEndian.AppendUint32(nil, uint32(page))
	head = binary.BigEndian.AppendUint32(head, uint32(s.dpi))
	for _, v := range []float64{s.part.Left, s.part.Top, s.part.Right, s.part.Bottom} {
		head = binary.BigEndian.AppendUint64(head, math.Float64bits(v))
	}
	return t.w.send(kindScan, head, s.pgm())
}

// chunk sends one chunk.
func (t *task) chunk(chunk any) error {
	b, err := json.Marshal(chunk)
	if err != nil {
		return fmt.Errorf("encode chunk: %w", err)
	}
	if int64(len(b)) > t.limits.RecordBytes {
		return limitError("chunk", t.limits.RecordBytes, fmt.Errorf("chunk of %d bytes", len(b)))
	}
	return t.w.send(kindChunk, b)
}

func (t *task) build(tools tools, req request) (*document.Summary, error) {
	build, err := tools.build(req.opts, t.records(req.records))
	// The parent sends all records before it looks at the answer.
	drain(req.records)
	if err != nil {
		return nil, err
	}
	return t.structure(build)
}

func (t *task) structure(build structure) (*document.Summary, error) {
	summary, err := build(t)
	if err != nil {
		return nil, err
	}
	return &summary, nil
}

// maxTaken is how many pages may wait to be built.
const maxTaken = 2

// parse reads the pages of a document and builds its structure at the same
// time: a page is taken in while the next one is read. The parent ends the
// records when it has got all pages, or the failure.
func (t *task) parse(tools tools, req request) (end outcome, err error) {
	t.parsing = true
	records := each(req.records)
	if !req.back {
		t.taken = make(chan []byte, maxTaken)
		records = t.both(req.records)
	}
	var build structure
	var failed error
	t.building.Go(func() {
		build, failed = tools.build(req.opts, records)
		// Neither reading nor the parent may wait for one that has failed.
		t.building.Go(func() { drain(t.taken) })
		drain(req.records)
	})
	end.Retire, err = tools.read(t, req.read, <-req.data)
	if t.taken != nil {
		close(t.taken)
	}
	if err != nil {
		return end, err
	}
	if err := t.w.flush(); err != nil {
		return end, err
	}
	t.building.Wait()
	if failed != nil {
		return end, failed
	}
	end.Summary, err = t.structure(build)
	return end, err
}

// both gives the records that were taken, and in their places those that come
// back.
func (t *task) both(back <-chan []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for record := range t.taken {
			if record == nil {
				var ok bool
				if record, ok = <-back; !ok {
					return
				}
			}
			if !yield(record) {
				return
			}
		}
	}
}

func drain(records <-chan []byte) {
	if records == nil {
		return
	}
	for range records {
	}
}

func each(records <-chan []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for record := range records {
			if !yield(record) {
				return
			}
		}
	}
}

// records gives what arrives and raises the processor time with it.
func (t *task) records(arriving <-chan []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		n := 0
		for record := range each(arriving) {
			n++
			t.budget(n)
			if !yield(record) {
				return
			}
		}
	}
}
