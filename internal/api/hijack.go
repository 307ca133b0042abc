package api

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
)

// Sizes of what an idle WebSocket holds, in bytes. A frame that is longer than
// the buffer is written in two parts.
const (
	socketReadBuffer  = 128
	socketWriteBuffer = 1 << 10
	// kernelBuffer holds a few frames: a slow reader is to find the newest
	// state, not a backlog.
	kernelBuffer = 16 << 10
)

// smallBuffers hands out connections with small buffers; those of the HTTP
// server take 8 KiB, for as long as a WebSocket is open.
type smallBuffers struct{ http.ResponseWriter }

// Hijack takes the connection over, with what the client has sent already.
func (w smallBuffers) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		if err := tcp.SetWriteBuffer(kernelBuffer); err != nil {
			return nil, nil, fmt.Errorf("make the buffer of a WebSocket small: %w", err)
		}
	}
	early := rw.Reader.Buffered()
	reader := rw.Reader
	if early == 0 {
		reader = bufio.NewReaderSize(conn, socketReadBuffer)
	}
	return conn, bufio.NewReadWriter(reader, bufio.NewWriterSize(conn, socketWriteBuffer)), nil
}
