package service_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/service"
)

// A sweep removes all that an expired job has, and nothing of any other, not
// even of those that share its documents or its result. // contract A11, H99, J23
func TestSweepRemovesExpiredJobsAlone(t *testing.T) {
	for name, size := range map[string]func(string) string{"small": strings.Clone, "large": large} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			source := b.submit(size("document"))
			b.complete(source.ID, size("result"))
			late := func(s *job.Spec) { s.Keep = 2 * retention }
			reused := b.submit(size("document"), late, func(s *job.Spec) { s.Reuse = true })
			if reused.Status != job.Completed || reused.ReusedFrom != source.ID {
				t.Fatalf("reused %+v", reused)
			}
			var rerun job.Job
			if _, err := b.Rerun(b.ctx, source.ID, nil, nil, func(j job.Job) (service.Answer, error) { rerun = j; return service.Answer{}, nil }); err != nil {
				t.Fatal(err)
			}
			watcher := b.ListenAccount(b.ctx)
			defer watcher.Close()

			b.now = b.now.Add(retention - time.Second)
			if swept := b.sweep(); swept != (service.Swept{}) {
				t.Errorf("before its time: %+v", swept)
			}
			if got := b.result(source.ID); got != size("result") {
				t.Errorf("before its time: %.20q", got)
			}
			b.now = b.now.Add(time.Second)
			if swept := b.sweep(); swept.Jobs != 1 {
				t.Errorf("swept %+v", swept)
			}
			told, _ := watcher.Take()
			if len(told) != 1 || told[0].Kind != job.EventExpired || told[0].Job != source.ID {
				t.Errorf("told %+v", told)
			}
			if _, err := b.Job(b.ctx, source.ID); job.CodeOf(err) != job.NotFound {
				t.Errorf("after it: %v", err)
			}
			if got := b.result(reused.ID); got != size("result") {
				t.Errorf("the job that reused it: %.20q", got)
			}
			b.complete(rerun.ID, "again")
			if got := b.result(rerun.ID); got != "again" {
				t.Errorf("its rerun: %q", got)
			}
			b.now = b.now.Add(10 * retention)
			if swept := b.sweep(); swept.Jobs != 2 {
				t.Errorf("swept %+v at the end", swept)
			}
			for _, table := range []string{"jobs", "events", "tags", "blobs"} {
				if n := b.rows(table); n != 0 {
					t.Errorf("%d rows are left in %s", n, table)
				}
			}
			if left, err := filepath.Glob(filepath.Join(b.folder, "blobs", "2*", "*")); err != nil || len(left) != 0 {
				t.Errorf("left %v, %v", left, err)
			}
			if p, err := b.List(b.ctx, job.Filter{Limit: 1}, false); err != nil || p.Total != 0 {
				t.Errorf("counted %d, %v", p.Total, err)
			}
		})
	}
}

// An expired job is not there for any reader, swept or not. // contract H100, J23
func TestExpiredJobsAreNotThere(t *testing.T) {
	b := newBench(t)
	var in job.Batch
	u1, u2 := b.begin("short"), b.begin("long")
	_, err := b.SubmitBatch(b.ctx, []service.Item{
		{Submission: u1, Spec: job.Spec{Account: "local", Operation: job.Parse, Keep: time.Minute, Tags: []string{"t"}}},
		{Submission: u2, Spec: job.Spec{Account: "local", Operation: job.Parse}},
	}, nil, func(batch job.Batch, _ []job.Job) (service.Answer, error) { in = batch; return service.Answer{}, nil })
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := b.BatchJobs(b.ctx, in, 10, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		b.complete(j.ID, "result")
	}
	short := jobs[0]
	link := b.InputLink(short, 0)
	for _, swept := range []bool{false, true} {
		b.now = b.now.Add(time.Minute)
		if swept {
			b.sweep()
		}
		if _, err := b.Job(b.ctx, short.ID); job.CodeOf(err) != job.NotFound {
			t.Errorf("status: %v", err)
		}
		if _, _, err := b.Ticket(b.ctx, short.ID); job.CodeOf(err) != job.NotFound {
			t.Errorf("ticket: %v", err)
		}
		if _, err := b.Cancel(b.ctx, short.ID); job.CodeOf(err) != job.NotFound {
			t.Errorf("cancel: %v", err)
		}
		if _, err := b.Rerun(b.ctx, short.ID, nil, nil, nil); job.CodeOf(err) != job.NotFound {
			t.Errorf("rerun: %v", err)
		}
		if err := b.Delete(b.ctx, short.ID); job.CodeOf(err) != job.NotFound {
			t.Errorf("delete: %v", err)
		}
		if _, err := b.OpenLink(b.ctx, link); job.CodeOf(err) != job.NotFound {
			t.Errorf("link: %v", err)
		}
		if found, faults, err := b.Jobs(b.ctx, []job.ID{short.ID}); err != nil || len(found) != 0 || job.CodeOf(faults[short.ID]) != job.NotFound {
			t.Errorf("many: %v, %v, %v", found, faults, err)
		}
		for _, f := range []job.Filter{{}, {Statuses: []job.Status{job.Completed}}, {Tags: []string{"t"}}, {After: b.now.Add(-24 * time.Hour)}, {Before: b.now}} {
			f.Limit = 10
			want := 1
			if len(f.Tags) > 0 {
				want = 0
			}
			if p, err := b.List(b.ctx, f, false); err != nil || len(p.Jobs) != want || p.Total != int64(want) {
				t.Errorf("list %+v: %d of %d, %v", f, len(p.Jobs), p.Total, err)
			}
		}
		if got, err := b.Batch(b.ctx, in.ID); err != nil || got.Total() != 1 {
			t.Errorf("batch: %+v, %v", got, err)
		}
		if list, err := b.BatchJobs(b.ctx, in, 10, 0); err != nil || len(list) != 1 || list[0].ID == short.ID {
			t.Errorf("jobs of the batch: %v, %v", list, err)
		}
		if again := b.submit("short", func(s *job.Spec) { s.Reuse = true }); again.Status != job.Queued {
			t.Errorf("it was reused: %+v", again)
		} else if err := b.Delete(b.ctx, again.ID); err != nil {
			t.Fatal(err)
		}
	}
	b.now = b.now.Add(retention)
	if _, err := b.Batch(b.ctx, in.ID); job.CodeOf(err) != job.NotFound {
		t.Errorf("a batch whose jobs have expired: %v", err)
	}
	b.sweep()
	if n := b.rows("batches"); n != 0 {
		t.Errorf("%d batches are left", n)
	}
}

