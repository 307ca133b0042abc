package sandbox

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A frame is a 4-byte big-endian payload length, one byte that holds the kind
// and the more flag, and the payload. A message is one frame, or several of
// the same kind of which all but the last carry the flag.
const (
	frameHeader = 5
	maxPayload  = 1 << 20
	moreFlag    = 0x80
	// maxControl bounds every message but records and chunks, in bytes.
	maxControl = 1 << 20
)

type kind byte

const (
	// From the parent.
	kindHello  kind = iota + 1 // settings; the first frame of all
	kindRead                   // readCommand, then kindData until its size is reached
	kindData                   // bytes of the file
	kindBuild                  // document.Options, then kindRecord and kindEnd
	kindRecord                 // one page record
	kindEnd                    // no more records
	kindSplit                  // splitCommand, then kindData until its size is reached
	kindRender                 // renderCommand, then kindData until its size is reached
	kindSite                   // siteCommand, then kindData until its size is reached

	kindAttach // attachCommand, then kindData until its size is reached
	kindParse  // parseCommand, then kindData until its size is reached, then kindRecord and kindEnd while pages come back

	// From the child.
	kindReady    // readiness, once the engine is loaded
	kindAccepted // a command was taken; from here on a death is the document's
	kindInfo     // document.Info
	kindBegin    // 4-byte number of the page that is read next
	kindScan     // 4-byte number and 4-byte resolution, then a picture of the page that is read
	kindPage     // 4-byte number, then the page record
	kindChunk    // one chunk as JSON
	kindFile     // 4-byte number of the file that is written next, from 0
	kindContent  // bytes of that file
	kindAttached // the list of the files of a message, which follow as kindFile and kindContent
	kindDone     // outcome: the request succeeded
	kindFailed   // outcome: the request failed

	kindLimit // the first number that is no kind
)

// errProtocol is what a peer is killed for: a frame that cannot be.
var errProtocol = errors.New("protocol violated")

type frameReader struct {
	r       *bufio.Reader
	head    [frameHeader]byte
	payload []byte
	message []byte
}

func newFrameReader(r io.Reader) *frameReader {
	return &frameReader{r: bufio.NewReaderSize(r, 64<<10)}
}

// next reads one frame. The payload is valid until the next call. io.EOF
// means that the stream ended between two frames.
func (f *frameReader) next() (k kind, more bool, payload []byte, err error) {
	if _, err := io.ReadFull(f.r, f.head[:]); err != nil {
		return 0, false, nil, err
	}
	size := binary.BigEndian.Uint32(f.head[:4])
	if size > maxPayload {
		return 0, false, nil, fmt.Errorf("frame of %d bytes: %w", size, errProtocol)
	}
	k, more = kind(f.head[4]&^moreFlag), f.head[4]&moreFlag != 0
	if k == 0 || k >= kindLimit {
		return 0, false, nil, fmt.Errorf("frame of kind %d: %w", k, errProtocol)
	}
	if uint32(cap(f.payload)) < size {
		f.payload = make([]byte, size)
	}
	payload = f.payload[:size]
	if _, err := io.ReadFull(f.r, payload); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return 0, false, nil, err
	}
	return k, more, payload, nil
}

// read reads one message of at most limit bytes, which is valid until the
// next call. Memory grows with the bytes that arrived, not with what a header
// claims.
func (f *frameReader) read(limit int64) (kind, []byte, error) {
	first, more, payload, err := f.next()
	if err != nil {
		return 0, nil, err
	}
	if int64(len(payload)) > limit {
		return 0, nil, fmt.Errorf("message over %d bytes: %w", limit, errProtocol)
	}
	if !more {
		return first, payload, nil
	}
	f.message = append(f.message[:0], payload...)
	for more {
		var k kind
		k, more, payload, err = f.next()
		switch {
		case errors.Is(err, io.EOF):
			return 0, nil, io.ErrUnexpectedEOF
		case err != nil:
			return 0, nil, err
		case k != first:
			return 0, nil, fmt.Errorf("kind %d inside a message of kind %d: %w", k, first, errProtocol)
		case len(payload) == 0 && more:
			// Without progress such frames could go on for ever.
			return 0, nil, fmt.Errorf("empty frame inside a message: %w", errProtocol)
		case int64(len(f.message))+int64(len(payload)) > limit:
			return 0, nil, fmt.Errorf("message over %d bytes: %w", limit, errProtocol)
		}
		f.message = append(f.message, payload...)
	}
	return first, f.message, nil
}

// trim lets go of buffers that one large message has left behind.
func (f *frameReader) trim() {
	if cap(f.message) > maxPayload {
		f.message = nil
	}
}

type frameWriter struct{ w *bufio.Writer }

func newFrameWriter(w io.Writer) *frameWriter {
	return &frameWriter{w: bufio.NewWriterSize(w, 64<<10)}
}

// send writes one message, the parts one after another, cut into frames. It
// may stay in the buffer until flush.
func (f *frameWriter) send(k kind, parts ...[]byte) error {
	left := 0
	for _, p := range parts {
		left += len(p)
	}
	room := 0
	if left == 0 {
		return f.header(k, 0, false)
	}
	for _, p := range parts {
		for len(p) > 0 {
			if room == 0 {
				room = min(left, maxPayload)
				if err := f.header(k, room, left > room); err != nil {
					return err
				}
			}
			n := min(room, len(p))
			if _, err := f.w.Write(p[:n]); err != nil {
				return err
			}
			p, room, left = p[n:], room-n, left-n
		}
	}
	return nil
}

func (f *frameWriter) header(k kind, size int, more bool) error {
	var head [frameHeader]byte
	binary.BigEndian.PutUint32(head[:4], uint32(size))
	head[4] = byte(k)
	if more {
		head[4] |= moreFlag
	}
	_, err := f.w.Write(head[:])
	return err
}

// sendJSON sends v and flushes.
func (f *frameWriter) sendJSON(k kind, v any) error {
	payload, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	if err := f.send(k, payload); err != nil {
		return err
	}
	return f.flush()
}

func (f *frameWriter) flush() error { return f.w.Flush() }
