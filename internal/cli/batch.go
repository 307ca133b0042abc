package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// batchState is a batch as the API shows it.
type batchState struct {
	ID         string `json:"batch_id"`
	Status     string `json:"status"`
	CreatedAt  string `json:"created_at"`
	Total      int    `json:"total_jobs"`
	Queued     int    `json:"queued_jobs"`
	Processing int    `json:"processing_jobs"`
	Completed  int    `json:"completed_jobs"`
	Failed     int    `json:"failed_jobs"`
	Cancelled  int    `json:"cancelled_jobs"`
	Progress   int    `json:"overall_progress"`
	Jobs       []jobState
}

// counts says how many jobs are in which state, those of none left out.
func (b batchState) counts() string {
	var parts []string
	for _, one := range []struct {
		n    int
		word string
	}{{b.Queued, "queued"}, {b.Processing, "processing"}, {b.Completed, "completed"}, {b.Failed, "failed"}, {b.Cancelled, "cancelled"}} {
		if one.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", one.n, one.word))
		}
	}
	return strings.Join(parts, ", ")
}

func (s *screen) batchLine(b batchState) string {
	if !s.terminal {
		return strings.Join([]string{b.ID, b.Status, strconv.Itoa(b.Total), b.counts()}, "\t")
	}
	return strings.Join([]string{s.mark(b.Status), b.ID, fmt.Sprintf("%d jobs: %s", b.Total, b.counts())}, "  ")
}

func (c *cli) batch() *cobra.Command {
	return group("batch", "Submit, list and follow batches",
		c.batchSubmit(), c.batchList(),
		c.batchAct("get", "Show a batch and its jobs", func(ctx context.Context, s *screen, r *remote, id string) error {
			b, body, err := r.batch(ctx, id)
			switch {
			case err != nil:
				return err
			case s.asJSON:
				return s.raw(body)
			}
			if err := s.say("%s", s.batchLine(b)); err != nil {
				return err
			}
			for _, j := range b.Jobs {
				if err := s.say("%s", s.jobLine(j)); err != nil {
					return err
				}
			}
			return nil
		}),
		c.batchAct("wait", "Wait for the end of all jobs of a batch", func(ctx context.Context, s *screen, r *remote, id string) error {
			b, _, err := r.batch(ctx, id)
			if err != nil {
				return err
			}
			return s.await(ctx, r, b.Jobs, false)
		}),
		c.batchAct("cancel", "Cancel the unfinished jobs of a batch", c.batchPost("cancel", "")),
		c.batchAct("rerun", "Make a batch of the jobs that failed", c.batchPost("rerun", "docket batch wait %s")),
	)
}

// batchAct is a command on one batch.
func (c *cli) batchAct(name, short string, do func(ctx context.Context, s *screen, r *remote, id string) error) *cobra.Command {
	return c.command(name+" BATCH", short, exactly("the id of a batch"), func(ctx context.Context, s *screen, args []string) error {
		r, err := c.connect(s)
		if err != nil {
			return err
		}
		return do(ctx, s, r, args[0])
	})
}

// batchPost sends an action and shows the batch that comes back.
func (c *cli) batchPost(action, next string) func(ctx context.Context, s *screen, r *remote, id string) error {
	return func(ctx context.Context, s *screen, r *remote, id string) error {
		once := ""
		if action == "rerun" {
			once = rand.Text()
		}
		var b batchState
		body, err := r.post(ctx, "/jobs/batch/"+url.PathEscape(id)+"/"+action, nil, once, &b)
		switch {
		case err != nil:
			return err
		case s.asJSON:
			return s.raw(body)
		}
		if err := s.say("%s", s.batchLine(b)); err != nil || next == "" {
			return err
		}
		return s.next(next, b.ID)
	}
}

// batch reads a batch with all its jobs.
func (r *remote) batch(ctx context.Context, id string) (b batchState, body []byte, err error) {
	const page = 1000
	for {
		var part batchState
		q := url.Values{"limit": {strconv.Itoa(page)}, "offset": {strconv.Itoa(len(b.Jobs))}}
		if body, err = r.get(ctx, "/jobs/batch/"+url.PathEscape(id), q, &part); err != nil {
			return b, nil, err
		}
		part.Jobs = append(b.Jobs, part.Jobs...)
		if len(part.Jobs) == len(b.Jobs) || len(part.Jobs) >= part.Total {
			return part, body, nil
		}
		b = part
	}
}

func (c *cli) batchSubmit() *cobra.Command {
	p := &spec{batch: true}
	cmd := c.command("submit OPERATION DOCUMENT...", "Send documents as one batch: all jobs or none", some("an operation, such as parse, and documents"),
		func(ctx context.Context, s *screen, args []string) error {
			p.operation = args[0]
			return c.submitAll(ctx, s, p, args[1:])
		})
	p.flags(cmd.Flags())
	cmd.Flags().BoolVarP(&p.wait, "wait", "w", false, "wait for the end of all jobs")
	return cmd
}

func (c *cli) batchList() *cobra.Command {
	var limit int
	cmd := c.command("list", "List batches, newest first", exactly(), func(ctx context.Context, s *screen, _ []string) error {
		r, err := c.connect(s)
		if err != nil {
			return err
		}
		var answer struct{ Batches []batchState }
		body, err := r.get(ctx, "/batches", url.Values{"limit": {strconv.Itoa(limit)}}, &answer)
		switch {
		case err != nil:
			return err
		case s.asJSON:
			return s.raw(body)
		}
		for _, b := range answer.Batches {
			if err := s.say("%s", s.batchLine(b)); err != nil {
				return err
			}
		}
		if len(answer.Batches) == 0 {
			return s.next("There are no batches. Make one: docket batch submit parse *.pdf")
		}
		return s.next("docket batch get %s", answer.Batches[0].ID)
	})
	cmd.Flags().IntVarP(&limit, "limit", "n", 20, "how many, 1 to 100")
	return cmd
}
