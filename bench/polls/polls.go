// Package polls measures reads of a job's status.
package polls

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"docket/bench/harness"
	"docket/bench/load"
)

const note = "One processor core for the server, one for the client with 16 connections; each request carries a key, whose account and limits are checked. " +
	"The yardstick is a handler of net/http that writes the status, the headers and the body of an answer of ours from memory, and does nothing else."

// kind is what is asked for.
type kind struct {
	name, title string
	finished    bool   // the jobs; else they wait
	unknown     bool   // the jobs are not there
	many        bool   // all jobs are asked for at once
	query       string // of the address
	header      string // more of the request
	status      int    // of the answer
	aim         harness.Aim
	note        string
}

// aimed is what a poll is to reach.
func aimed() harness.Aim { return harness.Aim{Kind: harness.RatioAtLeast, Value: 0.90} }

// Rows are the rows of this package.
func Rows() []harness.Row {
	var all []harness.Row
	for _, postgres := range []bool{false, true} {
		name, title := "sqlite", "SQLite"
		if postgres {
			name, title = "postgres", "PostgreSQL"
		}
		for _, k := range []kind{
			{name: "poll-cached", title: "Poll of a finished job", finished: true, status: http.StatusOK, aim: aimed(),
				note: "What Docket does besides is to look up the key by its hash, to count in its window and to say so in two headers, to make the request's id, and to keep the deadlines of slow clients: about 2 µs of processor time and six small allocations."},
			{name: "poll-304", title: "Poll with If-None-Match, answered with 304", finished: true, status: http.StatusNotModified, aim: aimed(), header: "If-None-Match: W/\"1\", W/\"2\", W/\"3\", W/\"4\", W/\"5\"\r\n"},
			{name: "poll-waiting", title: "Poll of a job that waits, with its place in the line", status: http.StatusOK, aim: aimed(),
				note: "Each body is read again after a second, which a hundred jobs make a hundred reads of the database, and the jobs ahead are counted again when one of the account's has changed. As long as the place is the same, so is the body with it."},
			{name: "poll-read", title: "Poll that reads the database (?wait=0)", finished: true, query: "?wait=0", status: http.StatusOK,
				note: "The yardstick reads nothing; what is between the two is the query, which polls without the parameter wait do not make while the job stays as it is."},
			{name: "poll-unknown", title: "Poll of a job that is not there", unknown: true, status: http.StatusNotFound,
				note: "Nothing is remembered of jobs that are not there, or who asks for made-up ids would fill the memory: each is looked for in the database."},
			{name: "poll-many", title: "Status of 100 jobs at once", finished: true, many: true, status: http.StatusOK,
				note: "Each job's part of the answer is kept like the body of a poll, and those that are not kept are read in one query. The yardstick has the whole answer; what is between the two is to read a hundred ids, to look for each, and to put the parts together."},
		} {
			all = append(all, row(k, k.name+"-"+name, k.title+", "+title, postgres))
		}
	}
	return all
}

func row(k kind, name, title string, postgres bool) harness.Row {
	return harness.Row{
		Name: name, Group: "Status polls", Title: title, Unit: "requests/s", Note: strings.TrimSpace(note + " " + k.note), Aim: k.aim,
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
	o := harness.DocketOptions{Core: harness.ServerCore}
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
	var ids []string
	for range jobs {
		id, err := d.Submit(ctx, "parse", "letter.txt", []byte("Dear reader, this is a letter."))
		if err != nil {
			return task, err
		}
		if k.finished {
			if err := d.Finish(ctx, id); err != nil {
				return task, err
			}
		}
		if k.unknown {
			id = "job_01h455vb4pex5vsknk084sn02q"
		}
		ids = append(ids, id)
	}
	paths := ids
	if k.many {
		paths = []string{"status?job_ids=" + strings.Join(ids, ",")}
	}
	for _, path := range paths {
		task.Requests = append(task.Requests, fmt.Appendf(nil, "GET /jobs/%s%s HTTP/1.1\r\nHost: %s\r\nX-API-Key: %s\r\nAccept: application/json\r\n%s\r\n", path, k.query, d.Address, d.Key, k.header))
	}
	return task, nil
}
