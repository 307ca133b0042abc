package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// lane is one connection, which waits for each answer before it asks again.
type lane struct {
	all   int
	times []time.Duration
}

func (l *lane) run(ctx context.Context, task Task, first int, counts, ends time.Time) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", task.Address)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close() }() // nothing is left to be sent
	if err := conn.SetDeadline(ends.Add(30 * time.Second)); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	in := bufio.NewReaderSize(conn, 64<<10)
	l.times = make([]time.Duration, 0, 1<<16)
	for n := first; ; n++ {
		begin := time.Now()
		if begin.After(ends) {
			return nil
		}
		if _, err := conn.Write(task.Requests[n%len(task.Requests)]); err != nil {
			return fmt.Errorf("send: %w", err)
		}
		status, err := skip(in)
		if err != nil {
			return fmt.Errorf("read an answer: %w", err)
		}
		if status != task.Status {
			return fmt.Errorf("an answer has status %d, not %d", status, task.Status)
		}
		if l.all++; begin.After(counts) {
			l.times = append(l.times, time.Since(begin))
		}
	}
}

// skip reads an answer to its end.
func skip(in *bufio.Reader) (status int, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	const code = len("HTTP/1.1 ")
	if len(line) < code+3 {
		return 0, fmt.Errorf("no status line: %q", line)
	}
	if status, err = strconv.Atoi(string(line[code : code+3])); err != nil {
		return 0, fmt.Errorf("no status line: %q", line)
	}
	length, chunked := 0, false
	for {
		if line, err = in.ReadSlice('\n'); err != nil {
			return 0, err
		}
		if len(line) <= len("\r\n") {
			break
		}
		switch name, value, _ := bytes.Cut(line, []byte(":")); {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
	}
	if chunked {
		return status, skipChunks(in)
	}
	_, err = in.Discard(length)
	return status, err
}

func skipChunks(in *bufio.Reader) error {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if err != nil {
			return errors.New("a chunk without a size")
		}
		if _, err := io.CopyN(io.Discard, in, size+2); err != nil || size == 0 {
			return err
		}
	}
}
