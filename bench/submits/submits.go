// Package submits measures durable submits: the answer comes when the job is on
// the disk.
package submits

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"docket/bench/harness"
	"docket/bench/load"
)

const note = "The server may use all cores, since group commit gathers while the disk writes; the clients have one of them. Both yardsticks are handlers of net/http that read the same multipart body, hash the document, and insert one row into SQLite with the settings that Docket has " +
	"(a document over 64 KiB goes into a file of its own first, which is synced): one with all that waits in one commit, one with a commit for each. Docket's own submit checks key and limits, writes a job, an event, counts and the document, and answers with the job. A job, its event, its name and its document are entries in ten trees of the database (the job's row alone is in six, for the queue and for lists by account, state, operation and change), where the row of the yardsticks is in two: by the profile nearly half of a submit is the database, and fewer indexes would be needed to come much closer."

// Rows are the rows of this package.
func Rows() []harness.Row {
	var all []harness.Row
	for _, size := range []struct {
		name  string
		bytes int
	}{{"2 kB", 2_000}, {"1 MB", 1_000_000}} {
		for _, clients := range []int{1, 64, 256} {
			w := work{size.bytes, clients}
			row := harness.Row{
				Name:  fmt.Sprintf("submit-%dk-%d", size.bytes/1000, clients),
				Group: "Durable submits", Title: fmt.Sprintf("Submit of %s, %d clients, SQLite", size.name, clients), Unit: "submits/s", Note: note,
				Contestants: []harness.Contestant{
					{Name: "Docket", Start: w.ours},
					{Name: "handler, group commit", Start: w.bare("group")},
					{Name: "handler, one commit each", Start: w.bare("each")},
				},
			}
			if clients == 64 && size.bytes < 10_000 {
				row.Aim = harness.Aim{Kind: harness.RatioAtLeast, Value: 0.60}
			}
			all = append(all, row)
		}
	}
	return all
}

// work is what the clients send.
type work struct{ bytes, clients int }

func (w work) task(address, key string) (load.Task, error) {
	document := bytes.Repeat([]byte("All work and no play makes a dull text. "), w.bytes/40)
	mediaType, form, err := harness.Form("parse", "work.txt", document, nil)
	if err != nil {
		return load.Task{}, err
	}
	head := fmt.Appendf(nil, "POST /jobs HTTP/1.1\r\nHost: %s\r\nX-API-Key: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", address, key, mediaType, len(form))
	task := load.Task{
		Requests: [][]byte{append(head, form...)}, Status: http.StatusAccepted, Connections: w.clients,
		Warm: 300 * time.Millisecond, For: 1500 * time.Millisecond,
	}
	if w.bytes*w.clients > 1e8 { // an answer takes a second and more
		task.Warm, task.For = time.Second, 5*time.Second
	}
	return task, nil
}

func (w work) ours(ctx context.Context, env *harness.Env) (*harness.Running, error) {
	d, err := env.StartDocket(ctx, harness.DocketOptions{})
	if err != nil {
		return nil, err
	}
	return w.running(env, d.Process, d.Key, d.Stop)
}

func (w work) bare(commits string) func(context.Context, *harness.Env) (*harness.Running, error) {
	return func(ctx context.Context, env *harness.Env) (*harness.Running, error) {
		server, err := env.StartPart(ctx, harness.AnyCore, "insert", inserting{Folder: env.Folder, Commits: commits})
		if err != nil {
			return nil, err
		}
		return w.running(env, server, "none", server.Stop)
	}
}

func (w work) running(env *harness.Env, server *harness.Process, key string, stop func() error) (*harness.Running, error) {
	task, err := w.task(server.Address, key)
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	return &harness.Running{
		Round: func(ctx context.Context) (harness.Round, error) { return load.Measure(ctx, env, server, task) },
		Stop:  stop,
	}, nil
}
