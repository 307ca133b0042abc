package watchers

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"

	"github.com/coder/websocket"
)

// Watcher is told what happens to a job.
type Watcher interface {
	// Next waits for the next message and gives its JSON, which is valid until
	// it is called again.
	Next() ([]byte, error)
	Close()
}

// Way is a way to watch. Open returns when the server has told the beginning,
// so that the watcher is surely there.
type Way struct {
	Name  string // in names of rows
	Title string // in those of the report
	Open  func(ctx context.Context, address, job string) (Watcher, error)
}

// WebSocket watches one job.
func WebSocket() Way { return Way{"websocket", "WebSocket of a job", openSocket} }

// Stream watches one job.
func Stream() Way {
	return Way{"sse", "Server-Sent Events of a job", func(ctx context.Context, address, job string) (Watcher, error) {
		return openStream(ctx, address, "/jobs/"+job+"/status", "data: ")
	}}
}

// AccountStream watches all jobs of an account.
func AccountStream() Way {
	return Way{"events", "Server-Sent Events of an account", func(ctx context.Context, address, _ string) (Watcher, error) {
		return openStream(ctx, address, "/events", "id: ")
	}}
}

// OpenAll opens n watchers, some at the same time; of says which job each is to
// watch. After an error those that are open are closed.
func OpenAll(ctx context.Context, w Way, address string, n int, of func(n int) (job string)) ([]Watcher, error) {
	const together = 64
	lanes, errs := make([][]Watcher, together), make([]error, together)
	var wg sync.WaitGroup
	for lane := range together {
		wg.Go(func() {
			for i := lane; i < n && errs[lane] == nil; i += together {
				one, err := w.Open(ctx, address, of(i))
				if err != nil {
					errs[lane] = err
					return
				}
				lanes[lane] = append(lanes[lane], one)
			}
		})
	}
	wg.Wait()
	var all []Watcher
	for _, lane := range lanes {
		all = append(all, lane...)
	}
	if err := errors.Join(errs...); err != nil {
		CloseAll(all)
		return nil, err
	}
	return all, nil
}

// CloseAll closes watchers.
func CloseAll(all []Watcher) {
	for _, one := range all {
		one.Close()
	}
}

// socket is a WebSocket.
type socket struct {
	ctx  context.Context
	conn *websocket.Conn
}

func openSocket(ctx context.Context, address, job string) (Watcher, error) {
	conn, _, err := websocket.Dial(ctx, "ws://"+address+"/jobs/"+job+"/status", nil) //nolint:bodyclose // the library closes it
	if err != nil {
		return nil, fmt.Errorf("open a WebSocket: %w", err)
	}
	s := &socket{ctx, conn}
	if _, err := s.Next(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Next is the next message. // Watcher
func (s *socket) Next() ([]byte, error) {
	_, message, err := s.conn.Read(s.ctx)
	if err != nil {
		return nil, fmt.Errorf("read a WebSocket: %w", err)
	}
	return message, nil
}

// Close ends the connection. // Watcher
func (s *socket) Close() { _ = s.conn.CloseNow() }

// stream is a connection with Server-Sent Events.
type stream struct {
	conn  net.Conn
	lines *bufio.Reader
}

func openStream(ctx context.Context, address, path, begins string) (Watcher, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	s := &stream{conn, bufio.NewReaderSize(conn, 1<<10)}
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n\r\n", path, address)
	if err == nil {
		_, err = s.line(begins)
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("ask for a stream: %w", err)
	}
	return s, nil
}

// Next is the next event's data. // Watcher
func (s *stream) Next() ([]byte, error) {
	line, err := s.line("data: ")
	return []byte(line), err
}

// Close ends the connection. // Watcher
func (s *stream) Close() { _ = s.conn.Close() }

// line reads up to the line that begins so, and gives what follows.
func (s *stream) line(begins string) (string, error) {
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil && (!errors.Is(err, io.EOF) || line == "") {
			return "", fmt.Errorf("read a stream: %w", err)
		}
		if rest, ok := strings.CutPrefix(line, begins); ok {
			return strings.TrimSpace(rest), nil
		}
	}
}

// until reads until a message tells of a status.
func until(w Watcher, status string) error {
	want := []byte(`"status":"` + status + `"`)
	for {
		message, err := w.Next()
		if err != nil || bytes.Contains(message, want) {
			return err
		}
	}
}
