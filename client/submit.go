package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// File is a document to hand in.
type File struct {
	Name string
	// Open gives the bytes from the beginning; it is called again for every try.
	Open func() (io.ReadCloser, error)
}

// Path is a file on this machine.
func Path(name string) File {
	return File{Name: filepath.Base(name), Open: func() (io.ReadCloser, error) { return os.Open(name) }}
}

// Bytes is a document in memory.
func Bytes(name string, data []byte) File {
	return File{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

// Request is a job to be made: an operation and its documents, as files or as
// addresses, not both.
type Request struct {
	Operation  string // parse, extract, classify, split, …
	Parameters any    // of the operation; anything that is a JSON object
	Files      []File
	URLs       []string // http, https, or jobid:// and the id of a job that has parsed them
	Tags       []string
	Metadata   any // a JSON object of up to 4 KiB that is given back with the job
	Notify     *Notify
	WebhookURL string
	ExpiresIn  time.Duration // after its end, in whole seconds; 0: what the server keeps
	Reuse      bool          // take the result of an equal job, if there is one
	// IdempotencyKey makes a repeated submit the same job; empty: one for all tries of this call.
	IdempotencyKey string
}

// Notify is who gets an e-mail.
type Notify struct {
	Email          string   `json:"email"`
	Events         []string `json:"events,omitempty"` // completed, failed; empty: both
	IncludeSummary bool     `json:"include_summary,omitempty"`
}

// item is a request as the server reads it.
type item struct {
	Operation  string   `json:"operation"`
	Parameters any      `json:"parameters,omitempty"`
	URLs       []string `json:"urls,omitempty"`
	Tags       []string `json:"tags,omitempty"`
	Metadata   any      `json:"metadata,omitempty"`
	Notify     *Notify  `json:"notification_settings,omitempty"`
	WebhookURL string   `json:"webhook_url,omitempty"`
	ExpiresIn  int64    `json:"expires_in,omitempty"`
	Reuse      bool     `json:"reuse,omitempty"`
	Files      []string `json:"file,omitempty"` // of a batch: names of parts
}

func (r Request) item() item {
	return item{
		Operation: r.Operation, Parameters: r.Parameters, URLs: r.URLs, Tags: r.Tags, Metadata: r.Metadata,
		Notify: r.Notify, WebhookURL: r.WebhookURL, ExpiresIn: int64(r.ExpiresIn / time.Second), Reuse: r.Reuse,
	}
}

// fields are the parts of a form that say the same.
func (i item) fields() (map[string]string, error) {
	data, err := json.Marshal(i)
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		return nil, err
	}
	fields := map[string]string{}
	for name, value := range parts {
		fields[name] = string(value)
		if s, err := strconv.Unquote(string(value)); err == nil && json.Valid(value) {
			fields[name] = s
		}
	}
	fields["operation"], fields["webhook_url"] = i.Operation, i.WebhookURL
	if i.WebhookURL == "" {
		delete(fields, "webhook_url")
	}
	return fields, nil
}

// check refuses what the server would never see.
func (r Request) check() error {
	for _, f := range r.Files {
		if f.Open == nil {
			return fmt.Errorf("file %q has no bytes: Open is not set", f.Name)
		}
	}
	return nil
}

// Submit makes a job. It is on the server's disk when this returns.
func (c *Client) Submit(ctx context.Context, r Request) (Job, error) {
	q, err := creating(path("jobs"), r.IdempotencyKey), r.check()
	if err != nil {
		return Job{}, err
	}
	if len(r.Files) == 0 {
		err = q.json(r.item())
	} else {
		var fields map[string]string
		if fields, err = r.item().fields(); err == nil {
			parts := make([]part, len(r.Files))
			for i, f := range r.Files {
				parts[i] = part{"file", f}
			}
			q.form(fields, parts)
		}
	}
	if err != nil {
		return Job{}, err
	}
	var j Job
	err = c.fetch(ctx, q, &j)
	return j, err
}

// SubmitBatch makes a job of each request, or none of them, at most 1,000.
func (c *Client) SubmitBatch(ctx context.Context, requests []Request, idempotencyKey string) (Batch, error) {
	q := creating(path("jobs", "batch"), idempotencyKey)
	var err error
	items, parts := make([]item, len(requests)), []part{}
	for i, r := range requests {
		if err := r.check(); err != nil {
			return Batch{}, fmt.Errorf("request %d: %w", i, err)
		}
		items[i] = r.item()
		for _, f := range r.Files {
			name := fmt.Sprintf("file-%d", len(parts))
			items[i].Files = append(items[i].Files, name)
			parts = append(parts, part{name, f})
		}
	}
	if len(parts) == 0 {
		err = q.json(map[string]any{"jobs": items})
	} else {
		var text []byte
		text, err = json.Marshal(items)
		q.form(map[string]string{"jobs": string(text)}, parts)
	}
	if err != nil {
		return Batch{}, fmt.Errorf("write the request: %w", err)
	}
	var b Batch
	err = c.fetch(ctx, q, &b)
	return b, err
}

// creating is a POST that may be sent again.
func creating(path, key string) call {
	if key == "" {
		key = rand.Text()
	}
	return call{method: http.MethodPost, path: path, header: http.Header{"Idempotency-Key": {key}}}
}

func (q *call) json(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	q.kind = "application/json"
	q.body = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	return nil
}

type part struct {
	field string
	file  File
}

// form streams the files, so that none lies in memory.
func (q *call) form(fields map[string]string, parts []part) {
	boundary := rand.Text()
	q.kind = "multipart/form-data; boundary=" + boundary
	q.body = func() (io.ReadCloser, error) {
		files := make([]io.ReadCloser, 0, len(parts))
		for _, p := range parts {
			f, err := p.file.Open()
			if err != nil {
				for _, open := range files {
					err = errors.Join(err, open.Close())
				}
				return nil, err
			}
			files = append(files, f)
		}
		r, w := io.Pipe()
		go func() { w.CloseWithError(writeForm(w, boundary, fields, parts, files)) }()
		return r, nil
	}
}

func writeForm(to io.Writer, boundary string, fields map[string]string, parts []part, files []io.ReadCloser) (err error) {
	defer func() {
		for _, f := range files {
			err = errors.Join(err, f.Close())
		}
	}()
	w := multipart.NewWriter(to)
	if err := w.SetBoundary(boundary); err != nil {
		return err
	}
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			return err
		}
	}
	for i, p := range parts {
		target, err := w.CreateFormFile(p.field, p.file.Name)
		if err != nil {
			return err
		}
		if _, err := io.Copy(target, files[i]); err != nil {
			return err
		}
	}
	return w.Close()
}
