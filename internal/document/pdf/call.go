package pdf

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/tetratelabs/wazero/api"

	"docket/internal/job"
)

// scratchSize is enough for every result that is passed through memory,
// names of fonts and metadata included.
const scratchSize = 2048

// EngineError is what an engine died of. The engine cannot be used again.
type EngineError struct {
	// Call is the function of PDFium that did not return.
	Call string
	Err  error
}

// Error names the call and its end.
func (e *EngineError) Error() string { return fmt.Sprintf("pdfium died in %s: %v", e.Call, e.Err) }

// Unwrap gives the trap.
func (e *EngineError) Unwrap() error { return e.Err }

// call runs a function of PDFium and returns its first result. After a trap it
// returns 0 without calling, so that a sequence of calls needs one look at
// e.err at its end.
func (e *Engine) call(name string, args ...uint64) uint64 {
	fn := e.function(name)
	if fn == nil {
		return 0
	}
	copy(e.stack[:], args)
	return e.run(name, fn)
}

func (e *Engine) function(name string) api.Function {
	if e.err != nil {
		return nil
	}
	fn := e.fn[name]
	if fn == nil {
		if fn = e.module.ExportedFunction(name); fn == nil {
			e.die(name, fmt.Errorf("no such function"))
			return nil
		}
		e.fn[name] = fn
	}
	return fn
}

// run calls fn with the arguments that lie on e.stack.
func (e *Engine) run(name string, fn api.Function) uint64 {
	if e.err != nil {
		return 0
	}
	if err := fn.CallWithStack(e.ctx, e.stack[:]); err != nil {
		e.die(name, err)
		return 0
	}
	return e.stack[0]
}

// die records the first failure. PDFium ends itself when it gets no memory, so
// a trap with most of the memory in use is taken for that.
func (e *Engine) die(name string, err error) {
	dead := &EngineError{Call: name, Err: err}
	if e.mem != nil && e.mem.Size() >= MemoryLimit/4*3 {
		e.err = outOfMemory(dead)
		return
	}
	e.err = dead
}

func outOfMemory(cause error) error {
	return &job.Error{Code: job.ResourceLimit, Facts: job.Facts{"limit": "memory", "bytes": MemoryLimit}, Err: cause}
}

func boolean(v uint64) bool { return uint32(v) != 0 }

func integer(v uint64) int { return int(int32(v)) }

// malloc returns 0 when there is no memory left; the engine lives on.
func (e *Engine) malloc(size int) uint32 { return uint32(e.call("malloc", uint64(size))) }

func (e *Engine) free(p uint32) {
	if p != 0 {
		e.call("free", uint64(p))
	}
}

// read returns size bytes at p, valid until the next call.
func (e *Engine) read(p uint32, size int) []byte {
	b, ok := e.mem.Read(p, uint32(size))
	if !ok {
		e.die("memory.read", fmt.Errorf("%d bytes at %#x are outside", size, p))
		return make([]byte, size)
	}
	return b
}

// floats reads n float32 from the scratch space into dst.
func (e *Engine) floats(dst []float64) {
	b := e.read(e.scratch, 4*len(dst))
	for i := range dst {
		dst[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
	}
}

// maxText is the most bytes that are taken of one text, such as an address.
const maxText = 64 << 10

// longText is text for what may be longer than scratchSize, up to maxText.
func (e *Engine) longText(name string, lead ...uint64) []byte {
	args := append(slices.Clip(lead), uint64(e.scratch), scratchSize)
	n := integer(e.call(name, args...))
	switch {
	case e.err != nil || n <= 0 || n > maxText:
		return nil
	case n <= scratchSize:
		return e.read(e.scratch, n)
	}
	buffer := e.malloc(n)
	if buffer == 0 {
		return nil
	}
	args = append(slices.Clip(lead), uint64(buffer), uint64(n))
	e.call(name, args...)
	text := slices.Clone(e.read(buffer, n))
	e.free(buffer)
	return text
}

// text calls a function that writes at most a buffer of bytes and returns the
// length that it wanted to write, and gives the bytes written. lead are the
// arguments before buffer and size.
func (e *Engine) text(name string, lead ...uint64) []byte {
	args := append(slices.Clip(lead), uint64(e.scratch), scratchSize)
	n := integer(e.call(name, args...))
	if e.err != nil || n <= 0 || n > scratchSize {
		return nil
	}
	return e.read(e.scratch, n)
}
