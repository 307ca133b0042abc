// Package lists measures pages of lists with their exact totals in large
// tables.
package lists

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"docket/bench/harness"
	"docket/bench/load"
)

const note = "All jobs are of one account; a page has 50 of them and the exact total of the filter. The yardstick is the status of one job by its id, read from the database (?wait=0), on the same server; one client asks."

// Rows are the rows of this package.
func Rows() []harness.Row {
	var all []harness.Row
	for _, table := range []struct {
		name, title string
		jobs        int
		postgres    bool
	}{
		{"sqlite", "2 million jobs, SQLite", 2_000_000, false},
		{"postgres", "10 million jobs, PostgreSQL", 10_000_000, true},
	} {
		for _, page := range []struct{ name, title, query string }{
			{"first", "First page", "limit=50"},
			{"filtered", "Page of the failed parses", "limit=50&status=failed&operation=parse"},
			{"none", "Page of a filter that picks nothing", "limit=50&status=cancelled&operation=parse"},
			{"tag", "Page of a tag", "limit=50&tags=monthly"},
			{"deep", "Page in the middle", fmt.Sprintf("limit=50&offset=%d", table.jobs/2)},
		} {
			w := work{jobs: table.jobs, postgres: table.postgres, path: "/jobs?" + page.query}
			all = append(all, harness.Row{
				Name: "list-" + page.name + "-" + table.name, Group: "Lists", Title: page.title + " of " + table.title, Unit: "ms", Note: note, Big: true,
				Aim:         harness.Aim{Kind: harness.RatioAtMost, Value: 10},
				Contestants: []harness.Contestant{{Name: "Docket, list", Start: w.start}, {Name: "Docket, one job", Start: w.point().start}},
			})
		}
	}
	return all
}

// work is a request to a server with so many jobs.
type work struct {
	jobs     int
	postgres bool
	path     string // empty: that of one job
}

func (w work) point() work {
	w.path = ""
	return w
}

func (w work) start(ctx context.Context, env *harness.Env) (*harness.Running, error) {
	jobs := env.Jobs
	if env.Short {
		jobs = 20_000
	}
	if jobs > 0 {
		w.path = strings.Replace(w.path, fmt.Sprintf("offset=%d", w.jobs/2), fmt.Sprintf("offset=%d", jobs/2), 1)
		w.jobs = jobs
	}
	name := fmt.Sprintf("%d jobs, PostgreSQL %v", w.jobs, w.postgres)
	server, err := harness.Shared(env, name, func() (table, func() error, error) { return fill(ctx, env, w.jobs, w.postgres) })
	if err != nil {
		return nil, err
	}
	path := w.path
	if path == "" {
		path = "/jobs/" + server.someJob + "?wait=0"
	}
	task := load.Task{
		Requests: [][]byte{fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nX-API-Key: %s\r\n\r\n", path, server.docket.Address, server.docket.Key)},
		Status:   http.StatusOK, Connections: 1, Warm: 500 * time.Millisecond, For: 2 * time.Second,
	}
	return &harness.Running{Versions: server.versions, Round: func(ctx context.Context) (harness.Round, error) {
		round, err := load.Measure(ctx, env, server.docket.Process, task)
		round.Figure = round.More["p50 ms"]
		delete(round.More, "p50 ms")
		return round, err
	}}, nil
}
