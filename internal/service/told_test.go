package service_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/store"
)

// An endpoint hears of the results of all jobs that end once it is there, and
// of none before or after, whatever is remembered of endpoints.
// contract J24
func TestNewEndpointHearsOfResults(t *testing.T) {
	b := newBench(t)
	complete := func(result string) {
		b.complete(b.submit("x").ID, result)
	}
	told := func() (results []string) {
		claimed, err := b.ClaimDeliveries(b.ctx, "w", 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range claimed {
			var m job.Message
			if err := json.Unmarshal(d.Payload, &m); err != nil {
				t.Fatal(err)
			}
			results = append(results, string(m.Result))
			b.recorded(d.Delivery)
		}
		return results
	}
	complete(`"nobody there"`)
	e, err := b.CreateEndpoint(b.ctx, job.Endpoint{URL: "https://example.com/hook", Events: []job.Status{job.Completed}})
	if err != nil {
		t.Fatal(err)
	}
	complete(`"new"`)
	complete(`"known"`)
	if diff := cmp.Diff([]string{`"new"`, `"known"`}, told()); diff != "" {
		t.Error(diff)
	}
	if err := b.DeleteEndpoint(b.ctx, e); err != nil {
		t.Fatal(err)
	}
	complete(`"gone"`)
	complete(`"still gone"`)
	if got := told(); len(got) != 0 {
		t.Errorf("told of %v", got)
	}
	// One that is for other jobs makes nobody write twice.
	if _, err := b.CreateEndpoint(as(b.ctx, "other"), job.Endpoint{URL: "https://example.com/hook"}); err != nil {
		t.Fatal(err)
	}
	complete(`"of another account"`)
	if got := told(); len(got) != 0 {
		t.Errorf("another account was told of %v", got)
	}
}

// recorded says that a message arrived.
func (b *bench) recorded(d job.Delivery) {
	b.t.Helper()
	o := &store.RecordAttempt{Delivery: d, Attempt: job.DeliveryAttempt{N: d.Attempt, At: b.now}, Status: job.Delivered, Now: b.now}
	if err := b.store.Write(b.ctx, o); err != nil {
		b.t.Fatal(err)
	}
}
