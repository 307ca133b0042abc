//go:build postgres

package worker_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"docket/internal/account"
	"docket/internal/blob"
	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/service"
	"docket/internal/testkit"
)

// on is a server on a store of its own, by the clock of this machine.
func on(t *testing.T, place testkit.Place, run operation) *server {
	t.Helper()
	db := testkit.OpenStore(t, place)
	blobs, err := blob.Open(place.Folder+"/blobs", db)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, store: db, hub: event.NewHub(), ops: []op.Operation{run}, ctx: account.With(t.Context(), account.Everyone())}
	s.Service, err = service.New(t.Context(), service.Parts{
		Store: db, Blobs: blobs, Hub: s.hub, Operations: s.ops, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}, service.Settings{MaxFile: 1 << 20, Retention: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A worker saves a checkpoint, hears nothing, and loses the job: the next one
// finds all that the checkpoint names.
func TestUnansweredCheckpointIsWhole(t *testing.T) {
	place := testkit.NewPlace(t)
	wire, through := testkit.NewWire(t, place.Database)
	part := bytes.Repeat([]byte("saved "), blob.InlineLimit)
	var direct *server
	var runs atomic.Int32
	work := func(_ context.Context, task *op.Task) (op.Result, error) {
		if runs.Add(1) > 1 {
			parts, _, err := task.Resume(1)
			if err != nil || parts == nil {
				t.Errorf("nothing to go on from: %v", err)
				return op.Result{}, err
			}
			got, err := io.ReadAll(parts)
			if err != nil || !bytes.Equal(got, part) {
				t.Errorf("goes on from %d bytes, %v", len(got), err)
			}
			return op.Result{}, write(task, "done")
		}
		wire.Deafen()
		go func() {
			direct.until(task.Job, func(j job.Job) bool { return j.Checkpoint != nil })
			if n, err := direct.Reap(direct.ctx, true); err != nil || n != 1 {
				t.Errorf("reaped %d, %v", n, err)
			}
			wire.Hear()
		}()
		err := task.Checkpoint(1, part, nil)
		if err == nil {
			t.Error("a checkpoint of a lost attempt was saved")
		}
		return op.Result{}, err
	}
	direct = on(t, place, work)
	cut := on(t, testkit.Place{Folder: place.Folder, Database: through}, work)
	id := direct.submit("x")
	defer cut.work("a")()
	if j := direct.until(id, final); j.Status != job.Completed || j.Attempt != 2 {
		t.Errorf("ended as %+v", j)
	}
}
