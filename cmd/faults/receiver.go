package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"docket/client"
	"docket/internal/job"
)

// receiver takes webhooks, checks their signatures, and notes all of them.
type receiver struct {
	notes  *recorder
	server *http.Server
	url    string
	secret atomic.Pointer[string] // known once the address is registered
}

func newReceiver(ctx context.Context, notes *recorder) (*receiver, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &receiver{notes: notes, url: "http://" + l.Addr().String() + "/hook"}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = r.server.Serve(l) }() // until it is closed
	return r, nil
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // whoever sent it has died, and it will come again
	}
	var m job.Message
	if err := json.Unmarshal(body, &m); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	got := Webhook{At: time.Now(), ID: req.Header.Get("Webhook-Id"), Job: typeID(m.JobID), Sequence: m.Sequence, Status: job.Status(m.CurrentStatus)}
	if err := client.VerifyWebhook(body, req.Header, *r.secret.Load()); err != nil {
		got.Forged = err.Error()
	}
	r.notes.note(func(record *Record) { record.Webhooks = append(record.Webhooks, got) })
}

// register has the cluster tell the receiver of everything.
func (r *receiver) register(ctx context.Context, c *client.Client) error {
	answer, err := c.Call(ctx, http.MethodPost, "/webhooks", nil, map[string]any{"url": r.url}, "")
	if err != nil {
		return fmt.Errorf("register the receiver: %w", err)
	}
	var v struct{ Secret string }
	if err := json.Unmarshal(answer, &v); err != nil {
		return err
	}
	r.secret.Store(&v.Secret)
	return nil
}

func (r *receiver) close() error { return r.server.Close() }

// typeID is an id as the record has it, whichever way it is spelled.
func typeID(id string) string {
	parsed, _, err := job.ParseID(id)
	if err != nil {
		return id
	}
	return parsed.In(job.TypeID)
}
