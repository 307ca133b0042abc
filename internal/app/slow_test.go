package app_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Connections that do not send a whole head are closed, however they are slow
// about it; others are served meanwhile.
func TestSlowHeadIsCutOff(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "0")
	const least, most = 8 * time.Second, time.Minute
	var wg sync.WaitGroup
	for name, text := range map[string]string{"half a line": "GET /heal", "no end": "GET /healthz HTTP/1.1\r\nHost: a\r\n", "a byte now and then": "GET /healthz HTTP/1.1\r\n"} {
		wg.Go(func() {
			conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close() //nolint:errcheck // the server has closed it
			begin := time.Now()
			_, err1 := io.WriteString(conn, text)
			if err := errors.Join(err1, conn.SetReadDeadline(begin.Add(most))); err != nil {
				t.Error(err)
				return
			}
			closed := make(chan struct{})
			if name == "a byte now and then" {
				go drip(conn, closed)
			}
			_, _ = io.Copy(io.Discard, conn) // an answer, perhaps, and the end
			close(closed)
			if took := time.Since(begin); took < least || took > most-time.Second {
				t.Errorf("%s: ended after %v", name, took)
			}
		})
	}
	s.get("/healthz")
	wg.Wait()
}

// drip sends headers byte by byte.
func drip(conn net.Conn, until chan struct{}) {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-until:
			return
		case <-ticker.C:
			if _, err := io.WriteString(conn, "X"); err != nil {
				return
			}
		}
	}
}
