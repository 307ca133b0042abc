package service_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/service"
	"docket/internal/store"
	"docket/internal/testkit"
)

// chain hands in a job whose documents are the results of others.
func (b *bench) chain(sources ...job.ID) job.Job {
	b.t.Helper()
	j, err := b.tryChain(sources...)
	if err != nil {
		b.t.Fatal(err)
	}
	return j
}

func (b *bench) tryChain(sources ...job.ID) (made job.Job, err error) {
	b.t.Helper()
	u, err := b.Begin(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	defer u.Discard()
	for _, id := range sources {
		if err := u.URL(b.ctx, "JobID://"+id.In(job.TypeID)); err != nil {
			return made, err
		}
	}
	_, err = u.Submit(b.ctx, job.Spec{Account: account.Local, Operation: job.Parse, Spelling: job.TypeID}, func(j job.Job) (service.Answer, error) { made = j; return service.Answer{}, nil })
	return made, err
}

// claimOne gives the job that is next, or false.
func (b *bench) claimOne() (job.Job, bool) {
	b.t.Helper()
	claimed, err := b.Claim(b.ctx, "w", 1)
	if err != nil {
		b.t.Fatal(err)
	}
	if len(claimed) == 0 {
		return job.Job{}, false
	}
	return claimed[0], true
}

// parse ends a claimed job with page records.
func (b *bench) parse(j job.Job) {
	b.t.Helper()
	w := b.Create(b.ctx, j, op.PagesFile)
	_, err := io.WriteString(w, "records of "+j.ID.String())
	sealed, sealErr := w.Seal()
	if err := errors.Join(err, sealErr); err != nil {
		b.t.Fatal(err)
	}
	if err := b.Complete(b.ctx, j, op.Result{}, []job.File{sealed.File}, []service.Small{*sealed.Inline}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) read(id job.ID) job.Job {
	b.t.Helper()
	j, err := b.Job(b.ctx, id)
	if err != nil {
		b.t.Fatal(err)
	}
	return j
}

// contract J6
func TestJobWaitsForItsSource(t *testing.T) {
	b := newBench(t)
	source := b.submit("document")
	waiting := b.chain(source.ID)
	later := b.submit("another")
	want := job.Progress{TotalFiles: 1, Stage: job.StageSource, Message: "Waiting for " + source.ID.In(job.TypeID) + " to complete"}
	if diff := cmp.Diff(want, b.read(waiting.ID).Progress); diff != "" || waiting.Status != job.Queued || waiting.Progress != want {
		t.Errorf("it waits as %+v\n%s", waiting, diff)
	}
	held, _ := b.claimOne()
	woken := b.hub.Listen(func(e job.Event) bool { return e.Job == waiting.ID && e.To == job.Queued })
	defer woken.Close()
	if held.ID != source.ID {
		t.Fatalf("claimed %s first", held.ID)
	}
	b.parse(held)
	select {
	case <-woken.Wake():
	default:
		t.Error("nobody was woken")
	}
	if j := b.read(waiting.ID); j.Version != 2 || j.Progress.Stage != "" || !j.WaitsFor.IsZero() || !j.RunAt.Equal(j.CreatedAt) {
		t.Errorf("freed as %+v", j)
	}
	// It was made before the other, and so it runs before it.
	next, _ := b.claimOne()
	if next.ID != waiting.ID {
		t.Fatalf("claimed %s; %s was to be next, before %s", next.ID, waiting.ID, later.ID)
	}
	inputs, small, err := b.Adopt(b.ctx, next, 0)
	if err != nil || len(inputs) != 1 || inputs[0].Source != source.ID || inputs[0].SHA256 != source.Inputs[0].SHA256 || inputs[0].Pages == nil || len(small) != 2 {
		t.Fatalf("adopted %+v, %d, %v", inputs, len(small), err)
	}
	next.Inputs = inputs
	if err := b.Fetched(b.ctx, next, small); err != nil {
		t.Fatal(err)
	}
	if err := b.Delete(b.ctx, source.ID); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[*job.File]string{&inputs[0].File: "document", inputs[0].Pages: "records of " + source.ID.String()} {
		r, err := b.Open(b.ctx, *file)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", file.Name, got, err)
		}
	}
	b.parse(next)
	rerun, err := b.Rerun(b.ctx, next.ID, nil, nil, func(j job.Job) (service.Answer, error) {
		if len(j.Files()) != 2 || j.Inputs[0].Pages == nil || !j.WaitsFor.IsZero() {
			t.Errorf("the rerun has %+v", j.Inputs)
		}
		return service.Answer{Status: 201}, nil
	})
	if err != nil || rerun.Status != 201 {
		t.Errorf("rerun: %v", err)
	}
}

// However the source comes to nothing, and whenever: before, while, or after
// it was waited for.
func TestJobFailsForWantOfItsSource(t *testing.T) {
	ends := map[string]func(b *bench, source job.Job){
		"failed": func(b *bench, _ job.Job) {
			held, _ := b.claimOne()
			if err := b.Fail(b.ctx, held, job.Errorf(job.FileCorrupted, nil, "broken")); err != nil {
				b.t.Fatal(err)
			}
		},
		"cancelled": func(b *bench, source job.Job) {
			if _, err := b.Cancel(b.ctx, source.ID); err != nil {
				b.t.Fatal(err)
			}
		},
		"deleted": func(b *bench, source job.Job) {
			held, _ := b.claimOne()
			b.parse(held)
			if err := b.Delete(b.ctx, source.ID); err != nil {
				b.t.Fatal(err)
			}
		},
		"expired": func(b *bench, _ job.Job) {
			held, _ := b.claimOne()
			b.parse(held)
			b.now = b.now.Add(retention)
		},
		"swept": func(b *bench, _ job.Job) {
			held, _ := b.claimOne()
			b.parse(held)
			b.now = b.now.Add(retention)
			b.sweep()
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			source := b.submit("document")
			waiting := b.chain(source.ID)
			last := b.chain(waiting.ID)
			end(b, source)
			status := name
			if next, ok := b.claimOne(); ok { // it was freed, and comes too late
				status = "deleted"
				_, _, err := b.Adopt(b.ctx, next, 0)
				if job.CodeOf(err) != job.InputFailed {
					t.Fatalf("adopted: %v", err)
				}
				if err := b.Fail(b.ctx, next, err); err != nil {
					t.Fatal(err)
				}
			}
			j := b.read(waiting.ID)
			if j.Status != job.Failed || j.Failure.Code != job.InputFailed || j.Failure.Facts["job_id"] != source.ID.In(job.TypeID) || j.Failure.Facts["status"] != status || !strings.Contains(j.Failure.Message(), source.ID.In(job.TypeID)) {
				t.Errorf("ended as %s: %+v", j.Status, j.Failure)
			}
			b.sync()
			if j := b.read(last.ID); j.Status != job.Failed || j.Failure.Facts["error_type"] != string(job.InputFailed) {
				t.Errorf("the last ended as %s: %+v", j.Status, j.Failure)
			}
			if j, err := b.tryChain(waiting.ID); err != nil || b.read(j.ID).Status != job.Failed {
				t.Errorf("of a job that has failed already: %+v, %v", j.Status, err)
			}
		})
	}
}

