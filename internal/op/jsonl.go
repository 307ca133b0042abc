package op

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
)

// JSONLines yields the lines of a file without their ends, of any length, one
// at a time in memory; a line is valid until the next. An error is the last
// that it yields.
func JSONLines(from io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		in := bufio.NewReaderSize(from, 64<<10)
		var line []byte
		for {
			piece, err := in.ReadSlice('\n')
			line = append(line, piece...)
			switch {
			case errors.Is(err, bufio.ErrBufferFull):
				continue
			case errors.Is(err, io.EOF) && len(line) == 0:
				return
			case err != nil:
				yield(nil, fmt.Errorf("read lines: %w", err))
				return
			}
			if !yield(line[:len(line)-1], nil) {
				return
			}
			line = line[:0]
		}
	}
}
