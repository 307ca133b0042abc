package store

import (
	"fmt"

	"docket/internal/job"
)

// tell writes the event of a change and, in the same transaction, a delivery
// for everyone who is to hear of it. // contract J24
func (t *txn) tell(j job.Job, e job.Event, told job.Told) error {
	t.used(j, e)
	t.tally(j, e)
	if err := insertEvent(t, e); err != nil {
		return err
	}
	if !e.Visible() {
		return nil
	}
	endpoints, err := t.endpointsOf(j.Account)
	if err != nil {
		return err
	}
	for _, p := range endpoints {
		if p.Wants(j.Operation, e.To) {
			if err := t.deliver(j, e, told, job.Delivery{Endpoint: p.ID, Channel: job.ByWebhook, Target: p.URL}); err != nil {
				return err
			}
		}
	}
	if j.Notify == nil {
		return nil
	}
	if url := j.Notify.WebhookURL; url != "" {
		if err := t.deliver(j, e, told, job.Delivery{Channel: job.ByWebhook, Target: url}); err != nil {
			return err
		}
	}
	if j.Notify.WantsMail(e.To) {
		return t.deliver(j, e, told, job.Delivery{Channel: job.ByEmail, Target: j.Notify.Email})
	}
	return nil
}

func (t *txn) deliver(j job.Job, e job.Event, told job.Told, d job.Delivery) error {
	id, err := job.NewDeliveryID()
	if err != nil {
		return err
	}
	m := j.Message(e, id, told)
	if d.Channel == job.ByEmail {
		m.Result, m.IncludeSummary = nil, j.Notify.IncludeSummary
	}
	payload, err := text(m, false)
	if err != nil {
		return err
	}
	if err := t.insert(deliveryRows(), id, j.Account, optionalText(d.Endpoint), d.Channel, d.Target, j.ID[:], e.Version, job.Pending, payload, micros(e.At), micros(e.At), optionalText(j.Trace)); err != nil {
		return fmt.Errorf("insert delivery of job %s: %w", j.ID, err)
	}
	return nil
}

// endpointsOf reads an account's endpoints, once a batch.
func (t *txn) endpointsOf(account string) ([]job.Endpoint, error) {
	if known, ok := t.endpoints[account]; ok {
		return known, nil
	}
	var found []job.Endpoint
	if err := t.each(scanEndpoints(&found), "SELECT "+endpointColumns+" FROM endpoints WHERE account = $1 ORDER BY id", account); err != nil {
		return nil, fmt.Errorf("read endpoints of %s: %w", account, err)
	}
	t.endpoints[account] = found
	return found, nil
}

func optionalText(s string) any {
	if s == "" {
		return nil
	}
	return s
}
