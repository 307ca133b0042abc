package cli

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/spf13/cobra"
)

// bulkAnswer is that of POST /jobs/bulk.
type bulkAnswer struct {
	Matched int64
	Done    int
	Failed  int
	HasMore bool `json:"has_more"`
	Cursor  string
	Jobs    []struct {
		ID      string `json:"job_id"`
		Outcome string
		Status  string
		New     string `json:"new_job_id"`
		Details *struct {
			Type    string `json:"error_type"`
			Message string `json:"message"`
		} `json:"error_details"`
	}
}

// bulk is a command that does one thing to many jobs.
func (c *cli) bulk(action, short string) *cobra.Command {
	q, yes, words := &query{}, false, ""
	cmd := c.command(action+" [JOB...]", short, nil, func(ctx context.Context, s *screen, args []string) error {
		q.words = words
		filter := q.filter()
		if (len(args) > 0) == (len(filter) > 0) {
			return usage("name jobs by their ids, or pick them, such as with --status failed")
		}
		r, err := c.connect(s)
		if err != nil {
			return err
		}
		if len(args) > 0 {
			return s.bulkIDs(ctx, r, action, args)
		}
		if !yes {
			return s.askFirst(ctx, r, action, q)
		}
		return s.bulkFilter(ctx, r, action, filter)
	})
	q.flags(cmd)
	cmd.Flags().StringVarP(&words, "query", "q", "", "jobs as `docket jobs list` finds them")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do it to all jobs that are picked, without showing how many they are")
	return cmd
}

// askFirst shows how many jobs are picked and does nothing.
func (s *screen) askFirst(ctx context.Context, r *remote, action string, q *query) error {
	v := q.values()
	v.Set("limit", "1")
	var p page
	if _, err := r.get(ctx, "/jobs", v, &p); err != nil {
		return err
	}
	return usage("%s jobs are picked; add --yes to %s them, where that can be done", count(p.Pagination.Total), action)
}

func (s *screen) bulkIDs(ctx context.Context, r *remote, action string, ids []string) error {
	const most = 1000
	var first error
	for part := range slices.Chunk(ids, most) {
		var a bulkAnswer
		body, err := r.post(ctx, "/jobs/bulk", map[string]any{"action": action, "ids": part}, rand.Text(), &a)
		if err != nil {
			return err
		}
		if err := s.printBulk(action, body, a); first == nil {
			first = err
		}
	}
	return first
}

func (s *screen) bulkFilter(ctx context.Context, r *remote, action string, filter map[string]any) error {
	var first error
	for body := map[string]any{"action": action, "filter": filter}; ; {
		var a bulkAnswer
		raw, err := r.post(ctx, "/jobs/bulk", body, rand.Text(), &a)
		if err != nil {
			return err
		}
		if err := s.printBulk(action, raw, a); first == nil {
			first = err
		}
		if !a.HasMore {
			return first
		}
		body["cursor"] = a.Cursor
	}
}

// printBulk prints what became of each job. The error is that of the first
// which could not be done.
func (s *screen) printBulk(action string, body json.RawMessage, a bulkAnswer) error {
	if s.asJSON {
		if err := s.raw(body); err != nil {
			return err
		}
	}
	var first error
	for _, j := range a.Jobs {
		state := jobState{ID: j.ID, Status: j.Status}
		switch {
		case j.Details != nil:
			if first == nil {
				first = &refusal{status: statusOf(j.Details.Type), message: fmt.Sprintf("%d of %d could not be done", a.Failed, len(a.Jobs))}
			}
			if !s.asJSON {
				s.note(j.Details.Message)
			}
			continue
		case action == "delete":
			state.Status = "deleted"
		case j.New != "":
			state.ID, state.Name = j.New, "reruns "+j.ID
		}
		if !s.asJSON {
			if err := s.say("%s", s.jobLine(state)); err != nil {
				return err
			}
		}
	}
	return first
}

// statusOf is the answer that a request for one job would have had.
func statusOf(errorType string) int {
	switch errorType {
	case "not_found":
		return http.StatusNotFound
	case "forbidden":
		return http.StatusForbidden
	case "unavailable", "storage_full", "queue_full", "intake_paused":
		return http.StatusServiceUnavailable
	}
	return http.StatusConflict
}
