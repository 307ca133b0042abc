package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"docket/bench/harness"
	"docket/bench/noop"
	"docket/bench/peers/contestant"
)

// overHTTP starts a server; clients keep their connections.
func overHTTP(_ context.Context, r *contestant.Round, o noop.Options) (*contestant.Queue, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	c := &clients{round: r, numbers: map[string]int{}, ended: map[string]bool{}}
	server, err := noop.StartProcess(c.heard, self, "serve", "-folder", o.Folder, "-database", o.Database, "-workers", fmt.Sprint(o.Workers))
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: r.Clients}
	c.client, c.url = &http.Client{Transport: transport}, "http://"+server.Address+"/jobs"
	return &contestant.Queue{Submit: c.submit, Server: server.PID(), Close: func() error {
		transport.CloseIdleConnections()
		return server.Stop()
	}}, nil
}

// clients submit jobs, each of which may end before its client knows its id.
type clients struct {
	round  *contestant.Round
	client *http.Client
	url    string

	mu      sync.Mutex
	numbers map[string]int
	ended   map[string]bool
}

// heard is told of what happens to jobs.
func (c *clients) heard(job string, m noop.Moment, _ time.Time) {
	if m != noop.Completed {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if n, ok := c.numbers[job]; ok {
		c.round.Ended(n)
		return
	}
	c.ended[job] = true
}

func (c *clients) submit(ctx context.Context, jobs []int) error {
	for _, n := range jobs {
		id, err := c.post(ctx, contestant.Payload(n))
		if err != nil {
			return err
		}
		c.mu.Lock()
		c.numbers[id] = n
		if c.ended[id] {
			c.round.Ended(n)
		}
		c.mu.Unlock()
	}
	return nil
}

func (c *clients) post(ctx context.Context, document string) (id string, err error) {
	mediaType, form, err := harness.Form("parse", "document.txt", []byte(document), nil)
	if err != nil {
		return "", err
	}
	answer, err := harness.Ask(ctx, c.client, http.MethodPost, c.url, http.Header{"Content-Type": {mediaType}}, form)
	if err != nil {
		return "", err
	}
	return harness.MadeJob(answer)
}
