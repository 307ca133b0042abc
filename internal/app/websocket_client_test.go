package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// frame is one message of a stream.
type frame struct {
	JobID    string `json:"job_id"`
	AliasID  string `json:"alias_id"`
	Status   string `json:"status"`
	Previous string `json:"previous_status"`
	Progress *struct {
		Percentage *float64 `json:"percentage"`
	} `json:"progress"`
	Details *struct {
		ErrorType string `json:"error_type"`
		Message   string `json:"message"`
	} `json:"error_details"`
	Version   int64  `json:"version"`
	Timestamp string `json:"timestamp"`
}

// socket is the client's end of a WebSocket.
type socket struct {
	t    *testing.T
	conn *websocket.Conn
}

// dial opens a WebSocket; headers are pairs of name and value. When the server
// refuses before there is one, its answer is given.
func (s *server) dial(path string, headers ...string) (*socket, answer) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	h := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	conn, resp, err := websocket.Dial(ctx, s.url+path, &websocket.DialOptions{HTTPHeader: h, HTTPClient: s.client}) //nolint:bodyclose // Dial leaves nothing to be closed //nolint:bodyclose // there is none after an upgrade; that of a refusal is read
	if err == nil {
		s.t.Cleanup(func() { _ = conn.CloseNow() })
		return &socket{s.t, conn}, answer{Response: resp}
	}
	if resp == nil {
		s.t.Fatalf("dial %s: %v", path, err)
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return nil, answer{resp, b}
}

// watch is dial for who expects to be let in.
func (s *server) watch(id string) *socket {
	s.t.Helper()
	w, a := s.dial("/jobs/" + id + "/status")
	if w == nil {
		s.t.Fatalf("watching %s: %d %s", id, a.StatusCode, a.body)
	}
	return w
}

// read waits for a message, or for the end.
func (w *socket) read() (frame, error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	kind, b, err := w.conn.Read(ctx)
	if err != nil {
		return frame{}, err
	}
	var f frame
	if err := json.Unmarshal(b, &f); err != nil || kind != websocket.MessageText {
		w.t.Fatalf("message %q of type %v: %v", b, kind, err)
	}
	return f, nil
}

// next waits for a message.
func (w *socket) next() frame {
	w.t.Helper()
	f, err := w.read()
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// rest reads all messages up to the end, and gives how it was closed.
func (w *socket) rest() ([]frame, websocket.CloseError) {
	w.t.Helper()
	var all []frame
	for {
		f, err := w.read()
		if err == nil {
			all = append(all, f)
			continue
		}
		closed, ok := errors.AsType[websocket.CloseError](err)
		if !ok {
			w.t.Fatalf("after %d messages: %v", len(all), err)
		}
		return all, closed
	}
}

// coherent checks what holds of the frames of any stream of one job, and gives
// the words in their order.
func coherent(t *testing.T, frames []frame) []string {
	t.Helper()
	var words []string
	percentage := 0.0
	for i, f := range frames {
		if i > 0 && (f.Version <= frames[i-1].Version || f.JobID != frames[0].JobID) {
			t.Errorf("%+v after %+v", f, frames[i-1])
		}
		if _, err := time.Parse("2006-01-02T15:04:05Z", f.Timestamp); err != nil {
			t.Error(err)
		}
		if f.Progress != nil {
			if f.Progress.Percentage == nil || *f.Progress.Percentage < percentage {
				t.Errorf("progress after %v: %+v", percentage, f)
			} else {
				percentage = *f.Progress.Percentage
			}
		}
		before := ""
		if len(words) > 0 {
			before = words[len(words)-1]
		}
		if f.Status != before {
			words = append(words, f.Status)
		}
		if i > 0 && f.Status != before && f.Previous != before {
			t.Errorf("previous_status of %+v", f)
		}
		if ended := f.Status == "failed" || f.Status == "cancelled"; ended != (f.Details != nil) {
			t.Errorf("error_details of %+v", f)
		}
	}
	return words
}

// String is for messages of tests.
func (f frame) String() string {
	return fmt.Sprintf("%s→%s v%d", f.Previous, f.Status, f.Version)
}