func (b *bench) begin(document string) *service.Submission {
	b.t.Helper()
	u, err := b.Begin(nil)
	if err == nil {
		err = u.Input("a.pdf", "", strings.NewReader(document))
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return u
}

// contract J14
func TestUploadThatNeverComes(t *testing.T) {
	b := newBench(t)
	u, err := b.Begin(nil)
	if err != nil {
		t.Fatal(err)
	}
	u.Await("a.pdf", "application/pdf")
	var waiting job.Job
	spec := job.Spec{Account: "local", Operation: job.Parse, Spelling: job.UUID, Notify: &job.Notify{WebhookURL: "https://example.com/hook"}}
	if _, err := u.Submit(b.ctx, spec, func(j job.Job) (service.Answer, error) { waiting = j; return service.Answer{}, nil }); err != nil {
		t.Fatal(err)
	}
	link, _, err := b.UploadLink(b.ctx, waiting, "")
	if err != nil {
		t.Fatal(err)
	}
	link = strings.TrimPrefix(link, "/uploads/")
	b.now = b.now.Add(service.UploadLife + time.Hour - time.Second)
	if swept := b.sweep(); swept.Uploads != 0 {
		t.Errorf("before its time: %+v", swept)
	}
	b.now = b.now.Add(2 * time.Second)
	if swept := b.sweep(); swept.Uploads != 1 {
		t.Errorf("swept %+v", swept)
	}
	j, err := b.Job(b.ctx, waiting.ID)
	if err != nil || j.Status != job.Failed || j.Failure == nil || j.Failure.Code != job.UploadExpired || !j.ExpiresAt.Equal(b.now.Add(retention)) {
		t.Errorf("it is %+v, %v", j, err)
	}
	if n := b.rows("deliveries"); n != 2 { // of its making, and of its end
		t.Errorf("%d messages", n)
	}
	if _, err := b.Upload(b.ctx, link, "application/pdf", strings.NewReader("late")); job.CodeOf(err) != job.Forbidden || !strings.Contains(err.Error(), "expired") {
		t.Errorf("a late upload: %v", err)
	}
	if again, err := b.Rerun(b.ctx, waiting.ID, nil, nil, nil); job.CodeOf(err) != job.Conflict {
		t.Errorf("a rerun: %v, %v", again, err)
	}
}

// Messages outlive their job until they are sent, and then a week.
func TestSweepOfDeliveriesAndKeys(t *testing.T) {
	b := newBench(t)
	j := b.submit("x", func(s *job.Spec) { s.Notify = &job.Notify{WebhookURL: "https://example.com/hook"} })
	b.complete(j.ID, `"y"`)
	b.now = b.now.Add(retention)
	if swept := b.sweep(); swept.Jobs != 1 || swept.Deliveries != 0 {
		t.Errorf("swept %+v", swept)
	}
	var left int
	for {
		ds, err := b.ClaimDeliveries(b.ctx, "n", 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(ds) == 0 {
			break
		}
		for _, d := range ds {
			left++
			if !strings.Contains(string(d.Payload), j.ID.In(job.TypeID)) {
				t.Errorf("sent %s", d.Payload)
			}
			if err := b.RecordAttempt(b.ctx, d.Delivery, service.Outcome{OK: true, Attempt: job.DeliveryAttempt{At: b.now}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if left != 3 {
		t.Errorf("%d messages were left to send", left)
	}
	once, _, err := b.Once(b.ctx, "k")
	if err != nil {
		t.Fatal(err)
	}
	defer once.Release()
	u, err := b.Begin(once)
	if err == nil {
		err = u.URL(b.ctx, "https://example.com/a.pdf")
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Submit(b.ctx, job.Spec{Account: "local", Operation: job.Parse}, func(job.Job) (service.Answer, error) { return service.Answer{Status: 200, Body: []byte("{}")}, nil }); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(service.KeyLife - time.Second)
	if swept := b.sweep(); swept != (service.Swept{}) {
		t.Errorf("too early: %+v", swept)
	}
	b.now = b.now.Add(time.Second)
	if swept := b.sweep(); swept.Keys != 1 {
		t.Errorf("a day later: %+v", swept)
	}
	b.now = b.now.Add(7 * 24 * time.Hour)
	if swept := b.sweep(); swept.Deliveries != 3 || b.rows("deliveries") != 0 || b.rows("delivery_attempts") != 0 {
		t.Errorf("a week later: %+v, %d messages and %d tries are left", swept, b.rows("deliveries"), b.rows("delivery_attempts"))
	}
}

// Many more than fit a transaction.
func TestSweepGoesOnUntilItIsDone(t *testing.T) {
	b := newBench(t)
	for _, of := range []string{"ann", "bob", "local"} {
		for range 60 {
			j := b.submit("x", func(s *job.Spec) { s.Account = of; s.Keep = time.Second })
			if _, err := b.Cancel(as(b.ctx, of), j.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	kept := b.submit("x")
	b.now = b.now.Add(time.Minute)
	if swept := b.sweep(); swept.Jobs != 180 {
		t.Errorf("swept %+v", swept)
	}
	if _, err := b.Job(b.ctx, kept.ID); err != nil || b.rows("jobs") != 1 {
		t.Errorf("%d jobs are left, %v", b.rows("jobs"), err)
	}
}

// Files that nobody owns go, and no others. // design 6: blobs
func TestSweepOfOrphans(t *testing.T) {
	b := newBench(t)
	done := b.submit(large("document"))
	b.complete(done.ID, large("result"))
	b.put(done.ID, "0", "input-9")      // an upload that was refused
	b.put(done.ID, "1", "left")         // of the attempt that was chosen
	b.put(done.ID, "7", "checkpoint-0") // of one that was lost
	running := b.submit(large("another"))
	claimed, err := b.Claim(b.ctx, "w", 1)
	if err != nil || len(claimed) != 1 {
		t.Fatal(claimed, err)
	}
	b.put(running.ID, "1", "being-written")
	b.put(running.ID, "0", "lost")
	awaiting, err := b.Begin(nil)
	if err != nil {
		t.Fatal(err)
	}
	awaiting.Await("a.pdf", "application/pdf")
	var waiting job.Job
	if _, err := awaiting.Submit(b.ctx, job.Spec{Account: "local", Operation: job.Parse}, func(j job.Job) (service.Answer, error) { waiting = j; return service.Answer{}, nil }); err != nil {
		t.Fatal(err)
	}
	b.put(waiting.ID, "0", "input-0-new")
	never := newID(t) // was being submitted when the server was killed
	b.put(never, "0", "input-0")
	before := time.Now().Add(-time.Minute)
	sweep := func(before time.Time) int {
		t.Helper()
		n, err := b.SweepOrphans(b.ctx, before)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := sweep(before); n != 2 {
		t.Errorf("swept files of %d jobs that have rows", n)
	}
	has := func(id job.ID, attempt, name string) bool {
		found, err := filepath.Glob(filepath.Join(b.folder, "blobs", filepath.FromSlash(id.Folder()), attempt, name))
		return err == nil && len(found) == 1
	}
	kept := map[string]bool{
		"of a submit that may go on": has(never, "0", "input-0"), "of an upload that may go on": has(waiting.ID, "0", "input-0-new"),
		"being written": has(running.ID, "1", "being-written"), "a document": has(running.ID, "0", "input-0"), "a result": has(done.ID, "1", "out"),
	}
	for name, is := range kept {
		if !is {
			t.Errorf("swept: %s", name)
		}
	}
	if n := sweep(time.Now().Add(time.Minute)); n != 2 || has(never, "0", "input-0") || has(waiting.ID, "0", "input-0-new") {
		t.Errorf("swept %d of those whose time has passed", n)
	}
	if diff := cmp.Diff(4, len(b.files())); diff != "" { // two documents, a result, and one being written
		t.Errorf("%v: %s", b.files(), diff)
	}
	if got := b.result(done.ID); got != large("result") {
		t.Errorf("the result is %.20q", got)
	}
	if err := b.Complete(b.ctx, claimed[0], op.Result{}, nil, nil); err != nil {
		t.Errorf("the running job: %v", err)
	}
	if n := sweep(before); n != 1 || len(b.files()) != 3 {
		t.Errorf("what its attempt left: %d, %v", n, b.files())
	}
}
