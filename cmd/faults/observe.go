package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"docket/client"
	"docket/internal/job"
)

// poll names those who ask again and again; streams have names of their own.
const poll = "poll"

// watch looks at the nth job until it is seen to have ended, in one of three
// ways, and then asks for its result.
func (c *clients) watch(ctx context.Context, n int, t task) {
	var end job.Status
	switch n % 3 {
	case 0:
		end = c.poll(ctx, t)
	case 1:
		end = c.stream(ctx, fmt.Sprint("stream ", n), t)
	case 2:
		end = c.socket(ctx, fmt.Sprint("socket ", n), t)
	}
	if end == job.Completed {
		c.result(ctx, t)
	}
}

func (c *clients) saw(o Sighting) {
	o.At = time.Now()
	c.notes.note(func(r *Record) { r.Seen = append(r.Seen, o) })
}

// poll asks every half second, and says how the job ended.
func (c *clients) poll(ctx context.Context, t task) job.Status {
	for ctx.Err() == nil {
		o := Sighting{Asked: time.Now(), By: poll, Job: t.Job}
		j, err := c.once.Job(ctx, t.Job)
		if e, ok := errors.AsType[*client.Error](err); ok {
			o.Code = e.Status
			c.saw(o)
		}
		if err == nil {
			o.Status = job.Status(j.Status)
			c.saw(o)
			if o.Status.Final() {
				return o.Status
			}
		}
		_ = pause(ctx, 500*time.Millisecond) // the loop looks at ctx
	}
	return ""
}

// stream follows the job as the client library does, which goes on where it was
// cut off.
func (c *clients) stream(ctx context.Context, by string, t task) job.Status {
	// A stream lasts longer than an answer may take.
	follower, err := client.New(client.Options{URL: "http://cluster", HTTP: &http.Client{Transport: c.balancer}, Tries: 3, MaxPause: time.Second})
	if err != nil {
		return ""
	}
	for ctx.Err() == nil {
		asked := time.Now()
		for u, err := range follower.Watch(ctx, t.Job) {
			if err != nil {
				break
			}
			o := Sighting{Asked: asked, By: by, Job: t.Job, Status: job.Status(u.Status), Version: int64(u.Version)}
			c.saw(o)
			if o.Status.Final() {
				return o.Status
			}
			asked = time.Now()
		}
		_ = pause(ctx, 500*time.Millisecond) // the loop looks at ctx
	}
	return ""
}

// socket follows the job by WebSockets, each until it ends.
func (c *clients) socket(ctx context.Context, by string, t task) job.Status {
	for ctx.Err() == nil {
		if end := c.oneSocket(ctx, by, t); end != "" {
			return end
		}
		_ = pause(ctx, 500*time.Millisecond) // the loop looks at ctx
	}
	return ""
}

func (c *clients) oneSocket(ctx context.Context, by string, t task) job.Status {
	within, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	conn, _, err := websocket.Dial(within, "ws://"+c.balancer.node()+"/jobs/"+t.Job+"/status", nil) //nolint:bodyclose // the library closes it
	if err != nil {
		return ""
	}
	defer func() { _ = conn.CloseNow() }()
	for {
		asked := time.Now()
		var u client.Update
		if err := c.frame(ctx, conn, &u); err != nil {
			return ""
		}
		o := Sighting{Asked: asked, By: by, Job: t.Job, Status: job.Status(u.Status), Version: int64(u.Version)}
		c.saw(o)
		if o.Status.Final() {
			return o.Status
		}
	}
}

// patience is how long a client believes a WebSocket that says nothing: two
// leases and the time after them, so that a server that forgets to tell is
// found out.
const patience = 2 * (lease + afterward)

func (*clients) frame(ctx context.Context, conn *websocket.Conn, u *client.Update) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return wsjson.Read(ctx, conn, u)
}

// result fetches what came of a job and looks whether it is right.
func (c *clients) result(ctx context.Context, t task) {
	var text []byte
	err := c.insist(ctx, "a result of "+t.Kind, func() error {
		format := "txt"
		if t.Kind == chain {
			format = "json"
		}
		body, err := c.patient.ResultAs(ctx, t.Job, format)
		if err != nil {
			return err
		}
		text, err = io.ReadAll(body)
		return errors.Join(err, body.Close())
	})
	if ctx.Err() != nil {
		return
	}
	r := Result{Job: t.Job, Wrong: lacks(string(text), t.marks)}
	if err != nil {
		r.Wrong = err.Error()
	}
	c.notes.note(func(record *Record) { record.Results = append(record.Results, r) })
}
