package cli

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

func (c *cli) jobs() *cobra.Command {
	return group("jobs", "List, follow and end jobs, and read their results",
		c.list(), c.get(), c.wait(), c.watch(), c.result(),
		c.bulk("cancel", "Cancel jobs that have not ended"),
		c.bulk("rerun", "Make new jobs of the same documents and parameters"),
		c.bulk("delete", "Delete jobs and all that is theirs, for good"),
	)
}

// query are the flags that pick jobs.
type query struct {
	status, operation, after, before, batch, account string
	tags                                             []string
	words                                            string
}

func (q *query) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&q.status, "status", "s", "", "states, with commas: queued, processing, completed, failed, cancelled")
	f.StringVarP(&q.operation, "operation", "o", "", "operations, with commas, such as parse,extract")
	f.StringArrayVarP(&q.tags, "tag", "t", nil, "tag that the jobs carry; of several, all")
	f.StringVar(&q.after, "after", "", "made after this time, such as 2026-01-31 or 2026-01-31T10:00:00Z")
	f.StringVar(&q.before, "before", "", "made before this time")
	f.StringVar(&q.batch, "batch", "", "of this batch")
	f.StringVar(&q.account, "account", "", "of another account; for admins")
}

// filter is what the API calls it.
func (q *query) filter() map[string]any {
	filter := map[string]any{}
	for name, text := range map[string]string{
		"status": q.status, "operation": q.operation, "created_after": q.after, "created_before": q.before, "batch": q.batch, "account": q.account, "q": q.words,
	} {
		if text != "" {
			filter[name] = text
		}
	}
	if len(q.tags) > 0 {
		filter["tags"] = q.tags
	}
	return filter
}

func (q *query) values() url.Values {
	v := url.Values{}
	for name, value := range q.filter() {
		if text, ok := value.(string); ok {
			v.Set(name, text)
		}
	}
	if len(q.tags) > 0 {
		v.Set("tags", strings.Join(q.tags, ","))
	}
	return v
}

// page is an answer of GET /jobs.
type page struct {
	Jobs       []jobState
	Pagination struct {
		Total     int64
		HasMore   bool `json:"has_more"`
		Truncated bool
	}
}

func (c *cli) list() *cobra.Command {
	q, limit, all := &query{}, 0, false
	cmd := c.command("list [WORD...]", "List jobs, newest first", nil, func(ctx context.Context, s *screen, args []string) error {
		q.words = strings.Join(args, " ")
		if limit < 1 {
			return usage("--limit %d: must be 1 or more", limit)
		}
		r, err := c.connect(s)
		if err != nil {
			return err
		}
		return s.listJobs(ctx, r, q, limit, all)
	})
	cmd.Example = `  docket jobs list --status failed --after 2026-01-01
  docket jobs list invoice status:failed,cancelled op:extract tag:march`
	q.flags(cmd)
	cmd.Flags().IntVarP(&limit, "limit", "n", 20, "how many")
	cmd.Flags().BoolVar(&all, "all", false, "all of them, however many")
	return cmd
}

func (s *screen) listJobs(ctx context.Context, r *remote, q *query, limit int, all bool) error {
	const most = 100
	shown, last := 0, page{}
	for all || shown < limit {
		v := q.values()
		size := most
		if !all {
			size = min(most, limit-shown)
		}
		v.Set("limit", strconv.Itoa(size))
		v.Set("offset", strconv.Itoa(shown))
		last = page{}
		body, err := r.get(ctx, "/jobs", v, &last)
		if err != nil {
			return err
		}
		if err := s.printPage(body, last); err != nil {
			return err
		}
		if shown += len(last.Jobs); !last.Pagination.HasMore || len(last.Jobs) == 0 {
			break
		}
	}
	return s.listed(shown, last, len(q.filter()) > 0)
}

// printPage prints the jobs of a page; as JSON, each as the server sent it.
func (s *screen) printPage(body json.RawMessage, p page) error {
	if !s.asJSON {
		s.align(p.Jobs)
		for _, j := range p.Jobs {
			if err := s.say("%s", s.jobLine(j)); err != nil {
				return err
			}
		}
		return nil
	}
	var answer struct{ Jobs []json.RawMessage }
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("decode a list: %w", err)
	}
	for _, one := range answer.Jobs {
		if err := s.raw(one); err != nil {
			return err
		}
	}
	return nil
}

// listed says how much of the list was shown.
func (s *screen) listed(shown int, last page, narrowed bool) error {
	total := count(last.Pagination.Total)
	if last.Pagination.Truncated {
		total = "at least " + total + " among the newest"
	}
	switch {
	case shown == 0 && last.Pagination.Truncated:
		return s.next("None among the newest jobs; narrow by time with before: to look further back.")
	case shown == 0 && narrowed:
		return s.next("None is like that. All jobs: docket jobs list")
	case shown == 0:
		return s.next("There are none. Make some: docket submit parse *.pdf")
	case last.Pagination.HasMore:
		return s.next("%d of %s; the others: docket jobs list --all", shown, total)
	}
	return s.next("docket jobs result %s", last.Jobs[0].ID)
}

