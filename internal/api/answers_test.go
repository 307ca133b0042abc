package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"docket/internal/account"
	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/testkit"
)

// pending is what the property's reader has seen of a job and not kept yet.
type pending struct {
	id    job.ID
	one   *answer
	since uint64
}

// Whatever is read, kept and changed in whichever order: a body is never older
// than the last change of its job that somebody was told of, none is shown
// after its time, and all of them take no more room than there is.
func TestAnswersAreNeverOlderThanAChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const most, room = 16 * 8 * 2 * (overhead + 100), 100
		now := time.Unix(1e9, 0)
		hub := event.NewHub()
		a := newAnswers(most, func() time.Time { return now }, func(heard func(job.Event)) *event.Listener {
			return hub.Listen(func(e job.Event) bool { heard(e); return false })
		})
		told := map[job.ID]int64{} // the version that was told last
		written := map[job.ID]int64{}
		var reads []pending
		id := func() job.ID { return job.ID{15: byte(rapid.IntRange(1, 40).Draw(t, "job"))} } // none is zero, which is no job
		kind := answerKind(rapid.IntRange(0, 3).Draw(t, "kind"))
		t.Repeat(map[string]func(*rapid.T){
			"read": func(*rapid.T) { // what is written may be told later
				j := job.Job{ID: id()}
				_, since := a.find(j.ID, kind)
				j.Version = written[j.ID]
				reads = append(reads, pending{j.ID, &answer{job: j, until: now.Add(time.Second), body: make([]byte, room)}, since})
			},
			"keep": func(t *rapid.T) {
				if len(reads) == 0 {
					t.Skip("nothing was read")
				}
				n := rapid.IntRange(0, len(reads)-1).Draw(t, "read")
				a.keep(reads[n].id, kind, reads[n].one, reads[n].since)
				reads = append(reads[:n], reads[n+1:]...)
			},
			"write": func(*rapid.T) { written[id()]++ },
			"tell": func(*rapid.T) {
				one := id()
				told[one] = written[one]
				hub.Publish(job.Event{Job: one, Account: "x", Kind: job.EventStatus})
			},
			"pause": func(*rapid.T) { hub.Publish(job.Event{Kind: job.EventSettings}) },
			"wait": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(1, 1500).Draw(t, "ms")) * time.Millisecond)
			},
			"": func(t *rapid.T) {
				bytes := 0
				for n := range 41 {
					one := job.ID{15: byte(n)}
					found, _ := a.find(one, kind)
					if found == nil {
						continue
					}
					if found.job.Version < told[one] {
						t.Fatalf("job %d: version %d after %d was told", n, found.job.Version, told[one])
					}
					if !now.Before(found.until) {
						t.Fatalf("job %d: shown after its time", n)
					}
					bytes += len(found.body) + overhead
				}
				if bytes > most {
					t.Fatalf("%d bytes are kept, and there is room for %d", bytes, most)
				}
			},
		})
	})
}

// A lower version does not take the place of a higher one: two readers may be
// overtaken by a change of which they were not told yet.
func TestAnswersKeepTheHigherVersion(t *testing.T) {
	hub := event.NewHub()
	a := newAnswers(1<<20, time.Now, func(func(job.Event)) *event.Listener { return hub.ListenJob(job.ID{}) })
	until := time.Now().Add(time.Hour)
	for _, version := range []int64{2, 1, 3} {
		a.keep(job.ID{}, 0, &answer{job: job.Job{Version: version}, until: until}, 0)
	}
	a.keep(job.ID{}, 0, &answer{job: job.Job{Version: 2}, until: until}, 0)
	if found, _ := a.find(job.ID{}, 0); found == nil || found.job.Version != 3 {
		t.Error(found)
	}
}

// A body that was read again and is the same needs no new count of the jobs
// ahead of its job.
func TestAnswersTakeOverWhatWasCounted(t *testing.T) {
	hub := event.NewHub()
	a := newAnswers(1<<20, time.Now, func(func(job.Event)) *event.Listener { return hub.ListenJob(job.ID{}) })
	id, counted := job.ID{15: 1}, &ahead{jobs: 3}
	for _, one := range []struct {
		body string
		want *ahead
	}{{"as it is", counted}, {"changed", nil}} {
		before, after := &answer{body: []byte("as it is")}, &answer{body: []byte(one.body)}
		before.ahead.Store(counted)
		for _, kept := range []*answer{before, after} {
			_, since := a.find(id, 0)
			a.keep(id, 0, kept, since)
		}
		if got := after.ahead.Load(); got != one.want {
			t.Errorf("body %q: what was counted is %v, want %v", one.body, got, one.want)
		}
	}
}

// When nobody knows what happened, nothing is known any more.
func TestAnswersForgetWhatWasMissed(t *testing.T) {
	b := newBench(t, usualPace())
	j := testkit.Submit(t, b.store, account.Local, time.Now())
	b.poll(j.ID, http.StatusOK)
	if b.known(j.ID) == nil {
		t.Fatal("the answer was not kept")
	}
	b.api.answers.clear()
	if b.known(j.ID) != nil {
		t.Error("the answer is still there")
	}
}

func (b *bench) known(id job.ID) *answer {
	one, _ := b.api.answers.find(id, kindOf(job.TypeID, job.JobsWords))
	return one
}

// poll asks as everyone in open mode.
func (b *bench) poll(id job.ID, status int, header ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.pollAs(b.t.Context(), id, status, header...)
}

