package sandbox

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"
	"math"

	"docket/internal/document"
)

// task is one request inside the child: the way back to the parent.
type task struct {
	w        *frameWriter
	limits   Limits
	startCPU int64 // seconds that the process had used before
}

// budget sets the processor time for a request over that many pages.
func (t *task) budget(pages int) {
	if seconds := t.limits.cpuSeconds(pages); seconds > 0 {
		limitCPU(t.startCPU + seconds)
	}
}

// opened reports what is known of the document, or refuses it for its length.
func (t *task) opened(info document.Info, first, last int) error {
	if info.Pages > t.limits.Pages {
		return pagesError(info.Pages, t.limits.Pages)
	}
	t.budget(last - first + 1)
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
	return t.w.send(kindPage, number[:], record)
}

// scanHead is the size of what stands before the picture of a scan: page,
// resolution and part.
const scanHead = 2*4 + 4*8

// scan sends a picture of a page whose text is to be recognized, ahead of the
// page.
func (t *task) scan(page int, s *scan) error {
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
	summary, err := tools.build(t, req.opts, t.records(req.records))
	// The parent sends all records before it looks at the answer.
	for range req.records {
	}
	if err != nil {
		return nil, err
	}
	return &summary, nil
}

// records gives what arrives and raises the processor time with it.
func (t *task) records(arriving <-chan []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		n := 0
		for record := range arriving {
			n++
			t.budget(n)
			if !yield(record) {
				return
			}
		}
	}
}
