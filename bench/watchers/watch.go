package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/coder/websocket"
)

// watcher waits for a job's status.
type watcher interface {
	until(status string) error
	close()
}

// watching is a way to watch. open returns when the server has told the
// beginning, so that the watcher is surely there.
type watching struct {
	name string
	open func(ctx context.Context, address, job string) (watcher, error)
}

func ways() []watching {
	return []watching{
		{"websocket", openSocket},
		{"sse", func(ctx context.Context, address, job string) (watcher, error) {
			return openStream(ctx, address, "/jobs/"+job+"/status", "event: status")
		}},
		{"events", func(ctx context.Context, address, _ string) (watcher, error) {
			return openStream(ctx, address, "/events", "id: ")
		}},
	}
}

// socket is a WebSocket.
type socket struct {
	ctx  context.Context
	conn *websocket.Conn
}

func openSocket(ctx context.Context, address, job string) (watcher, error) {
	conn, _, err := websocket.Dial(ctx, "ws://"+address+"/jobs/"+job+"/status", nil) //nolint:bodyclose // the library closes it
	if err != nil {
		return nil, fmt.Errorf("open a WebSocket: %w", err)
	}
	s := &socket{ctx, conn}
	err = s.until("queued")
	return s, err
}

func (s *socket) until(status string) error {
	want := []byte(`"status":"` + status + `"`)
	for {
		_, message, err := s.conn.Read(s.ctx)
		if err != nil {
			return fmt.Errorf("read a WebSocket: %w", err)
		}
		if bytes.Contains(message, want) {
			return nil
		}
	}
}

func (s *socket) close() { _ = s.conn.CloseNow() }

// stream is a connection with Server-Sent Events.
type stream struct {
	conn  net.Conn
	lines *bufio.Reader
}

func openStream(ctx context.Context, address, path, begins string) (watcher, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n\r\n", path, address); err != nil {
		return nil, fmt.Errorf("ask for a stream: %w", err)
	}
	s := &stream{conn, bufio.NewReaderSize(conn, 1<<10)}
	err = s.find(begins)
	return s, err
}

func (s *stream) until(status string) error { return s.find(`"status":"` + status + `"`) }

func (s *stream) close() { _ = s.conn.Close() }

// find reads up to the line that holds a text.
func (s *stream) find(text string) error {
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil && err != io.EOF || err == io.EOF && line == "" {
			return fmt.Errorf("read a stream: %w", err)
		}
		if strings.Contains(line, text) {
			return nil
		}
	}
}
