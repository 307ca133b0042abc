package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

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
