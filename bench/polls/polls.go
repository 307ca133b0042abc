// Package polls measures reads of a job's status.
package polls

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"time"

	"docket/bench/harness"
	"docket/bench/load"
)

const note = "One processor core for the server, one for the client with 16 connections; each request carries a key, whose account and limits are checked. " +
	"The yardstick is a handler of net/http that writes the status, the headers and the body of an answer of ours from memory, and does nothing else."

// kind is what is asked for.
type kind struct {
	name, title string
	finished    bool     // the jobs; else they wait
	unknown     bool     // the jobs are not there
	header      string   // more of the request
	status      int      // of the answer
	flags       []string // of the server
}

// Rows are the rows of this package.
func Rows() []harness.Row {
	var all []harness.Row
	for _, postgres := range []bool{false, true} {
		name, title := "sqlite", "SQLite"
		if postgres {
			name, title = "postgres", "PostgreSQL"
		}
		for _, k := range []kind{
			{name: "poll-cached", title: "Poll of a finished job", finished: true, status: http.StatusOK},
			{name: "poll-304", title: "Poll with If-None-Match, answered with 304", finished: true, status: http.StatusNotModified, header: "If-None-Match: W/\"1\", W/\"2\", W/\"3\", W/\"4\", W/\"5\"\r\n"},
			{name: "poll-waiting", title: "Poll of a job that waits, with its place in the line", status: http.StatusOK},
			{name: "poll-unknown", title: "Poll of a job that is not there", unknown: true, status: http.StatusNotFound},
		} {
			all = append(all, row(k, k.name+"-"+name, k.title+", "+title, postgres))
		}
	}
	return all
}

func row(k kind, name, title string, postgres bool) harness.Row {
	return harness.Row{
		Name: name, Group: "Status polls", Title: title, Unit: "requests/s", Note: note,
		Aim: harness.Aim{Kind: harness.RatioAtLeast, Value: 0.90},
		Contestants: []harness.Contestant{
			{Name: "Docket", Start: func(ctx context.Context, env *harness.Env) (*harness.Running, error) {
				return startOurs(ctx, env, k, postgres)
			}},
			{Name: "bare net/http handler", Start: func(ctx context.Context, env *harness.Env) (*harness.Running, error) {
				return startBare(ctx, env, k)
			}},
		},
	}
}

func startOurs(ctx context.Context, env *harness.Env, k kind, postgres bool) (_ *harness.Running, err error) {
	run := &harness.Running{}
	o := harness.DocketOptions{Core: harness.ServerCore, Flags: k.flags}
	drop := func() error { return nil }
	if postgres {
		address, version, dropIt, err := env.Database(ctx)
		if err != nil {
			return nil, err
		}
		o.Database, drop, run.Versions = address, dropIt, map[string]string{"PostgreSQL": version}
	}
	if k.finished {
		o.Workers = 1
	}
	d, err := env.StartDocket(ctx, o)
	if err != nil {
		return nil, errors.Join(err, drop())
	}
	run.Stop = func() error { return errors.Join(d.Stop(), drop()) }
	task, err := prepare(ctx, d, k)
	if err != nil {
		return nil, errors.Join(err, run.Stop())
	}
	run.Round = func(ctx context.Context) (harness.Round, error) { return load.Measure(ctx, env, d.Process, task) }
	return run, nil
}

// jobs are so many that no answer is at hand because it was the last one.
const jobs = 100

// prepare makes jobs, and the requests for them.
func prepare(ctx context.Context, d *harness.Docket, k kind) (load.Task, error) {
	task := load.Task{Status: k.status, Connections: 16}
	for range jobs {
		id, err := submit(ctx, d)
		if err != nil {
			return task, err
		}
		if k.finished {
			if err := finish(ctx, d, id); err != nil {
				return task, err
			}
		}
		if k.unknown {
			id = "job_" + "01h455vb4pex5vsknk084sn02q"
		}
		task.Requests = append(task.Requests, fmt.Appendf(nil, "GET /jobs/%s HTTP/1.1\r\nHost: %s\r\nX-API-Key: %s\r\nAccept: application/json\r\n%s\r\n", id, d.Address, d.Key, k.header))
	}
	return task, nil
}

func submit(ctx context.Context, d *harness.Docket) (id string, err error) {
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	file, err := m.CreateFormFile("file", "letter.txt")
	if err == nil {
		_, err = file.Write([]byte("Dear reader, this is a letter."))
	}
	if err == nil {
		err = m.WriteField("operation", "parse")
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		return "", fmt.Errorf("write a form: %w", err)
	}
	text, err := d.Ask(ctx, http.MethodPost, "/jobs", m.FormDataContentType(), form.Bytes())
	if err != nil {
		return "", err
	}
	var made struct {
		JobID string `json:"job_id"`
	}
	if err := json.Unmarshal(text, &made); err != nil {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	return made.JobID, nil
}

// finish waits until a job has completed.
func finish(ctx context.Context, d *harness.Docket, id string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		text, err := d.Ask(ctx, http.MethodGet, "/jobs/"+id+"?wait=30", "", nil)
		if err != nil {
			return err
		}
		var job struct{ Status, Message string }
		if err := json.Unmarshal(text, &job); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		switch job.Status {
		case "completed":
			return nil
		case "failed", "cancelled":
			return fmt.Errorf("job %s: %s: %s", id, job.Status, job.Message)
		}
	}
}
