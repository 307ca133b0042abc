package polls

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"

	"docket/bench/harness"
	"docket/bench/load"
)

// recorded is an answer that the yardstick repeats.
type recorded struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// startBare records an answer of ours, and repeats it.
func startBare(ctx context.Context, env *harness.Env, k kind) (*harness.Running, error) {
	answer, task, err := record(ctx, env, k)
	if err != nil {
		return nil, err
	}
	server, err := env.StartPart(ctx, harness.ServerCore, "bare", answer)
	if err != nil {
		return nil, err
	}
	return &harness.Running{
		Round: func(ctx context.Context) (harness.Round, error) { return load.Measure(ctx, env, server, task) },
		Stop:  server.Stop,
	}, nil
}

// record asks a server on SQLite; the answers are the same on PostgreSQL.
func record(ctx context.Context, env *harness.Env, k kind) (answer recorded, task load.Task, err error) {
	o := harness.DocketOptions{}
	if k.finished {
		o.Workers = 1
	}
	d, err := env.StartDocket(ctx, o)
	if err != nil {
		return answer, task, err
	}
	defer func() { err = errors.Join(err, d.Stop()) }()
	if task, err = prepare(ctx, d, k); err != nil {
		return answer, task, err
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", d.Address)
	if err != nil {
		return answer, task, fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close() }() // nothing is left to be sent
	answer, err = one(conn, task.Requests[0])
	return answer, task, err
}

func one(conn net.Conn, request []byte) (recorded, error) {
	if _, err := conn.Write(request); err != nil {
		return recorded{}, fmt.Errorf("ask: %w", err)
	}
	a, err := readAnswer(conn)
	if err != nil {
		return a, err
	}
	delete(a.Header, "Date") // which the server adds
	return a, nil
}

// Bare is the yardstick: the least that an answer costs with net/http.
func Bare(ctx context.Context, in io.Reader, out io.Writer) error {
	var answer recorded
	if err := json.NewDecoder(in).Decode(&answer); err != nil {
		return fmt.Errorf("read what to answer: %w", err)
	}
	return load.Serve(ctx, out, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/jobs/") {
			w.WriteHeader(http.StatusTeapot) // nobody asks for it
			return
		}
		maps.Copy(w.Header(), answer.Header)
		w.WriteHeader(answer.Status)
		_, _ = w.Write(answer.Body) // a client that is gone does not matter
	}))
}
