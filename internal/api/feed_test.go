package api

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"docket/internal/account"
	"docket/internal/testkit"
)

// What a reader of all jobs is told after it was cut off goes by the clock of
// the jobs, which is not that of the machine that it asks: that may be wrong.
// contract J26
func TestFeedGoesByTheClockOfTheJobs(t *testing.T) {
	for name, wrong := range map[string]time.Duration{"this machine is ahead": -time.Hour, "this machine is behind": time.Hour} {
		t.Run(name, func(t *testing.T) {
			now := func() time.Time { return time.Now().Add(wrong) }
			b := newBenchAt(t, usualPace(), now)
			long := testkit.Submit(t, b.store, account.Local, now().Add(-time.Minute)) // before anybody asked
			b.server.Start()
			cursor := b.feed("", "id: ")
			meanwhile := testkit.Submit(t, b.store, account.Local, now())
			told := b.feed(cursor, "data: ")
			if !strings.Contains(told, meanwhile.ID.String()) || strings.Contains(told, long.ID.String()) {
				t.Errorf("after %s it is told %s", cursor, told)
			}
		})
	}
}

// feed reads GET /events, from the cursor if there is one, up to the first line
// that begins so.
func (b *bench) feed(cursor, begins string) string {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.server.URL+"/events", http.NoBody)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	if cursor != "" {
		r.Header.Set("Last-Event-ID", cursor)
	}
	client := *b.server.Client()
	client.Timeout = patience
	resp, err := client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), begins); ok {
			return rest
		}
	}
	b.t.Fatalf("there is no line %s…: %v", begins, lines.Err())
	return ""
}
