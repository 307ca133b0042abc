package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/testkit"
)

// many asks for the status of jobs as a caller, in the spellings that are sent.
func (b *bench) many(t testing.TB, c account.Caller, progress bool, texts []string) string {
	t.Helper()
	path := "http://localhost/jobs/status?job_ids=" + strings.Join(texts, ",")
	if progress {
		path += "&include_progress=true"
	}
	r := httptest.NewRequestWithContext(account.With(b.t.Context(), c), http.MethodGet, path, http.NoBody)
	w := httptest.NewRecorder()
	b.api.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// readMany is the plainest way to make that answer: everything is read, and
// encoded as a whole.
func (b *bench) readMany(t testing.TB, c account.Caller, progress bool, texts []string) string {
	t.Helper()
	asked, err := manyAsked(texts)
	if err != nil {
		t.Fatal(err)
	}
	var ids []job.ID
	for _, one := range asked {
		if one.fault == nil {
			ids = append(ids, one.id)
		}
	}
	jobs, faults, err := b.service.Jobs(account.With(b.t.Context(), c), ids)
	if err != nil {
		t.Fatal(err)
	}
	items := []manyItem{}
	for _, one := range asked {
		fault := one.fault
		if fault == nil {
			fault = faults[one.id]
		}
		if fault != nil {
			items = append(items, faultyItem(one.text, fault))
			continue
		}
		j := jobs[one.id]
		item := manyItem{JobID: one.text, AliasID: one.id.In(one.spelling.Other()), Status: j.Status.In(job.JobsWords), Operation: j.Operation, Details: j.Details()}
		if progress {
			item.Progress = &j.Progress
		}
		items = append(items, item)
	}
	body, err := encode(struct {
		Jobs []manyItem `json:"jobs"`
	}{items})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// life moves jobs in every way, one of which is drawn at a time.
type life struct {
	*bench
	jobs []job.Job
	runs []job.Job
}

func (l *life) pick(t *rapid.T) job.Job { return rapid.SampledFrom(l.jobs).Draw(t, "job") }

func (l *life) step(t *rapid.T) {
	ctx := account.With(l.t.Context(), account.Operator())
	var err error
	switch rapid.SampledFrom([]string{"submit", "claim", "progress", "fail", "cancel", "delete"}).Draw(t, "step") {
	case "submit":
		owner := rapid.SampledFrom([]string{account.Local, "another"}).Draw(t, "owner")
		l.jobs = append(l.jobs, testkit.Submit(l.t, l.store, owner, time.Now()))
	case "claim":
		var got []job.Job
		got, err = l.service.Claim(ctx, "w", 1)
		l.runs = append(l.runs, got...)
	case "progress":
		if n := len(l.runs); n > 0 {
			p := job.Progress{Percentage: rapid.IntRange(1, 99).Draw(t, "percent"), Message: `"progress":<&`}
			err = l.service.Progress(ctx, l.runs[n-1], p)
		}
	case "fail":
		if n := len(l.runs); n > 0 {
			err = l.service.Fail(ctx, l.runs[n-1], &job.Error{Code: job.FileCorrupted, Facts: job.Facts{"progress": "<none>"}})
			l.runs = l.runs[:n-1]
		}
	case "cancel":
		_, err = l.service.Cancel(ctx, l.pick(t).ID)
	case "delete":
		err = l.service.Delete(ctx, l.pick(t).ID)
	}
	_ = err // what cannot be done now changes nothing, which is as good
}

// spell draws a spelling of a job's id, or one of no job.
func (l *life) spell(t *rapid.T) string {
	text := l.pick(t).ID.In(rapid.SampledFrom([]job.Spelling{job.TypeID, job.UUID}).Draw(t, "spelling"))
	switch rapid.IntRange(0, 9).Draw(t, "kind of id") {
	case 0:
		if strings.Contains(text, "-") {
			return strings.ToUpper(text)
		}
		return "job_01h455vb4pex5vsknk084sn02q"
	case 1:
		return "<script>"
	}
	return text
}

// Whatever happens to jobs, and whoever asks for which of them: from memory the
// answer is byte for byte the one that reading all of them gives.
func TestManyAreAsTheyAreRead(t *testing.T) {
	callers := []account.Caller{
		account.Operator(),
		{ID: account.Local, Scopes: account.Read},
		{ID: "another", Scopes: account.Read},
		{ID: "third", Scopes: account.Read},
	}
	b := newBench(t, usualPace())
	kept := 0
	rapid.Check(t, func(t *rapid.T) {
		l := &life{bench: b, jobs: []job.Job{testkit.Submit(b.t, b.store, account.Local, time.Now()), testkit.Submit(b.t, b.store, "another", time.Now())}}
		for range rapid.IntRange(1, 12).Draw(t, "rounds") {
			if rapid.Bool().Draw(t, "something happens") {
				l.step(t)
			}
			caller := rapid.SampledFrom(callers).Draw(t, "caller")
			progress := rapid.Bool().Draw(t, "with progress")
			var texts []string
			for range rapid.IntRange(1, 8).Draw(t, "ids") {
				texts = append(texts, l.spell(t))
			}
			want := b.readMany(b.t, caller, progress, texts)
			for range 2 {
				if got := b.many(b.t, caller, progress, texts); got != want {
					t.Fatalf("%v as %s:\n%s\nis read as\n%s", texts, caller.ID, got, want)
				}
			}
			for _, j := range l.jobs {
				if one, _ := b.api.answers.find(j.ID, itemKindOf(job.TypeID)); one != nil {
					kept++
				}
			}
		}
	})
	if kept == 0 {
		t.Error("nothing was ever answered from memory")
	}
}

// Jobs that are kept are not read: nothing can be with a context that has ended.
func TestManyAreNotReadAgain(t *testing.T) {
	b := newBench(t, usualPace())
	first, second := testkit.Submit(t, b.store, account.Local, time.Now()), testkit.Submit(t, b.store, account.Local, time.Now())
	texts := []string{first.ID.In(job.TypeID), second.ID.In(job.UUID)}
	ended, end := context.WithCancel(account.With(t.Context(), account.Operator()))
	end()
	find := func() error {
		asked, err := manyAsked(texts)
		if err != nil {
			t.Fatal(err)
		}
		return b.api.findMany(ended, asked)
	}
	if find() == nil {
		t.Error("jobs of which nothing is known were found without reading them")
	}
	for _, j := range []job.Job{first, second} {
		if _, err := b.service.Cancel(account.With(t.Context(), account.Operator()), j.ID); err != nil {
			t.Fatal(err)
		}
	}
	b.many(t, account.Operator(), true, texts)
	if err := find(); err != nil {
		t.Errorf("jobs that were shown a moment ago: %v", err)
	}
}
