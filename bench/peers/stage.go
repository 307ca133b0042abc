package peers

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"docket/bench/harness"
	"docket/bench/noop"
)

// stageWorkers are the jobs that a stage runs at the same time.
const stageWorkers = 16

// stage is a server, or two nodes of one: one with the API and one that works.
type stage struct {
	url       string
	nodes     []*noop.Process
	receivers *receivers
	client    *http.Client
	drop      func() error

	mu   sync.Mutex
	at   map[happening]time.Time
	wait map[happening]chan time.Time
}

// happening is what happens to a job once.
type happening struct {
	job string
	m   noop.Moment
}

// setting is where a stage keeps its jobs, and on how many nodes it is.
type setting struct {
	name  string
	place place
	nodes int
	// workers are the jobs that it runs at the same time; 0: stageWorkers.
	workers int
}

func (o setting) open(ctx context.Context, env *harness.Env) (s *stage, err error) {
	program, err := build(ctx, env, "ours")
	if err != nil {
		return nil, err
	}
	d, err := peer{place: o.place}.database(ctx, env)
	if err != nil {
		return nil, err
	}
	s = &stage{client: &http.Client{}, drop: d.drop, at: map[happening]time.Time{}, wait: map[happening]chan time.Time{}}
	if s.receivers, err = newReceivers(ctx); err != nil {
		return nil, errors.Join(err, d.drop())
	}
	folder, err := os.MkdirTemp(env.Folder, "stage-")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make a folder: %w", err), s.close())
	}
	for n := range o.nodes {
		args := []string{"serve", "-name", fmt.Sprint("node", n), "-folder", filepath.Join(folder, fmt.Sprint(n)), "-blobs", filepath.Join(folder, "blobs")}
		if o.place == postgres {
			args = append(args, "-database", d.address)
		}
		workers := cmp.Or(o.workers, stageWorkers)
		if n < o.nodes-1 { // the last one works, the first one answers
			workers = 0
		}
		node, err := noop.StartProcess(s.heard, program, append(args, "-workers", fmt.Sprint(workers))...)
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		s.nodes = append(s.nodes, node)
	}
	s.url = "http://" + s.nodes[0].Address
	return s, nil
}

func (s *stage) close() error {
	s.client.CloseIdleConnections()
	var errs []error
	for _, n := range s.nodes {
		errs = append(errs, n.Stop())
	}
	return errors.Join(append(errs, s.receivers.close(), s.drop())...)
}

// heard is told by the nodes what has happened.
func (s *stage) heard(job string, m noop.Moment, at time.Time) {
	h := happening{job, m}
	s.mu.Lock()
	defer s.mu.Unlock()
	if wait, ok := s.wait[h]; ok {
		wait <- at
		delete(s.wait, h)
		return
	}
	s.at[h] = at
}

// when waits until something has happened to a job, and says when that was.
func (s *stage) when(ctx context.Context, job string, m noop.Moment) (time.Time, error) {
	h := happening{job, m}
	s.mu.Lock()
	if at, ok := s.at[h]; ok {
		s.mu.Unlock()
		return at, nil
	}
	wait := make(chan time.Time, 1)
	s.wait[h] = wait
	s.mu.Unlock()
	select {
	case at := <-wait:
		return at, nil
	case <-ctx.Done():
		return time.Time{}, fmt.Errorf("job %s was never %s: %w", job, m, context.Cause(ctx))
	}
}

// submit hands in a document; acknowledged is when the answer was there.
func (s *stage) submit(ctx context.Context, document, webhook string) (job string, acknowledged time.Time, err error) {
	mediaType, form, err := harness.Form("parse", "document.txt", []byte(document), map[string]string{"webhook_url": webhook})
	if err != nil {
		return "", acknowledged, err
	}
	var made struct {
		JobID string `json:"job_id"`
	}
	acknowledged, err = s.ask(ctx, http.MethodPost, "/jobs", mediaType, form, &made)
	return made.JobID, acknowledged, err
}

// ask sends a request and reads the answer; at is when it was there.
func (s *stage) ask(ctx context.Context, method, path, mediaType string, body []byte, into any) (at time.Time, err error) {
	text, err := harness.Ask(ctx, s.client, method, s.url+path, http.Header{"Content-Type": {mediaType}}, body)
	at = time.Now()
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return at, fmt.Errorf("ask for %s: %w", path, err)
	}
	return at, nil
}
