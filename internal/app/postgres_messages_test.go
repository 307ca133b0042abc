//go:build postgres

package app_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"docket/internal/testkit"
)

// What a receiver has answered is written down when the database is back, and
// the message is not sent again.
func TestDatabaseIsAwayAfterAMessage(t *testing.T) {
	t.Parallel()
	data := dataFolder(t)
	wire := cutInto(t, data)
	s := serve(t, data, "--workers", "0")
	var calls atomic.Int64
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 1 {
			wire.Cut()
		}
		w.WriteHeader(http.StatusOK)
	}))
	t.Cleanup(receiver.Close)
	hook := s.webhook(map[string]any{"url": receiver.URL})["id"].(string)
	s.submit("a.pdf", testkit.PDF("x"))
	s.await("the database is away", func() bool { return s.get("/readyz").StatusCode == http.StatusServiceUnavailable })
	if err := wire.Mend(); err != nil {
		t.Fatal(err)
	}
	s.await("the answer is written down", func() bool {
		a := s.get("/webhooks/" + hook + "/deliveries")
		return a.StatusCode == http.StatusOK && at(a.json(t), "deliveries", 0, "status") == "delivered"
	})
	if n := calls.Load(); n != 1 {
		t.Errorf("it was sent %d times", n)
	}
}
