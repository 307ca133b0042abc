package document

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// DecodePage reads one record made by Append. It refuses, with an error,
// anything else: other versions, cut or longer data, text that is not UTF-8.
func DecodePage(b []byte) (*Page, error) {
	if len(b) == 0 {
		return nil, errors.New("decode page record: it is empty")
	}
	if b[0] != RecordVersion {
		return nil, fmt.Errorf("decode page record: version %d, want %d", b[0], RecordVersion)
	}
	r := newRecordReader(b[1:])
	p := r.page()
	if r.err == nil && len(r.b) > 0 {
		r.fail("%d bytes too many", len(r.b))
	}
	if r.err != nil {
		return nil, fmt.Errorf("decode page record: %w", r.err)
	}
	return p, nil
}

// recordReader takes values off the front of b. After the first error it
// yields zeros.
type recordReader struct {
	b         []byte
	all       string // all that b was at first: texts are parts of it
	left, top int64
	err       error
}

func newRecordReader(b []byte) *recordReader { return &recordReader{b: b, all: string(b)} }

func (r *recordReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
		r.b = nil
	}
}

// The fewest bytes that an entry of each list takes, to refuse counts that the
// record cannot hold before memory is taken for them.
const (
	minFont   = 2
	minWord   = 9
	minBox    = 4
	minString = 1
)

func (r *recordReader) page() *Page {
	p := &Page{Number: r.uint(reach), Width: points(r.step()), Height: points(r.step())}
	p.Unreadable = r.flags(1)&1 != 0
	p.Fonts = list(r, minFont, func() Font {
		name, bits := r.string(), r.flags(3)
		return Font{Name: name, Bold: bits&1 != 0, Italic: bits&2 != 0, Mono: bits&4 != 0}
	})
	p.Words = list(r, minWord, func() Word { return r.word(len(p.Fonts)) })
	p.Rules = list(r, minBox, func() Rule { return Rule{Box: r.box()} })
	p.Rects = list(r, minBox+1, func() Rect {
		box, bits := r.box(), r.flags(2)
		return Rect{Box: box, Filled: bits&1 != 0, Stroked: bits&2 != 0}
	})
	p.Images = list(r, minBox+1, func() Image { return Image{Box: r.box(), Tag: r.uint(reach)} })
	r.marks(p)
	p.Warnings = list(r, minString, r.string)
	p.Tilt = points(r.step())
	p.Dots = list(r, minBox, func() Dot { return Dot{Box: r.box()} })
	return p
}

func list[T any](r *recordReader, size int, next func() T) []T {
	n := r.uint(len(r.b) / size)
	if n == 0 {
		return nil
	}
	all := make([]T, 0, n)
	for range n {
		v := next()
		if r.err != nil {
			return nil
		}
		all = append(all, v)
	}
	return all
}

// uint reads a number of at most limit.
func (r *recordReader) uint(limit int) int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail("a number is cut off")
		return 0
	}
	if v > uint64(limit) {
		r.fail("%d is more than the %d possible", v, limit)
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

// step reads a distance, or the difference of two.
func (r *recordReader) step() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail("a distance is cut off")
		return 0
	}
	r.b = r.b[n:]
	return r.within(v)
}

func (r *recordReader) within(v int64) int64 {
	if v < -2*reach || v > 2*reach {
		r.fail("a distance of %d steps is out of reach", v)
		return 0
	}
	return v
}

// sum adds a difference to a distance.
func (r *recordReader) sum(base, diff int64) int64 {
	v := base + diff
	if v < -reach || v > reach {
		r.fail("a distance of %d steps is out of reach", v)
		return 0
	}
	return v
}

func (r *recordReader) string() string {
	n := r.uint(len(r.b))
	if r.err != nil || n > len(r.b) {
		r.fail("a text is cut off")
		return ""
	}
	at := len(r.all) - len(r.b)
	s := r.all[at : at+n]
	if !utf8.ValidString(s) {
		r.fail("a text is not UTF-8")
		return ""
	}
	r.b = r.b[n:]
	return s
}

// flags reads a byte of which only the lowest n bits may be set.
func (r *recordReader) flags(n int) byte {
	if len(r.b) == 0 {
		r.fail("flags are cut off")
		return 0
	}
	bits := r.b[0]
	r.b = r.b[1:]
	if bits>>n != 0 {
		r.fail("unknown flags %#x", bits)
	}
	return bits
}

func (r *recordReader) box() Box {
	left := r.sum(r.left, r.step())
	top := r.sum(r.top, r.step())
	right := r.sum(left, r.step())
	bottom := r.sum(top, r.step())
	r.left, r.top = left, top
	return Box{Left: points(left), Top: points(top), Right: points(right), Bottom: points(bottom)}
}

func (r *recordReader) word(fonts int) Word {
	w := Word{Text: r.string(), Box: r.box()}
	w.Baseline = points(r.sum(r.top, r.step()))
	w.Size = points(r.sum(0, r.step()))
	w.Font = r.uint(fonts) - 1
	bits := r.flags(7)
	w.Turn, w.Hyphen, w.Hidden = int(bits&3), bits&4 != 0, bits&8 != 0
	if bits&16 != 0 {
		w.Tag = r.uint(reach)
	}
	if bits&32 != 0 {
		w.Confidence = r.uint(100)
	}
	if bits&64 != 0 {
		w.Link = r.uint(reach)
	}
	if r.err == nil && w.Text == "" {
		r.fail("a word is empty")
	}
	return w
}
