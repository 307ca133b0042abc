package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// events is the client's end of a stream of Server-Sent Events.
type events struct {
	t      *testing.T
	answer *http.Response
	lines  *bufio.Reader
	cancel context.CancelFunc
	last   string // id, as a browser remembers it
}

// message is one event.
type message struct {
	id, name string
	frame
}

// events opens a stream, after the event of an id when that is not empty.
func (s *server) events(path, last string) *events {
	s.t.Helper()
	e := s.askEvents(path, last)
	if e.answer.StatusCode != http.StatusOK || e.answer.Header.Get("Content-Type") != "text/event-stream" {
		b, err := io.ReadAll(e.answer.Body)
		s.t.Fatalf("%s: %s, %s, %v", path, e.answer.Status, b, err)
	}
	return e
}

func (s *server) askEvents(path, last string) *events {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	s.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = resp.Body.Close() })
	return &events{t: s.t, answer: resp, lines: bufio.NewReader(resp.Body), cancel: cancel, last: last}
}

// read waits for an event, or for the end. What has no data is no event, but
// counts for the id.
func (e *events) read() (message, error) {
	e.t.Helper()
	m, data := message{id: e.last}, ""
	for {
		line, err := e.lines.ReadString('\n')
		if err != nil {
			return m, err
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "id":
			m.id = value
		case "event":
			m.name = value
		case "data":
			data += value
		case "retry":
			if d, err := time.ParseDuration(value + "ms"); err != nil || d < 100*time.Millisecond || d > time.Minute {
				e.t.Errorf("retry %q", value)
			}
		}
		if line != "\n" {
			continue
		}
		e.last = m.id
		if data == "" {
			continue
		}
		if err := json.Unmarshal([]byte(data), &m.frame); err != nil {
			e.t.Fatalf("data %q: %v", data, err)
		}
		return m, nil
	}
}

func (e *events) next() message {
	e.t.Helper()
	m, err := e.read()
	if err != nil {
		e.t.Fatal(err)
	}
	return m
}

// rest reads up to the end that the server makes.
func (e *events) rest() []message {
	e.t.Helper()
	var all []message
	for {
		m, err := e.read()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			e.t.Fatalf("after %d events: %v", len(all), err)
		}
		all = append(all, m)
	}
}

// until reads up to the event that is wanted, and gives all.
func (e *events) until(wanted func(message) bool) []message {
	e.t.Helper()
	var all []message
	for {
		all = append(all, e.next())
		if wanted(all[len(all)-1]) {
			return all
		}
	}
}

func framesOf(messages []message) []frame {
	var all []frame
	for _, m := range messages {
		all = append(all, m.frame)
	}
	return all
}

// is says that an event tells of a job in a state.
func is(id, status string) func(message) bool {
	return func(m message) bool { return m.JobID == id && m.Status == status }
}
