package cli

import (
	"context"
	"fmt"
	"net/url"

	"github.com/spf13/cobra"
)

// stats is what the command shows of GET /stats.
type stats struct {
	Jobs struct {
		Queued, Processing, Completed, Failed, Cancelled, Total int64
	}
	Queue struct {
		Waiting, Running int64
		Oldest           int64 `json:"oldest_waiting_seconds"`
		Paused           []string
	}
	LastDay struct {
		Total struct {
			Submitted, Completed, Failed, Cancelled int64
			P50                                     float64 `json:"duration_p50_seconds"`
			P95                                     float64 `json:"duration_p95_seconds"`
		}
	} `json:"last_day"`
	Workers struct{ Nodes, Slots, Busy int64 }
	Version string
}

func (c *cli) stats() *cobra.Command {
	account := ""
	cmd := c.command("stats", "Show what there is to do, and what the last day brought", exactly(), func(ctx context.Context, s *screen, _ []string) error {
		r, err := c.connect(s)
		if err != nil {
			return err
		}
		q := url.Values{}
		if account != "" {
			q.Set("account", account)
		}
		var v stats
		raw, err := r.get(ctx, "/stats", q, &v)
		switch {
		case err != nil:
			return err
		case s.asJSON:
			return s.raw(raw)
		}
		day, oldest := v.LastDay.Total, ""
		if v.Queue.Waiting > 0 {
			oldest = fmt.Sprintf(", the oldest for %d s", v.Queue.Oldest)
		}
		rows := [][]string{
			{"jobs", fmt.Sprintf("%s queued, %s processing, %s completed, %s failed, %s cancelled", count(v.Jobs.Queued), count(v.Jobs.Processing), count(v.Jobs.Completed), count(v.Jobs.Failed), count(v.Jobs.Cancelled))},
			{"queue", fmt.Sprintf("%s waiting%s; %s running", count(v.Queue.Waiting), oldest, count(v.Queue.Running))},
			{"last day", fmt.Sprintf("%s submitted, %s completed, %s failed; half took at most %.1f s, 95 of 100 %.1f s", count(day.Submitted), count(day.Completed), count(day.Failed), day.P50, day.P95)},
			{"workers", fmt.Sprintf("%d of %d busy, nodes: %d", v.Workers.Busy, v.Workers.Slots, v.Workers.Nodes)},
			{"server", r.Server + ", " + plain(v.Version)},
		}
		for _, what := range v.Queue.Paused {
			rows = append(rows, []string{"paused", plain(what)})
		}
		return s.table([]string{"", ""}, rows)
	})
	cmd.Flags().StringVar(&account, "account", "", "another account, or * for all; for admins")
	return cmd
}
