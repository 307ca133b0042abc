package service_test

import (
	"testing"
	"time"

	"docket/internal/job"
	"docket/internal/service"
)

// A message whose endpoint cannot be read now is not sent without its secret:
// it waits, and costs no try.
func TestMessageWaitsForItsSecret(t *testing.T) {
	b := newBench(t)
	e, err := b.CreateEndpoint(b.ctx, job.Endpoint{URL: "https://example.com/hook", Events: []job.Status{job.Queued}})
	if err != nil {
		t.Fatal(err)
	}
	b.submit("x")
	db := b.openRows()
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	rename := func(from, to string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), "ALTER TABLE "+from+" RENAME TO "+to); err != nil {
			t.Fatal(err)
		}
	}
	rename("endpoints", "hidden")
	if got, err := b.ClaimDeliveries(b.ctx, "w", 10); err != nil || len(got) != 0 {
		t.Errorf("without its endpoint: %+v, %v", got, err)
	}
	rename("hidden", "endpoints")
	b.now = b.now.Add(service.DeliveryLease + time.Second)
	if err := b.ReleaseDeliveries(b.ctx, false); err != nil {
		t.Fatal(err)
	}
	got, err := b.ClaimDeliveries(b.ctx, "w", 10)
	if err != nil || len(got) != 1 || len(got[0].Secrets) != 1 || got[0].Secrets[0] != e.Secret || got[0].Attempt != 1 {
		t.Errorf("with its endpoint: %+v, %v", got, err)
	}
}

// A message to an endpoint that was deleted has nothing to be signed with.
func TestMessageOfADeletedEndpoint(t *testing.T) {
	b := newBench(t)
	if _, err := b.CreateEndpoint(b.ctx, job.Endpoint{URL: "https://example.com/hook", Events: []job.Status{job.Queued}}); err != nil {
		t.Fatal(err)
	}
	b.submit("x")
	db := b.openRows()
	_, err := db.ExecContext(t.Context(), "DELETE FROM endpoints")
	if closed := db.Close(); err != nil || closed != nil {
		t.Fatal(err, closed)
	}
	got, err := b.ClaimDeliveries(b.ctx, "w", 10)
	if err != nil || len(got) != 1 || len(got[0].Secrets) != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}