func (c *cli) get() *cobra.Command {
	return c.command("get JOB...", "Show all that is known of jobs, as JSON", some("ids of jobs"), func(ctx context.Context, s *screen, args []string) error {
		r, err := c.connect(s)
		if err != nil {
			return err
		}
		for _, id := range args {
			body, err := r.get(ctx, "/jobs/"+url.PathEscape(id), url.Values{"dialect": {"jobs"}}, nil)
			if err != nil {
				return err
			}
			if !s.asJSON {
				if body, err = json.MarshalIndent(body, "", "  "); err != nil {
					return fmt.Errorf("print a job: %w", err)
				}
			}
			if err := s.raw(body); err != nil {
				return err
			}
		}
		return nil
	})
}

// picked are the jobs that were named, or those that --query picks.
func (r *remote) picked(ctx context.Context, args []string, words string) ([]jobState, error) {
	if (len(args) > 0) == (words != "") {
		return nil, usage("name jobs by their ids, or by --query, such as --query 'status:queued,processing'")
	}
	var jobs []jobState
	for _, id := range args {
		jobs = append(jobs, jobState{ID: id})
	}
	for words != "" {
		var p page
		q := url.Values{"q": {words}, "limit": {"100"}, "offset": {strconv.Itoa(len(jobs))}}
		if _, err := r.get(ctx, "/jobs", q, &p); err != nil {
			return nil, err
		}
		if jobs = append(jobs, p.Jobs...); !p.Pagination.HasMore || len(p.Jobs) == 0 {
			break
		}
	}
	return jobs, nil
}

func (c *cli) wait() *cobra.Command { return c.following("wait", "Wait for the end of jobs", false) }

func (c *cli) watch() *cobra.Command {
	return c.following("watch", "Print a line at each change of jobs, until they have ended", true)
}

func (c *cli) following(name, short string, everyChange bool) *cobra.Command {
	words := ""
	cmd := c.command(name+" JOB...", short, nil, func(ctx context.Context, s *screen, args []string) error {
		r, err := c.connect(s)
		if err != nil {
			return err
		}
		jobs, err := r.picked(ctx, args, words)
		if err != nil || len(jobs) == 0 {
			return err
		}
		if err := s.await(ctx, r, jobs, everyChange); err != nil || len(jobs) > 1 {
			return err
		}
		return s.next("docket jobs result %s", jobs[0].ID)
	})
	cmd.Flags().StringVarP(&words, "query", "q", "", "jobs as `docket jobs list` finds them, in place of ids")
	return cmd
}

func (c *cli) result() *cobra.Command {
	var format, output string
	cmd := c.command("result JOB", "Print the result of a job", exactly("the id of a job"), func(ctx context.Context, s *screen, args []string) error {
		r, err := c.connect(s)
		if err != nil {
			return err
		}
		return s.saveResult(ctx, r, args[0], format, output)
	})
	cmd.Flags().StringVarP(&format, "format", "f", "", "json, jsonl, md, html, txt, csv, xlsx or zip, as the operation has it (json)")
	cmd.Flags().StringVar(&output, "output", "", "file to write to, in place of the terminal")
	return cmd
}

// saveResult writes a result to a file, or to stdout without one.
func (s *screen) saveResult(ctx context.Context, r *remote, id, format, output string) error {
	query := url.Values{}
	if format != "" {
		query.Set("format", format)
	}
	return s.save(ctx, r, "/jobs/"+url.PathEscape(id)+"/result", query, output)
}

// save writes an answer of any kind. A file is there whole or not at all.
func (s *screen) save(ctx context.Context, r *remote, path string, query url.Values, output string) (err error) {
	body, kind, err := r.open(ctx, path, query)
	if err != nil {
		return err
	}
	defer body.Close()
	if output == "" {
		if s.terminal && !strings.HasPrefix(kind, "text/") && !strings.HasPrefix(kind, "application/json") && !strings.HasPrefix(kind, "application/x-ndjson") && !strings.HasPrefix(kind, "application/jsonl") {
			return usage("the result is %s, which no terminal shows; name a file with --output", kind)
		}
		if _, err := io.Copy(s.out, body); err != nil {
			return r.words(ctx, err)
		}
		if s.terminal {
			return s.say("")
		}
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(output), ".docket-*")
	if err != nil {
		return &fileError{output, reason(err)}
	}
	_, err = io.Copy(f, body)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644) //nolint:gosec // as any file that a command writes
	}
	if err == nil {
		err = os.Rename(f.Name(), output)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // half a result is none
		return fmt.Errorf("write %s: %w", output, err)
	}
	return s.next("%s", output)
}

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