func (b *bench) pollAs(ctx context.Context, id job.ID, status int, header ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/jobs/"+id.In(job.TypeID), http.NoBody)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	b.api.ServeHTTP(w, r)
	if w.Code != status {
		b.t.Errorf("GET /jobs/%s: %d %s, not %d", id, w.Code, w.Body, status)
	}
	return w
}

// Every verb is seen in the next poll, and an answer from memory is the one
// that reading the job gives.
func TestPollsShowEveryChangeAtOnce(t *testing.T) {
	b := newBench(t, usualPace())
	j := testkit.Submit(t, b.store, account.Local, time.Now())
	status := func(want string) {
		t.Helper()
		first := b.poll(j.ID, http.StatusOK)
		again := b.poll(j.ID, http.StatusOK)
		if !strings.Contains(first.Body.String(), fmt.Sprintf(`"status":%q`, want)) {
			t.Errorf("not %s: %s", want, first.Body)
		}
		if b.known(j.ID) == nil {
			t.Error("the second poll was not answered from memory")
		}
		if first.Body.String() != again.Body.String() || first.Header().Get("ETag") != again.Header().Get("ETag") || again.Header().Get("ETag") == "" {
			t.Errorf("%s %v\nand from memory\n%s %v", first.Body, first.Header(), again.Body, again.Header())
		}
		b.poll(j.ID, http.StatusNotModified, "If-None-Match", again.Header().Get("ETag"))
	}
	status("queued")
	got, err := b.service.Claim(t.Context(), "w", 1)
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	status("processing")
	if err := b.service.Progress(t.Context(), got[0], job.Progress{Percentage: 50}); err != nil {
		t.Fatal(err)
	}
	if body := b.poll(j.ID, http.StatusOK).Body.String(); !strings.Contains(body, `"percentage":50`) {
		t.Error(body)
	}
	if err := b.service.Fail(t.Context(), got[0], &job.Error{Code: job.FileCorrupted}); err != nil {
		t.Fatal(err)
	}
	status("failed")
	ctx := account.With(t.Context(), account.Everyone())
	if err := b.service.Delete(ctx, j.ID); err != nil {
		t.Fatal(err)
	}
	b.poll(j.ID, http.StatusNotFound)
}

// The place in the line is not kept with the body: it falls as soon as a job
// ahead has gone, and ETag and version stay.
func TestPollsShowThePlaceOfNow(t *testing.T) {
	b := newBench(t, usualPace())
	first, second := testkit.Submit(t, b.store, account.Local, time.Now()), testkit.Submit(t, b.store, account.Local, time.Now().Add(time.Millisecond))
	var tags []string
	for _, want := range []string{`"queue_position":1`, `"queue_position":1`, `"queue_position":0`} {
		if len(tags) == 2 {
			if _, err := b.service.Cancel(account.With(t.Context(), account.Everyone()), first.ID); err != nil {
				t.Fatal(err)
			}
		}
		w := b.poll(second.ID, http.StatusOK)
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s in %s", want, w.Body)
		}
		tags = append(tags, w.Header().Get("ETag"))
	}
	if tags[0] != tags[2] {
		t.Error(tags)
	}
}

// What is in memory is shown to its own account alone.
func TestPollsFromMemoryAreTheOwners(t *testing.T) {
	b := newBench(t, usualPace())
	j := testkit.Submit(t, b.store, "another", time.Now())
	one, err := newAnswer(j, job.TypeID, job.JobsWords, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	b.api.answers.keep(j.ID, kindOf(job.TypeID, job.JobsWords), one, 0)
	if b.known(j.ID) == nil {
		t.Fatal("the answer was not kept")
	}
	for caller, want := range map[string]int{"another": http.StatusOK, "third": http.StatusForbidden} {
		b.pollAs(account.With(t.Context(), account.Caller{ID: caller, Scopes: account.Read}), j.ID, want)
	}
	b.pollAs(account.With(t.Context(), account.Caller{ID: "another", Scopes: account.Write}), j.ID, http.StatusForbidden)
}

// A job that has expired is gone at that moment, also from memory.
func TestPollsFromMemoryEndWithTheJob(t *testing.T) {
	b := newBench(t, usualPace())
	j := testkit.Submit(t, b.store, account.Local, time.Now())
	gone := j
	gone.Status, gone.ExpiresAt = job.Completed, time.Now().Add(-time.Millisecond)
	one, err := newAnswer(gone, job.TypeID, job.JobsWords, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	b.api.answers.keep(j.ID, kindOf(job.TypeID, job.JobsWords), one, 0)
	if body := b.poll(j.ID, http.StatusOK).Body.String(); !strings.Contains(body, `"queued"`) {
		t.Errorf("the expired answer was shown: %s", body)
	}
}

// While other nodes are not heard, nothing is shown that was read before.
func TestPollsAreReadWhileNodesAreNotHeard(t *testing.T) {
	b := newBench(t, usualPace())
	j := testkit.Submit(t, b.store, account.Local, time.Now())
	b.poll(j.ID, http.StatusOK)
	before := b.known(j.ID)
	if before == nil {
		t.Fatal("the answer was not kept")
	}
	event.NewNodes(event.NodesOptions{Hub: b.hub}) // which nobody runs
	if b.service.MayShow(account.Everyone(), before.job) || b.service.Holds(j) != 0 {
		t.Error("what was read before may be shown")
	}
	b.api.answers.clear()
	b.poll(j.ID, http.StatusOK)
	if b.known(j.ID) != nil {
		t.Error("the answer was kept")
	}
}
