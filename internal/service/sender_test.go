package service_test

import (
	"testing"
	"time"

	"docket/internal/job"
	"docket/internal/service"
)

// A sender that was held up for longer than its lease says nothing of a message
// that another has taken over, but that it arrived.
func TestLateSenderIsFenced(t *testing.T) {
	good, bad := service.Outcome{OK: true}, service.Outcome{Pause: time.Hour}
	for _, test := range []struct {
		name         string
		late, second service.Outcome
		secondFirst  bool
		fenced       [2]bool // the late one and the second
	}{
		{"it failed, after the second has arrived", bad, good, true, [2]bool{true, false}},
		{"it failed, while the second is under way", bad, good, false, [2]bool{true, false}},
		{"it had arrived, while the second is under way", good, bad, false, [2]bool{false, true}},
		{"both arrived", good, good, true, [2]bool{true, false}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			b.submit("x", func(s *job.Spec) { s.Notify = &job.Notify{WebhookURL: "https://example.com/hook"} })
			late := b.claimMessage("held up")
			b.now = b.now.Add(service.DeliveryLease + time.Second)
			if err := b.ReleaseDeliveries(b.ctx, false); err != nil {
				t.Fatal(err)
			}
			second := b.claimMessage("second")
			if late.ID != second.ID {
				t.Fatalf("%s was taken over, and not %s", second.ID, late.ID)
			}
			record := func(n int, d job.Delivery, o service.Outcome) {
				o.Attempt.At = b.now
				if err := b.RecordAttempt(b.ctx, d, o); service.Fenced(err) != test.fenced[n] || (err != nil) != test.fenced[n] {
					t.Errorf("sender %d: %v", n, err)
				}
			}
			if test.secondFirst {
				record(1, second, test.second)
				record(0, late, test.late)
			} else {
				record(0, late, test.late)
				record(1, second, test.second)
			}
			b.now = b.now.Add(24 * time.Hour)
			if again, err := b.ClaimDeliveries(b.ctx, "third", 1); err != nil || len(again) != 0 {
				t.Errorf("it is sent again: %v, %v", again, err)
			}
		})
	}
}

func (b *bench) claimMessage(owner string) job.Delivery {
	b.t.Helper()
	got, err := b.ClaimDeliveries(b.ctx, owner, 10)
	if err != nil || len(got) != 1 {
		b.t.Fatalf("claimed %v, %v", got, err)
	}
	return got[0].Delivery
}
