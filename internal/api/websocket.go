package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/coder/websocket"

	"docket/internal/account"
	"docket/internal/job"
)

const (
	// maxMessage is the longest message that is taken from a client; nothing
	// it could say is needed.
	maxMessage = 512
	// refused is the close code 4000 more than the HTTP status. // contract J28
	refused = 4000
	// maxReason is the longest text of a close frame, in bytes.
	maxReason = 123
)

// socket is one WebSocket that follows a job.
type socket struct {
	api      *API
	ctx      context.Context // of the account
	conn     *websocket.Conn
	follower follower
	free     func() // the slot
	gone     chan struct{}
}

// openSocket is GET /jobs/{id}/status with an upgrade. A refusal goes to a
// browser as a close frame, because that is all that its scripts can see of
// one. // contract A8, J28
func (a *API) openSocket(w http.ResponseWriter, r *http.Request) error {
	if err := checkHandshake(w, r); err != nil {
		return err
	}
	ctx, j, err := a.admitToJob(w, r)
	var free func()
	if err == nil {
		free, err = a.streams.slots.take(account.From(ctx).ID)
	}
	if err != nil && r.Header.Get("Origin") == "" {
		return err
	}
	conn, failure := websocket.Accept(smallBuffers{w}, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // admit has looked at Origin
	if failure != nil {
		if free != nil {
			free()
		}
		return fmt.Errorf("accept a WebSocket: %w", failure)
	}
	if err != nil {
		p := problemOf(err, r)
		_ = conn.Close(websocket.StatusCode(refused+p.status), reason(p.message)) // a client that has gone needs no reason
		return nil
	}
	conn.SetReadLimit(maxMessage)
	s := &socket{
		api: a, ctx: account.With(context.Background(), account.From(ctx)), conn: conn,
		follower: follow(j), free: free, gone: make(chan struct{}),
	}
	// The request ends here: what it holds would be kept as long as the socket.
	a.streams.open.Add(1)
	go s.listen()
	go s.serve()
	return nil
}

// checkHandshake refuses what is no handshake of RFC 6455.
func checkHandshake(w http.ResponseWriter, r *http.Request) error {
	if !hasToken(r.Header, "Connection", "upgrade") {
		return invalid("Connection", "it is not Upgrade", "Open the address with a WebSocket client")
	}
	if r.Header.Get("Sec-WebSocket-Version") != "13" {
		w.Header().Set("Sec-WebSocket-Version", "13")
		return invalid("Sec-WebSocket-Version", "it is not 13", "Open the address with a WebSocket client")
	}
	if keys := r.Header.Values("Sec-WebSocket-Key"); len(keys) != 1 || len(keys[0]) != 24 {
		return invalid("Sec-WebSocket-Key", "it is not 16 bytes as Base64", "Open the address with a WebSocket client")
	}
	return nil
}

// listen reads what the client sends, so that pings are answered and a close
// is seen, and forgets it.
func (s *socket) listen() {
	defer s.conn.CloseNow() //nolint:errcheck // as good as closed
	defer close(s.gone)
	for {
		_, message, err := s.conn.Reader(context.Background())
		if err == nil {
			_, err = io.Copy(io.Discard, message)
		}
		if err != nil {
			return
		}
	}
}

// serve writes to the client; nobody else does.
func (s *socket) serve() {
	defer s.api.streams.open.Done()
	defer s.api.metrics.watch(bySocket)()
	defer s.conn.CloseNow() //nolint:errcheck // it is closed already, or as good as closed
	changes := s.api.service.Listen(s.follower.id)
	defer changes.Close()
	stopped, err := s.api.run(s.gone, changes, s.api.streams.pace.ping, s.tell, s.ping)
	s.free()
	switch {
	case stopped:
		s.close(websocket.StatusGoingAway, "the server is stopping")
	case errors.Is(err, errReader):
		s.close(websocket.StatusPolicyViolation, "the client does not read")
	case job.CodeOf(err) == job.Unauthorized:
		s.close(refused+http.StatusUnauthorized, "the key is no longer good")
	case err != nil:
		s.api.log.Error("a WebSocket failed", "job", s.follower.id, "error", err)
		s.close(websocket.StatusInternalError, "the server failed; its log says why")
	}
}

// errReader says that a client has gone or does not read.
var errReader = errors.New("the client does not read")

// tell writes what is new, and closes after the final state. Before that state
// is sent the slot is free, so that the client can open the next socket on it.
func (s *socket) tell() (done bool, err error) {
	if err := s.api.service.StillGood(account.From(s.ctx)); err != nil {
		return false, err
	}
	news, err := s.follower.news(s.api.streams.reads.job(s.ctx, s.follower.id))
	if err != nil {
		return false, err
	}
	for _, u := range news {
		if done = u.final(); done {
			s.free()
		}
		if err := s.write(u); err != nil {
			return done, err
		}
	}
	if done {
		s.close(websocket.StatusNormalClosure, "the job is "+s.follower.last.Status)
	}
	return done, nil
}

func (s *socket) write(u update) error {
	b, err := encode(u)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.api.streams.pace.patience)
	defer cancel()
	if err := s.conn.Write(ctx, websocket.MessageText, b); err != nil {
		return fmt.Errorf("%w: %w", errReader, err)
	}
	return nil
}

// ping waits for the answer, or the client has died without a word.
func (s *socket) ping() error {
	if err := s.api.service.StillGood(account.From(s.ctx)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.api.streams.pace.patience)
	defer cancel()
	if err := s.conn.Ping(ctx); err != nil {
		return fmt.Errorf("%w: %w", errReader, err)
	}
	return nil
}

// close ends the conversation; a client that has gone does not hear it.
func (s *socket) close(code websocket.StatusCode, text string) { _ = s.conn.Close(code, reason(text)) }

// reason cuts a text to what fits into a close frame.
func reason(text string) string {
	if len(text) <= maxReason {
		return text
	}
	cut := maxReason - len("…")
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return strings.TrimSpace(text[:cut]) + "…"
}
