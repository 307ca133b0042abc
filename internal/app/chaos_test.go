package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"docket/internal/testkit"
)

// chaosTime names the variable that makes the run longer.
const chaosTime = "DOCKET_TEST_CHAOS"

// alive is how many jobs there are while the clients work: as many are deleted
// as are made, so that nothing has a reason to grow.
const alive = 200

// Many clients poll, list, submit, cancel, rerun and delete at random: no 5xx,
// no illegal move is ever seen, the totals are right at the end, and nothing
// piles up.
func TestManyClientsAtRandom(t *testing.T) {
	length, clients := 5*time.Second, 50
	if testing.Short() {
		length, clients = 2*time.Second, 10
	}
	if d, err := time.ParseDuration(os.Getenv(chaosTime)); err == nil {
		length = d
	}
	s := serveAs(t, dataFolder(t), frugal)
	c := &chaos{server: s, seen: map[string]string{}, documents: [][]byte{testkit.PDF("small"), testkit.LongPDF(30), []byte("%PDF-1.4 broken"), testkit.LongPDF(200)}}
	ctx, stop := context.WithTimeout(t.Context(), length)
	defer stop()
	held := watch(ctx, s, length/200)
	var wg sync.WaitGroup
	for n := range clients {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 7))
			for ctx.Err() == nil {
				c.act(random)
			}
		})
	}
	wg.Wait()
	held.check(t)
	c.settle()
	t.Logf("%d requests, %d jobs, of which %d were deleted", c.requests, len(c.ids)+c.deleted, c.deleted)
}

type chaos struct {
	*server
	documents [][]byte

	mu       sync.Mutex
	ids      []string          // of the jobs there are
	seen     map[string]string // the last status of each job
	deleted  int
	requests int
}

func (c *chaos) pick(random *rand.Rand) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.ids) == 0 {
		return "job_00000000000000000000000000"
	}
	return c.ids[random.IntN(len(c.ids))]
}

func (c *chaos) act(random *rand.Rand) {
	id := c.pick(random)
	switch n := random.IntN(100); {
	case n < 20:
		contentType, body := form(part{name: "operation", content: "parse"}, part{"file", "a.pdf", string(c.documents[min(random.IntN(20), len(c.documents)-1)])})
		c.made(c.ask(http.MethodPost, "/jobs", contentType, body.String()))
	case n < 60:
		c.saw(c.ask(http.MethodGet, "/jobs/"+id, "", ""))
	case n < 65:
		c.ask(http.MethodGet, "/jobs?limit=20&status="+[]string{"queued", "processing", "completed", "failed", "cancelled"}[random.IntN(5)], "", "")
	case n < 70:
		c.ask(http.MethodGet, "/jobs/"+id+"/result", "", "")
	case n < 75:
		c.ask(http.MethodGet, "/jobs/status?include_progress=true&job_ids="+id+","+c.pick(random), "", "")
	case n < 82:
		c.saw(c.ask(http.MethodPost, "/jobs/"+id+"/cancel", "", ""))
	case n < 90:
		c.made(c.ask(http.MethodPost, "/jobs/"+id+"/rerun", "", ""))
	case n < 93:
		c.remove(random.IntN(alive))
	default:
		c.ask(http.MethodGet, "/jobs/"+id+"?wait=0.1", "", "")
	}
}

func (c *chaos) ask(method, path, contentType, body string) answer {
	a, err := c.try(method, path, contentType, strings.NewReader(body))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
	if err != nil {
		c.t.Errorf("%s %s: %v", method, path, err)
		return answer{Response: &http.Response{}}
	}
	if a.StatusCode >= 500 {
		c.t.Errorf("%s %s: %d %s", method, path, a.StatusCode, a.body)
	}
	return a
}

func (c *chaos) made(a answer) {
	if a.StatusCode != http.StatusAccepted && a.StatusCode != http.StatusCreated {
		return
	}
	c.add(fmt.Sprint(a.json(c.t)["job_id"]))
}

// add remembers a new job, and deletes the oldest when there are enough.
func (c *chaos) add(id string) {
	c.mu.Lock()
	c.ids = append(c.ids, id)
	c.seen[id] = "queued"
	full := len(c.ids) > alive
	c.mu.Unlock()
	if full {
		c.remove(0)
	}
}

// remove deletes one of the jobs there are.
func (c *chaos) remove(n int) {
	c.mu.Lock()
	if n >= len(c.ids) {
		c.mu.Unlock()
		return
	}
	id := c.ids[n]
	c.ids = slices.Delete(c.ids, n, n+1)
	c.deleted++
	c.mu.Unlock()
	if a := c.ask(http.MethodDelete, "/jobs/"+id, "", ""); a.StatusCode != http.StatusOK {
		c.t.Errorf("delete job %s: %d %s", id, a.StatusCode, a.body)
	}
}

// saw checks that a final state never changed.
func (c *chaos) saw(a answer) {
	if a.StatusCode != http.StatusOK && a.StatusCode != http.StatusAccepted {
		return
	}
	v := a.json(c.t)
	id, now := fmt.Sprint(v["job_id"]), fmt.Sprint(v["status"])
	c.mu.Lock()
	defer c.mu.Unlock()
	// Answers may be read in another order than they were given, so that only
	// two different ends of one job are surely wrong.
	switch before := c.seen[id]; before {
	case "completed", "failed", "cancelled":
		if now != before && now != "queued" && now != "processing" {
			c.t.Errorf("job %s was %s and is %s", id, before, now)
		}
	default:
		c.seen[id] = now
	}
}

// settle cancels what is left, waits for all jobs, and compares the lists with
// what was seen.
func (c *chaos) settle() {
	totals := map[string]int{}
	for _, id := range c.ids {
		c.saw(c.ask(http.MethodPost, "/jobs/"+id+"/cancel", "", ""))
	}
	for _, id := range c.ids {
		end := fmt.Sprint(c.wait(id)["status"])
		if before := c.seen[id]; before != end && before != "queued" && before != "processing" {
			c.t.Errorf("job %s was %s and is %s", id, before, end)
		}
		totals[end]++
		totals[""]++
	}
	for _, status := range []string{"", "queued", "processing", "completed", "failed", "cancelled"} {
		if got := at(c.get("/jobs?limit=1&status="+status).json(c.t), "pagination", "total"); got != float64(totals[status]) {
			c.t.Errorf("status %q: total %v, want %d", status, got, totals[status])
		}
	}
}
