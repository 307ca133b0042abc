package cli

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// endpoint is a webhook as the API shows it.
type endpoint struct {
	ID         string   `json:"id"`
	URL        string   `json:"url"`
	Events     []string `json:"events"`
	Operations []string `json:"operations"`
	Enabled    bool     `json:"enabled"`
	Reason     string   `json:"disabled_reason"`
	Secret     string   `json:"secret"`
}

// delivery is one message to a webhook.
type delivery struct {
	ID        string `json:"id"`
	Status    string `json:"status"`
	JobID     string `json:"job_id"`
	CreatedAt string `json:"created_at"`
}

func (c *cli) webhooks() *cobra.Command {
	return group("webhooks", "Have the account's changes sent to an address",
		c.webhookCreate(), c.webhookList(),
		c.webhookAct("delete", "Send nothing more to a webhook, and forget it", http.MethodDelete, "", "Webhook %s is deleted."),
		c.webhookAct("enable", "Send to a webhook again that was switched off", http.MethodPost, "/enable", "Webhook %s is enabled."),
		c.webhookAct("test", "Send a message to a webhook that tells of no job", http.MethodPost, "/test", "A test is on its way; see docket webhooks deliveries %s"),
		c.webhookDeliveries(), c.webhookReplay(),
	)
}

func (c *cli) webhookCreate() *cobra.Command {
	var events, operations []string
	cmd := c.command("create URL", "Have changes sent to an address; its secret is shown once", exactly("an address"), func(ctx context.Context, s *screen, args []string) error {
		r, err := c.connect(s)
		if err != nil {
			return err
		}
		body := map[string]any{"url": args[0]}
		if len(events) > 0 {
			body["events"] = events
		}
		if len(operations) > 0 {
			body["operations"] = operations
		}
		var e endpoint
		raw, err := r.post(ctx, "/webhooks", body, "", &e)
		switch {
		case err != nil:
			return err
		case s.asJSON:
			return s.raw(raw)
		}
		if err := s.say("%s\t%s", e.ID, e.Secret); err != nil {
			return err
		}
		return s.next("docket webhooks test %s", e.ID)
	})
	cmd.Flags().StringSliceVar(&events, "event", nil, "only changes to these states, such as completed,failed")
	cmd.Flags().StringSliceVar(&operations, "operation", nil, "only jobs of these operations")
	return cmd
}

func (c *cli) webhookList() *cobra.Command {
	return c.command("list", "List webhooks", exactly(), func(ctx context.Context, s *screen, _ []string) error {
		r, err := c.connect(s)
		if err != nil {
			return err
		}
		var answer struct{ Webhooks []endpoint }
		raw, err := r.get(ctx, "/webhooks", nil, &answer)
		switch {
		case err != nil:
			return err
		case s.asJSON:
			return s.raw(raw)
		case len(answer.Webhooks) == 0:
			return s.next("There are no webhooks. Make one: docket webhooks create https://…")
		}
		var rows [][]string
		for _, e := range answer.Webhooks {
			state := "enabled"
			if !e.Enabled {
				state = "disabled: " + e.Reason
			}
			rows = append(rows, []string{e.ID, plain(e.URL), strings.Join(e.Events, ","), plain(state)})
		}
		return s.table([]string{"ID", "ADDRESS", "EVENTS", "STATE"}, rows)
	})
}

// webhookAct is a command on one webhook.
func (c *cli) webhookAct(name, short, method, path, done string) *cobra.Command {
	return c.command(name+" WEBHOOK", short, exactly("the id of a webhook"), func(ctx context.Context, s *screen, args []string) error {
		r, err := c.connect(s)
		if err != nil {
			return err
		}
		raw, err := r.call(ctx, method, "/webhooks/"+url.PathEscape(args[0])+path, nil, nil, "", nil)
		switch {
		case err != nil:
			return err
		case s.asJSON:
			return s.raw(raw)
		}
		return s.say(done, args[0])
	})
}

func (c *cli) webhookDeliveries() *cobra.Command {
	var limit int
	cmd := c.command("deliveries WEBHOOK", "List messages to a webhook, newest first", exactly("the id of a webhook"), func(ctx context.Context, s *screen, args []string) error {
		r, err := c.connect(s)
		if err != nil {
			return err
		}
		var answer struct{ Deliveries []delivery }
		raw, err := r.get(ctx, "/webhooks/"+url.PathEscape(args[0])+"/deliveries", url.Values{"limit": {strconv.Itoa(limit)}}, &answer)
		switch {
		case err != nil:
			return err
		case s.asJSON:
			return s.raw(raw)
		}
		var rows [][]string
		for _, d := range answer.Deliveries {
			rows = append(rows, []string{d.ID, d.Status, d.JobID, ago(d.CreatedAt, time.Now())})
		}
		if err := s.table([]string{"ID", "STATUS", "JOB", "MADE"}, rows); err != nil || len(rows) == 0 {
			return err
		}
		return s.next("docket webhooks replay %s %s", args[0], answer.Deliveries[0].ID)
	})
	cmd.Flags().IntVarP(&limit, "limit", "n", 20, "how many, 1 to 100")
	return cmd
}

func (c *cli) webhookReplay() *cobra.Command {
	return c.command("replay WEBHOOK DELIVERY", "Send a message again", exactly("the id of a webhook", "that of a delivery"), func(ctx context.Context, s *screen, args []string) error {
		r, err := c.connect(s)
		if err != nil {
			return err
		}
		raw, err := r.post(ctx, "/webhooks/"+url.PathEscape(args[0])+"/deliveries/"+url.PathEscape(args[1])+"/replay", nil, "", nil)
		switch {
		case err != nil:
			return err
		case s.asJSON:
			return s.raw(raw)
		}
		return s.say("Delivery %s is on its way again.", args[1])
	})
}
