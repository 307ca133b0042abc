package service_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to look at the rows

	"docket/internal/account"
	"docket/internal/blob"
	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/service"
	"docket/internal/store"
	"docket/internal/testkit"
)

// echo is an operation whose result is its document; the tests do its work.
type echo struct{}

func (echo) Name() job.Operation { return job.Parse }

func (echo) Check(p json.RawMessage) (json.RawMessage, error) { return p, nil }

func (echo) Run(context.Context, *op.Task) (op.Result, error) { return op.Result{}, nil }

func (echo) Render(w io.Writer, r op.Rendering) error {
	f, err := r.Open("out")
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return errors.Join(err, f.Close())
}

// retention is how long the tests' jobs are kept.
const retention = time.Hour

// tester is a test, or one try of a property.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Fatal(args ...any)
	Error(args ...any)
	Cleanup(f func())
	Context() context.Context
}

// bench is a service on a clock that the test moves.
type bench struct {
	*service.Service
	t      tester
	ctx    context.Context
	folder string
	place  testkit.Place
	now    time.Time
	hub    *event.Hub
	store  *store.Store
}

func newBench(t *testing.T) *bench {
	t.Helper()
	return newBenchIn(t, testkit.NewPlace(t))
}

func newBenchIn(t tester, place testkit.Place) *bench {
	t.Helper()
	return newBenchOn(t, place, func(db *store.Store) (*blob.Store, error) { return blob.Open(filepath.Join(place.Folder, "blobs"), db) })
}

func newBenchOn(t tester, place testkit.Place, open func(*store.Store) (*blob.Store, error)) *bench {
	t.Helper()
	b := &bench{t: t, ctx: as(context.WithoutCancel(t.Context()), account.Local), folder: place.Folder, place: place, now: time.Now().UTC().Truncate(time.Second), hub: event.NewHub()}
	b.store = testkit.OpenStore(t, place)
	blobs, err := open(b.store)
	if err != nil {
		t.Fatal(err)
	}
	b.Service, err = service.New(t.Context(), service.Parts{
		Store: b.store, Blobs: blobs, Hub: b.hub, Operations: []op.Operation{echo{}}, Now: func() time.Time { return b.now }, Log: slog.New(slog.DiscardHandler),
	}, service.Settings{MaxFile: 1 << 20, Retention: retention, MaxMails: maxMails, KeepActs: keepActs, Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func as(ctx context.Context, name string) context.Context {
	return account.With(ctx, account.Caller{ID: name})
}

// submit hands in a job of one document.
func (b *bench) submit(document string, change ...func(*job.Spec)) job.Job {
	b.t.Helper()
	u := b.begin(document)
	defer u.Discard()
	spec := job.Spec{Account: account.Local, Operation: job.Parse, Spelling: job.TypeID, Tags: []string{"t"}}
	for _, c := range change {
		c(&spec)
	}
	var made job.Job
	if _, err := u.Submit(b.ctx, spec, func(j job.Job) (service.Answer, error) { made = j; return service.Answer{}, nil }); err != nil {
		b.t.Fatal(err)
	}
	return made
}

// complete does the work of a job that waits.
func (b *bench) complete(id job.ID, result string) job.Job {
	b.t.Helper()
	for {
		claimed, err := b.Claim(b.ctx, "w", 1)
		if err != nil || len(claimed) != 1 {
			b.t.Fatalf("claimed %v, %v", claimed, err)
		}
		j := claimed[0]
		if j.ID != id {
			continue
		}
		w := b.Create(b.ctx, j, "out")
		if _, err := io.WriteString(w, result); err != nil {
			b.t.Fatal(err)
		}
		sealed, err := w.Seal()
		if err != nil {
			b.t.Fatal(err)
		}
		var small []service.Small
		if sealed.Inline != nil {
			small = append(small, *sealed.Inline)
		}
		if err := b.Complete(b.ctx, j, op.Result{}, []job.File{sealed.File}, small); err != nil {
			b.t.Fatal(err)
		}
		done, err := b.Job(b.ctx, id)
		if err != nil {
			b.t.Fatal(err)
		}
		return done
	}
}

func (b *bench) sweep() service.Swept {
	b.t.Helper()
	swept, err := b.Sweep(b.ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	return swept
}

// openRows opens the database beside the server.
func (b *bench) openRows() *sql.DB {
	b.t.Helper()
	db, err := b.place.Rows()
	if err != nil {
		b.t.Fatal(err)
	}
	return db
}

// rows counts the rows of a table.
func (b *bench) rows(table string) int {
	b.t.Helper()
	db := b.openRows()
	var n int
	err := db.QueryRowContext(b.t.Context(), "SELECT count(*) FROM "+table).Scan(&n)
	if err := errors.Join(err, db.Close()); err != nil {
		b.t.Fatal(err)
	}
	return n
}

// files lists the blobs that are files.
func (b *bench) files() []string {
	b.t.Helper()
	files, err := filepath.Glob(filepath.Join(b.folder, "blobs", "2*", "*", "*", "*"))
	if err != nil {
		b.t.Fatal(err)
	}
	return files
}

// result reads a job's result.
func (b *bench) result(id job.ID) string {
	b.t.Helper()
	j, err := b.Job(b.ctx, id)
	if err != nil {
		b.t.Fatal(err)
	}
	var out strings.Builder
	if err := b.RenderResult(b.ctx, &out, j, job.FormatJSON, ""); err != nil {
		b.t.Fatal(err)
	}
	return out.String()
}

// put writes a file where a killed server would have left it.
func (b *bench) put(id job.ID, attempt, name string) {
	b.t.Helper()
	path := filepath.Join(b.folder, "blobs", filepath.FromSlash(id.Folder()), attempt, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("left behind"), 0o600)); err != nil {
		b.t.Fatal(err)
	}
}

func newID(t tester) job.ID {
	t.Helper()
	id, err := job.NewID()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// large is a document that is kept as a file.
func large(what string) string { return what + strings.Repeat(".", blob.InlineLimit) }
