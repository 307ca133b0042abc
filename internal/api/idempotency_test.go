package api

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"docket/internal/blob"
	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/service"
	"docket/internal/store"
)

// idle is an operation that takes any parameters; nothing runs it.
type idle struct{}

func (idle) Name() job.Operation { return job.Parse }

func (idle) Check(p json.RawMessage) (json.RawMessage, error) { return p, nil }

func (idle) Run(context.Context, *op.Task) (op.Result, error) { return op.Result{}, nil }

func (idle) Render(io.Writer, op.Rendering) error { return nil }

// While the first request with a key still uploads, the others wait for its
// answer, ten seconds long. // contract J11
func TestSecondRequestWaitsForTheFirst(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(t.Context(), folder)
		if err != nil {
			t.Fatal(err)
		}
		blobs, err := blob.Open(folder+"/blobs", db)
		if err != nil {
			t.Fatal(err)
		}
		svc, err := service.New(t.Context(), service.Parts{
			Store: db, Blobs: blobs, Hub: event.NewHub(), Operations: []op.Operation{idle{}}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		}, service.Settings{MaxFile: 1 << 20, Retention: time.Hour, Loopback: true})
		if err != nil {
			t.Fatal(err)
		}
		a := New(Parts{Service: svc, Stopping: make(chan struct{}), Log: slog.New(slog.DiscardHandler)})
		send := func(key string, body io.Reader) <-chan *httptest.ResponseRecorder {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/jobs", body)
			r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
			r.Header.Set("Idempotency-Key", key)
			answered := make(chan *httptest.ResponseRecorder, 1)
			go func() {
				w := httptest.NewRecorder()
				a.ServeHTTP(w, r)
				answered <- w
			}()
			synctest.Wait()
			return answered
		}
		const head = "--x\r\nContent-Disposition: form-data; name=operation\r\n\r\nparse\r\n--x\r\nContent-Disposition: form-data; name=file; filename=a.pdf\r\n\r\n"
		const tail = "the document\r\n--x--\r\n"
		upload, slowly := io.Pipe()
		write := func(to io.Writer, text string) {
			t.Helper()
			if _, err := io.WriteString(to, text); err != nil {
				t.Fatal(err)
			}
		}
		first := send("k", upload)
		write(slowly, head)
		begin := time.Now()
		late := <-send("k", strings.NewReader(head+tail))
		if late.Code != http.StatusConflict || late.Header().Get("Retry-After") == "" || !strings.Contains(late.Body.String(), string(job.KeyInUse)) || time.Since(begin) != keyWait {
			t.Errorf("after %v: %d %v %s", time.Since(begin), late.Code, late.Header(), late.Body)
		}
		second := send("k", strings.NewReader(head+tail))
		write(slowly, tail)
		one, two := <-first, <-second
		if one.Code != http.StatusAccepted || two.Code != http.StatusAccepted || one.Body.String() != two.Body.String() || two.Header().Get("Idempotency-Replayed") != "true" {
			t.Errorf("answered %d %s and %d %s", one.Code, one.Body, two.Code, two.Body)
		}

		// A first one that comes to nothing leaves the key to the next.
		broken, cutOff := io.Pipe()
		third := send("other", broken)
		write(cutOff, head)
		fourth := send("other", strings.NewReader(head+tail))
		if err := cutOff.Close(); err != nil {
			t.Fatal(err)
		}
		if got := <-third; got.Code != http.StatusBadRequest {
			t.Errorf("cut off: %d %s", got.Code, got.Body)
		}
		if got := <-fourth; got.Code != http.StatusAccepted || got.Header().Get("Idempotency-Replayed") != "" {
			t.Errorf("after one that was cut off: %d %s", got.Code, got.Body)
		}

		// A day later the key is as good as new.
		<-time.After(service.KeyLife)
		if got := <-send("k", strings.NewReader(head+tail)); got.Code != http.StatusAccepted || got.Body.String() == one.Body.String() {
			t.Errorf("a day later: %d %s", got.Code, got.Body)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}
