package peers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// receivers are webhooks on this machine, one for each path.
type receivers struct {
	url    string
	server *http.Server

	mu   sync.Mutex
	wait map[string]chan time.Time
}

func newReceivers(ctx context.Context) (*receivers, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	r := &receivers{url: "http://" + l.Addr().String(), wait: map[string]chan time.Time{}}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: time.Minute}
	go func() { _ = r.server.Serve(l) }() // until it is closed
	return r, nil
}

// ServeHTTP takes a message.
func (r *receivers) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	at := time.Now()
	var message struct {
		Status string `json:"status"`
	}
	if err := json.NewDecoder(q.Body).Decode(&message); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if message.Status != "completed" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if wait, ok := r.wait[q.URL.Path]; ok {
		wait <- at
		delete(r.wait, q.URL.Path)
	}
}

// receiver makes a new one; told has a value when it was told of the end.
func (r *receivers) receiver(name string) (url string, told <-chan time.Time) {
	wait := make(chan time.Time, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wait["/"+name] = wait
	return r.url + "/" + name, wait
}

func (r *receivers) close() error {
	if err := r.server.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("close the receivers: %w", err)
	}
	return nil
}
