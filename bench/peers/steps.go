package peers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"docket/bench/noop"
)

// step measures one step of one job.
type step func(ctx context.Context, s *stage) (time.Duration, error)

// pickup is from the answer to a submit until the operation starts; 0 when it
// has started before.
func pickup(ctx context.Context, s *stage) (time.Duration, error) {
	job, acknowledged, err := s.submit(ctx, "a document", "")
	if err != nil {
		return 0, err
	}
	started, err := s.when(ctx, job, noop.Started)
	if err != nil {
		return 0, err
	}
	_, err = s.when(ctx, job, noop.Completed)
	return max(0, started.Sub(acknowledged)), err
}

// cancel is from the answer to a cancel until the operation's context has
// ended; 0 when it has ended before.
func cancel(ctx context.Context, s *stage) (time.Duration, error) {
	job, _, err := s.submit(ctx, noop.Hold, "")
	if err != nil {
		return 0, err
	}
	if _, err := s.when(ctx, job, noop.Started); err != nil {
		return 0, err
	}
	answered, err := s.ask(ctx, http.MethodPost, "/jobs/"+job+"/cancel", "", nil, &struct{}{})
	if err != nil {
		return 0, err
	}
	ended, err := s.when(ctx, job, noop.Cancelled)
	return max(0, ended.Sub(answered)), err
}

// watch is how somebody learns that a job has completed: open begins to watch
// it, and gives what waits until then and says when it was.
type watch func(ctx context.Context, s *stage, job string) (wait func() (time.Time, error), err error)

// told measures from the commit of the end until the watcher has heard of it.
func told(by watch) step {
	return func(ctx context.Context, s *stage) (time.Duration, error) {
		job, _, err := s.submit(ctx, noop.Rest, "")
		if err != nil {
			return 0, err
		}
		wait, err := by(ctx, s, job)
		if err != nil {
			return 0, err
		}
		heard, err := wait()
		if err != nil {
			return 0, err
		}
		return s.since(ctx, job, heard)
	}
}

// since is from the commit of the end of a job until another time.
func (s *stage) since(ctx context.Context, job string, heard time.Time) (time.Duration, error) {
	committed, err := s.when(ctx, job, noop.Completed)
	return max(0, heard.Sub(committed)), err
}

func webSocket(ctx context.Context, s *stage, job string) (func() (time.Time, error), error) {
	conn, _, err := websocket.Dial(ctx, strings.Replace(s.url, "http", "ws", 1)+"/jobs/"+job+"/status", nil) //nolint:bodyclose // the library closes it
	if err != nil {
		return nil, fmt.Errorf("open a WebSocket: %w", err)
	}
	return func() (at time.Time, err error) {
		defer func() { _ = conn.CloseNow() }() // all was heard
		for {
			_, message, err := conn.Read(ctx)
			if err != nil {
				return at, fmt.Errorf("read a WebSocket: %w", err)
			}
			if strings.Contains(string(message), `"status":"completed"`) {
				return time.Now(), nil
			}
		}
	}, nil
}

func longPoll(ctx context.Context, s *stage, job string) (func() (time.Time, error), error) {
	return func() (time.Time, error) {
		for {
			var now struct {
				Status string `json:"status"`
			}
			at, err := s.ask(ctx, http.MethodGet, "/jobs/"+job+"?wait=30", "", nil, &now)
			if err != nil || now.Status == "completed" {
				return at, err
			}
		}
	}, nil
}

// webhook is told to a receiver that the submit names.
func webhook(ctx context.Context, s *stage) (time.Duration, error) {
	address, heard := s.receivers.receiver(rand.Text())
	job, _, err := s.submit(ctx, noop.Rest, address)
	if err != nil {
		return 0, err
	}
	select {
	case at := <-heard:
		return s.since(ctx, job, at)
	case <-ctx.Done():
		return 0, errors.Join(errors.New("no webhook came"), context.Cause(ctx))
	}
}