// sync waits until the writer has done all that it was left to do.
func (b *bench) sync() {
	b.t.Helper()
	for range 3 {
		for _, o := range []store.Op{&store.Settle{}, &store.SaveSetting{Name: "any"}} { // one for each lane
			if err := b.store.Write(b.ctx, o); err != nil {
				b.t.Fatal(err)
			}
		}
	}
}

func TestSourceIsRefused(t *testing.T) {
	b := newBench(t)
	foreign := b.submit("x", func(s *job.Spec) { s.Account = "other" })
	for name, address := range map[string]string{
		"jobid://": "names no job", "jobid://job_1": "names no job", "jobid://" + newID(t).String(): "there is no job",
		"jobid://" + foreign.ID.In(job.TypeID): "belongs to another account", "JOBID:" + foreign.ID.String(): "",
	} {
		u, err := b.Begin(nil)
		if err != nil {
			t.Fatal(err)
		}
		err = u.URL(b.ctx, name)
		e, ok := errors.AsType[*job.Error](err)
		if !ok || e.Code != job.InvalidRequest || !strings.Contains(e.Facts["problem"].(string), address) {
			t.Errorf("%s: %v, want %q", name, err, address)
		}
		u.Discard()
	}
}

// Of several sources one may fail alone; the job waits for all of them.
func TestJobOfSeveralSources(t *testing.T) {
	b := newBench(t)
	first, second, third := b.submit("1"), b.submit("2"), b.submit("3")
	j := b.chain(third.ID, first.ID, second.ID)
	for range 2 {
		held, ok := b.claimOne()
		if !ok || held.ID == j.ID {
			t.Fatal("it was given out before its sources have ended")
		}
		b.parse(held)
	}
	if _, err := b.Cancel(b.ctx, third.ID); err != nil {
		t.Fatal(err)
	}
	held, ok := b.claimOne()
	if !ok || held.ID != j.ID {
		t.Fatalf("claimed %v", held)
	}
	if f := held.Inputs[0].Failure; f == nil || f.Facts["status"] != "cancelled" || !held.Inputs[1].Owed() || !held.Inputs[2].Owed() {
		t.Errorf("inputs %+v", held.Inputs)
	}
}

