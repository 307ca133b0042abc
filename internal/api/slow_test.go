package api

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// hurry is a bench whose clients must send 1000 bytes in each 400 ms and take
// 64 KiB in each second. big is a route that answers with 64 MB, and gone says
// when its handler has ended.
func hurry(t *testing.T) (b *bench, gone chan error) {
	t.Helper()
	b = newBench(t, usualPace())
	b.api.tempos = tempos{sending: tempo{1000, 400 * time.Millisecond}, reading: tempo{64 << 10, time.Second}}
	gone = make(chan error, 1)
	mux := http.NewServeMux()
	mux.Handle("/", b.api)
	mux.Handle("/big", b.api.serve(Route{Method: http.MethodGet, Pattern: "/big", dialect: jobsDialect}, func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Length", fmt.Sprint(bigAnswer))
		_, err := io.Copy(w, io.LimitReader(zeros{}, bigAnswer))
		gone <- err
		return err
	}))
	b.server.Config.Handler, b.server.Config.ConnContext = mux, ConnContext
	b.server.Start()
	return b, gone
}

const bigAnswer = 64 << 20

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func (b *bench) connect() net.Conn {
	b.t.Helper()
	conn, err := new(net.Dialer).DialContext(b.t.Context(), "tcp", b.server.Listener.Addr().String())
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		b.t.Fatal(err)
	}
	return conn
}

// respond reads the head of an answer.
func respond(t *testing.T, in *bufio.Reader) (status int, body io.Reader) {
	t.Helper()
	answer, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer.StatusCode, answer.Body
}

// drip sends a text in pieces, one each interval, until it has been sent or the
// server does not take it any more.
func drip(conn net.Conn, text string, piece int, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for len(text) > 0 {
		n := min(piece, len(text))
		if _, err := io.WriteString(conn, text[:n]); err != nil {
			return err
		}
		text = text[n:]
		<-ticker.C
	}
	return nil
}

// postForm is a form with one field of so many bytes, and its head. The form
// is for /tickets, which refuses it after it was read.
func postForm(size int) (head, body string) {
	body = "--x\r\nContent-Disposition: form-data; name=\"pad\"\r\n\r\n" + strings.Repeat("a", size) + "\r\n--x--\r\n"
	return fmt.Sprintf("POST /tickets HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n", len(body)), body
}

// A client that sends a byte now and then is told so and cut off.
func TestSlowBodyIsRefused(t *testing.T) {
	b, _ := hurry(t)
	head, body := postForm(100_000)
	conn := b.connect()
	if _, err := io.WriteString(conn, head); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	go func() { _ = drip(conn, body, 1, 20*time.Millisecond) }()
	in := bufio.NewReader(conn)
	status, answer := respond(t, in)
	text, err := io.ReadAll(answer)
	if status != http.StatusRequestTimeout || err != nil || !bytes.Contains(text, []byte("1000 bytes in 400ms")) {
		t.Errorf("%d %s, %v", status, text, err)
	}
	if _, err := in.ReadByte(); err == nil {
		t.Error("the connection is still open")
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

// One that is slow and steady may take as long as it needs.
func TestSlowLineMayUpload(t *testing.T) {
	b, _ := hurry(t)
	head, body := postForm(20_000) // five times as long as one stretch may take
	conn := b.connect()
	if _, err := io.WriteString(conn, head); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if err := drip(conn, body, 500, 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if status, _ := respond(t, bufio.NewReader(conn)); status != http.StatusBadRequest || time.Since(begin) < 2*b.api.tempos.sending.time {
		t.Errorf("%d after %v", status, time.Since(begin))
	}
}

// Who does not send what is not needed any more gets its answer all the same,
// and the connection ends.
func TestUnsentBodyDoesNotHoldTheAnswer(t *testing.T) {
	b, _ := hurry(t)
	conn := b.connect()
	if _, err := io.WriteString(conn, "POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	status, answer := respond(t, in)
	if status != http.StatusNotFound {
		t.Fatal(status)
	}
	if _, err := io.Copy(io.Discard, answer); err != nil {
		t.Error(err)
	}
	if _, err := in.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("the connection goes on: %v", err)
	}
}

// Who does not read its answer is cut off; the time for one answer does not
// run during the next.
func TestSlowReaderIsCutOff(t *testing.T) {
	b, gone := hurry(t)
	conn := b.connect()
	if _, err := io.WriteString(conn, "GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-gone:
		if err == nil {
			t.Error("the answer was written to nobody")
		}
	case <-time.After(patience):
		t.Fatal("the handler still writes")
	}
}

func TestSlowReaderThatReadsGetsAll(t *testing.T) {
	b, gone := hurry(t)
	conn := b.connect()
	in := bufio.NewReaderSize(conn, 1<<20)
	if _, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	_, first := respond(t, in)
	if _, err := io.Copy(io.Discard, first); err != nil {
		t.Fatal(err)
	}
	<-time.After(2 * b.api.tempos.reading.time) // the time for the first answer is over
	if _, err := io.WriteString(conn, "GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	_, second := respond(t, in)
	begin, n := time.Now(), int64(0)
	var err error
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for err == nil {
		var got int64
		got, err = io.CopyN(io.Discard, second, 1<<20)
		n += got
		<-ticker.C
	}
	if n != bigAnswer || !errors.Is(err, io.EOF) || <-gone != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	if time.Since(begin) < 2*b.api.tempos.reading.time {
		t.Errorf("it took only %v", time.Since(begin))
	}
}
