package sandbox

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
)

func rawFrame(size uint32, k byte, payload string) []byte {
	return append(append(binary.BigEndian.AppendUint32(nil, size), k), payload...)
}

func TestFrameRoundTrip(t *testing.T) {
	for _, size := range []int{0, 1, 4, 5000, maxPayload - 1, maxPayload, maxPayload + 1, 3*maxPayload + 7} {
		var b bytes.Buffer
		body := bytes.Repeat([]byte("abcdefg"), size/7+1)[:size]
		w := newFrameWriter(&b)
		for _, parts := range [][][]byte{{body}, {body[:size/3], body[size/3:]}} {
			if err := w.send(kindPage, parts...); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.flush(); err != nil {
			t.Fatal(err)
		}
		r := newFrameReader(&b)
		for range 2 {
			k, got, err := r.read(int64(size))
			if err != nil || k != kindPage || !bytes.Equal(got, body) {
				t.Fatalf("size %d: kind %d, %d bytes, %v", size, k, len(got), err)
			}
		}
		if _, _, err := r.read(1); !errors.Is(err, io.EOF) {
			t.Errorf("size %d: end of stream: %v, want EOF", size, err)
		}
	}
}

func TestFrameRefused(t *testing.T) {
	page := byte(kindPage)
	tests := map[string]struct {
		stream []byte
		want   error
	}{
		"nothing":          {nil, io.EOF},
		"half a header":    {[]byte{0, 0}, io.ErrUnexpectedEOF},
		"half a payload":   {rawFrame(10, page, "12345"), io.ErrUnexpectedEOF},
		"no payload":       {rawFrame(10, page, ""), io.ErrUnexpectedEOF},
		"too long a frame": {rawFrame(maxPayload+1, page, ""), errProtocol},
		"huge frame":       {rawFrame(1<<32-1, page, ""), errProtocol},
		"kind zero":        {rawFrame(0, 0, ""), errProtocol},
		"unknown kind":     {rawFrame(0, byte(kindLimit), ""), errProtocol},
		"unknown, more":    {rawFrame(0, 0xff, ""), errProtocol},
		"over the limit":   {rawFrame(101, page, string(make([]byte, 101))), errProtocol},
		"sum over the limit": {append(rawFrame(60, page|moreFlag, string(make([]byte, 60))),
			rawFrame(60, page, string(make([]byte, 60)))...), errProtocol},
		"other kind inside": {append(rawFrame(1, page|moreFlag, "a"), rawFrame(1, byte(kindDone), "b")...), errProtocol},
		"empty inside":      {append(rawFrame(1, page|moreFlag, "a"), rawFrame(0, page|moreFlag, "")...), errProtocol},
		"ends inside":       {rawFrame(1, page|moreFlag, "a"), io.ErrUnexpectedEOF},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := newFrameReader(bytes.NewReader(test.stream)).read(100)
			if !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
}

// FuzzFrameReader checks that no stream makes the reader fail in any but the
// known ways, exceed its limit, or read what the writer would not write.
func FuzzFrameReader(f *testing.F) {
	f.Add([]byte{})
	f.Add(rawFrame(3, byte(kindPage), "abc"))
	f.Add(append(rawFrame(3, byte(kindPage)|moreFlag, "abc"), rawFrame(2, byte(kindPage), "de")...))
	f.Add(rawFrame(1<<31, byte(kindPage), "abc"))
	f.Add(rawFrame(0, 0x7f, ""))
	const limit = 1 << 12
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := newFrameReader(bytes.NewReader(stream))
		for {
			k, payload, err := r.read(limit)
			if err != nil {
				if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errProtocol) {
					t.Fatalf("strange error %v", err)
				}
				return
			}
			if len(payload) > limit || k == 0 || k >= kindLimit {
				t.Fatalf("kind %d with %d bytes", k, len(payload))
			}
			var b bytes.Buffer
			w := newFrameWriter(&b)
			if err := errors.Join(w.send(k, payload), w.flush()); err != nil {
				t.Fatal(err)
			}
			again, same, err := newFrameReader(&b).read(limit)
			if err != nil || again != k || !bytes.Equal(same, payload) {
				t.Fatalf("kind %d, %d bytes come back as kind %d, %d bytes, %v", k, len(payload), again, len(same), err)
			}
		}
	})
}
