package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

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