// A source has more jobs waiting than one transaction takes, each with one of
// its own: nobody waits for ever. A crash in between loses no word.
func TestManyJobsOfOneSource(t *testing.T) {
	n := int64(1200)
	if testing.Short() {
		n = 510
	}
	b := newBench(t)
	source := b.submit("document")
	for range n {
		b.chain(source.ID)
	}
	if _, err := b.Cancel(b.ctx, source.ID); err != nil {
		t.Fatal(err)
	}
	b.sync()
	failed, err := b.List(b.ctx, job.Filter{Statuses: []job.Status{job.Failed}, Limit: 1}, false)
	if err != nil || failed.Total != n {
		t.Errorf("%d of %d have failed, %v", failed.Total, n, err)
	}
}

func TestStrandedJobsGoOn(t *testing.T) {
	b := newBench(t)
	source := b.submit("document")
	waiting := b.chain(source.ID)
	held, _ := b.claimOne()
	b.parse(held)
	b.exec(`UPDATE jobs SET run_at = NULL, waits_for = (SELECT id FROM jobs WHERE status = 'completed') WHERE status = 'queued'`)
	if _, ok := b.claimOne(); ok {
		t.Fatal("it does not wait")
	}
	if swept := b.sweep(); swept.Sources != 1 {
		t.Errorf("swept %+v", swept)
	}
	if next, ok := b.claimOne(); !ok || next.ID != waiting.ID {
		t.Errorf("claimed %v", next)
	}
}

// Whatever chains there are and however their jobs end, in the end no job
// waits, and none has succeeded whose source has not.
func TestChainsEnd(t *testing.T) {
	place := testkit.Tries(t)
	rapid.Check(t, func(r *rapid.T) {
		b := newBenchIn(r, place(r))
		ids := []job.ID{b.submit("document").ID}
		steps := rapid.IntRange(2, 40).Draw(r, "steps")
		for range steps {
			switch rapid.SampledFrom([]string{"submit", "chain", "chain", "run", "fail", "cancel", "delete"}).Draw(r, "step") {
			case "submit":
				ids = append(ids, b.submit("document").ID)
			case "chain":
				sources := rapid.SliceOfN(rapid.SampledFrom(ids), 1, 3).Draw(r, "sources")
				if j, err := b.tryChain(sources...); err == nil {
					ids = append(ids, j.ID)
				}
			case "run", "fail":
				b.runOne(rapid.Bool().Draw(r, "succeeds"))
			case "cancel":
				_, _ = b.Cancel(b.ctx, rapid.SampledFrom(ids).Draw(r, "job"))
			case "delete":
				_ = b.Delete(b.ctx, rapid.SampledFrom(ids).Draw(r, "job"))
			}
		}
		b.sync()
		for b.runOne(true) {
			b.sync()
		}
		for _, id := range ids {
			j, err := b.Job(b.ctx, id)
			if job.CodeOf(err) == job.NotFound {
				continue
			}
			if err != nil || !j.Status.Final() {
				r.Fatalf("%+v, %v", j, err)
			}
			if j.Status == job.Completed && slices.ContainsFunc(j.Inputs, job.Input.Owed) {
				r.Fatalf("completed without its input: %+v", j)
			}
		}
	})
}

// runOne runs the next job as a worker would; false when none waits.
func (b *bench) runOne(succeeds bool) bool {
	b.t.Helper()
	j, ok := b.claimOne()
	if !ok {
		return false
	}
	for n, in := range j.Inputs {
		if !in.Owed() {
			continue
		}
		inputs, small, err := b.Adopt(b.ctx, j, n)
		switch {
		case job.CodeOf(err) == job.InputFailed:
			f := job.FailureOf(err)
			j.Inputs[n].Failure = &f
			succeeds = succeeds && len(j.Inputs) > 1
		case err != nil:
			b.t.Fatal(err)
		default:
			j.Inputs = slices.Replace(slices.Clone(j.Inputs), n, n+1, inputs...)
			if err := b.Fetched(b.ctx, j, small); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	if succeeds && len(j.Inputs) == 1 {
		b.parse(j)
	} else if err := b.Fail(b.ctx, j, job.Errorf(job.InputFailed, nil, "no")); err != nil {
		b.t.Fatal(err)
	}
	return true
}

// exec changes the database behind the server's back.
func (b *bench) exec(query string) {
	b.t.Helper()
	db := b.openRows()
	_, err := db.ExecContext(b.t.Context(), query)
	if err := errors.Join(err, db.Close()); err != nil {
		b.t.Fatal(err)
	}
}
