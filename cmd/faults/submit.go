package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"docket/client"
)

// task is a job of which a client knows what must come of it.
type task struct {
	Submit
	marks []string // of its result
}

// submit hands in work of a kind, and gives the jobs that were made. It does
// not give up before it has an answer.
func (c *clients) submit(ctx context.Context, w work, name string) ([]task, error) {
	switch w.kind {
	case batch:
		return c.batch(ctx, w, name)
	case uploaded:
		return c.upload(ctx, w, name)
	case chain:
		first, err := c.one(ctx, work{kind: small, ends: w.ends}, name)
		if err != nil {
			return nil, err
		}
		second, err := c.next(ctx, w, name+"-next", first.Job)
		return []task{first, second}, err
	case stopped:
		t, err := c.one(ctx, w, name)
		if err == nil {
			err = c.cancel(ctx, t)
		}
		return []task{t}, err
	}
	t, err := c.one(ctx, w, name)
	return []task{t}, err
}

// acknowledged notes a job of which the client was told, and its document, if
// it has one.
func (c *clients) acknowledged(w work, key, id string, data []byte) Submit {
	s := Submit{At: time.Now(), Key: key, Job: typeID(id), Kind: w.kind, Ends: w.ends, Code: w.code}
	if data != nil {
		s.SHA256 = hash(data)
	}
	c.notes.note(func(r *Record) { r.Submits = append(r.Submits, s) })
	return s
}

// one submits a document, and the same once more, as a client does that has
// not heard the answer.
func (c *clients) one(ctx context.Context, w work, name string) (t task, err error) {
	file, data, marks, err := document(w.kind, name)
	if err != nil {
		return t, err
	}
	t.marks = marks
	request := client.Request{Operation: "parse", Files: []client.File{client.Bytes(file, data)}, IdempotencyKey: name}
	for range 2 {
		err = c.insist(ctx, "submit", func() error {
			j, err := c.patient.Submit(ctx, request)
			if err == nil {
				t.Submit = c.acknowledged(w, name, j.JobID, data)
			}
			return err
		})
		if err != nil {
			return t, err
		}
	}
	return t, nil
}

// next submits an extraction of another job's result.
func (c *clients) next(ctx context.Context, w work, name, source string) (t task, err error) {
	request := client.Request{
		Operation: "extract", URLs: []string{"jobid://" + source}, IdempotencyKey: name,
		Parameters: map[string]any{"schema": map[string]any{"type": "object", "properties": map[string]any{"invoice_number": map[string]any{"type": "string"}}}},
	}
	err = c.insist(ctx, "submit of a chained job", func() error {
		j, err := c.patient.Submit(ctx, request)
		if err == nil {
			t.Submit = c.acknowledged(w, name, j.JobID, nil)
		}
		return err
	})
	return t, err
}

// batch submits three documents together.
func (c *clients) batch(ctx context.Context, w work, name string) ([]task, error) {
	var requests []client.Request
	tasks, documents := make([]task, 3), make([][]byte, 3)
	for i := range tasks {
		file, data, marks, err := document([]string{small, large, small}[i], fmt.Sprintf("%s-%d", name, i))
		if err != nil {
			return nil, err
		}
		tasks[i].marks, documents[i] = marks, data
		requests = append(requests, client.Request{Operation: "parse", Files: []client.File{client.Bytes(file, data)}})
	}
	return tasks, c.insist(ctx, "submit of a batch", func() error {
		b, err := c.patient.SubmitBatch(ctx, requests, name)
		if err != nil {
			return err
		}
		if len(b.Jobs) != len(tasks) {
			return fmt.Errorf("a batch of %d has %d jobs", len(tasks), len(b.Jobs))
		}
		for i, j := range b.Jobs {
			tasks[i].Submit = c.acknowledged(w, fmt.Sprintf("%s item %d", name, i), j.JobID, documents[i])
		}
		return nil
	})
}

// upload makes a job and sends its document afterwards. An answer to the second
// request may be lost too: that the address was used already says that it went
// well.
func (c *clients) upload(ctx context.Context, w work, name string) ([]task, error) {
	file, data, marks, err := document(w.kind, name)
	if err != nil {
		return nil, err
	}
	t := task{marks: marks}
	var made struct {
		JobID     string `json:"job_id"`
		UploadURL string `json:"upload_url"`
	}
	err = c.insist(ctx, "an upload's making", func() error {
		answer, err := c.patient.Call(ctx, http.MethodPost, "/v2/parse/upload", nil, map[string]any{"file_name": file, "content_type": "text/plain"}, name)
		if err == nil {
			err = json.Unmarshal(answer, &made)
		}
		if err == nil {
			t.Submit = c.acknowledged(w, name, made.JobID, data)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	to, err := url.Parse(made.UploadURL)
	if err != nil {
		return nil, err
	}
	// One of a bucket says what was signed; one of a server is that of them all.
	through := c.direct
	if to.RawQuery == "" {
		through, to.Host = c.plain, "cluster"
	}
	return []task{t}, c.insist(ctx, "an upload", func() error { return put(ctx, through, to, data) })
}

func put(ctx context.Context, through *http.Client, to *url.URL, data []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, to.String(), bytes.NewReader(data))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "text/plain")
	answer, err := through.Do(r)
	if err != nil {
		return err
	}
	said, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return err
	}
	if answer.StatusCode/100 == 2 || answer.StatusCode == http.StatusForbidden && bytes.Contains(said, []byte("used already")) {
		return nil
	}
	return &client.Error{Status: answer.StatusCode, Message: string(said)}
}

// cancel cancels a job a moment after it was made, unless it has ended.
func (c *clients) cancel(ctx context.Context, t task) error {
	if err := pause(ctx, time.Second); err != nil {
		return err
	}
	return c.insist(ctx, "a cancel", func() error {
		_, err := c.patient.Cancel(ctx, t.Job)
		if e, ok := errors.AsType[*client.Error](err); ok && e.Status == http.StatusConflict {
			return nil
		}
		if err == nil {
			t.Cancelled = true
			c.notes.note(func(r *Record) { r.Submits = append(r.Submits, t.Submit) })
		}
		return err
	})
}
