package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// Docket is a server of ours.
type Docket struct {
	*Process
	Key    string // of an admin, with limits that nobody meets
	Folder string
}

// DocketOptions say how the server runs.
type DocketOptions struct {
	Core     Core
	Workers  int
	Database string   // PostgreSQL; empty: SQLite in a folder
	Folder   string   // of the data, which is kept; empty: one of its own, removed at the end
	Flags    []string // more of them
}

// StartDocket starts a server. Its limits are raised: what they let pass is
// what is measured.
func (e *Env) StartDocket(ctx context.Context, o DocketOptions) (d *Docket, err error) {
	if o.Folder == "" {
		if o.Folder, err = os.MkdirTemp(e.Folder, "docket-"); err != nil {
			return nil, fmt.Errorf("make a folder: %w", err)
		}
	}
	key, err := e.makeKey(ctx, o)
	if err != nil {
		return nil, err
	}
	if d, err = e.Serve(ctx, o); err != nil {
		return nil, err
	}
	d.Key = key
	return d, nil
}

// Serve starts a server over a folder without making a key.
func (e *Env) Serve(ctx context.Context, o DocketOptions) (d *Docket, err error) {
	d = &Docket{Folder: o.Folder}
	const many = "10000000"
	args := []string{"serve", "--listen", "127.0.0.1:0", "--data", o.Folder, "--workers", fmt.Sprint(o.Workers), "--database", o.Database,
		"--max-reads", many, "--max-batch-reads", many, "--max-lists", many, "--max-waiting", many, "--log-level", "error"}
	d.Process, err = StartProcess(ctx, o.Core, regexp.MustCompile(`listens on https?://([^\s/]+)`), e.Docket, append(args, o.Flags...)...)
	return d, err
}

// Ask sends a request with the key and reads the answer; a status of 400 and
// more is an error.
func (d *Docket) Ask(ctx context.Context, method, path, mediaType string, body []byte) ([]byte, error) {
	return Ask(ctx, http.DefaultClient, method, "http://"+d.Address+path, http.Header{"X-Api-Key": {d.Key}, "Content-Type": {mediaType}}, body)
}

// Ask sends a request and reads the answer; a status of 400 and more is an
// error. A header without a value is not sent.
func Ask(ctx context.Context, client *http.Client, method, url string, header http.Header, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	for name := range header {
		if value := header.Get(name); value != "" {
			r.Header.Set(name, value)
		}
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // only read
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s: %s", answer.Status, text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, url, err)
	}
	return text, nil
}

func (e *Env) makeKey(ctx context.Context, o DocketOptions) (string, error) {
	c := exec.CommandContext(ctx, e.Docket, "keys", "create", "--data", o.Folder, "--database", o.Database, "--scopes", "read,write,admin", "--json")
	c.Stderr = os.Stderr
	out, err := c.Output()
	var made struct {
		Key string `json:"key"`
	}
	if err == nil {
		err = json.Unmarshal(out, &made)
	}
	if err == nil && !strings.Contains(made.Key, "_") {
		err = errors.New("the answer has no key")
	}
	if err != nil {
		return "", fmt.Errorf("make a key: %w", err)
	}
	return made.Key, nil
}
