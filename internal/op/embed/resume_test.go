package embed

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"docket/internal/job"
	"docket/internal/model"
	"docket/internal/op"
	"docket/internal/op/optest"
	"docket/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

// A model is asked for nothing twice, wherever an attempt ends: within the
// texts, within a document, or between two.
func TestNothingIsEmbeddedTwice(t *testing.T) {
	var texts []string
	for n := range 150 {
		texts = append(texts, fmt.Sprintf("text %d", n))
	}
	sent, err := json.Marshal(map[string]any{"texts": texts, "chunk_length": 16})
	if err != nil {
		t.Fatal(err)
	}
	documents := [][]byte{testkit.LongPDF(150), testkit.PDF("A second document."), testkit.PDF("A third document.")}
	asked := map[string]int{}
	down, asks := false, 0
	m := testkit.NewModel(t, func(_ int, q *testkit.Question) testkit.Reply {
		if asks++; down || asks%2 == 0 { // every second question ends an attempt
			down = true
			return testkit.Reply{Status: 400}
		}
		for _, text := range q.Body["input"].([]any) {
			asked[text.(string)]++
		}
		return vectorsFor(q)
	})
	remote := model.New(model.Options{URL: m.URL, Name: "chat", Embedding: "vectors", Timeout: time.Minute, Backoff: time.Millisecond, Budget: 100_000})
	t.Cleanup(remote.Close)
	o := New(optest.Pool(t), remote)
	w := workOn(t, o, string(sent), documents...)
	save := w.Task.Checkpoint
	w.Task.Checkpoint = func(version int, part []byte, state json.RawMessage) error {
		if down { // the attempt has died: what it makes of the refusal is not kept
			return &job.Error{Code: job.StorageError}
		}
		return save(version, part, state)
	}
	attempts := 0
	var r op.Result
	for {
		attempts++
		down = false
		if r, err = o.Run(optest.Context(t), w.Task); err == nil {
			break
		}
		if !down || attempts > 50 {
			t.Fatal(err)
		}
	}
	text, err := w.Render(o, r, "", job.FormatLines)
	if err != nil {
		t.Fatal(err)
	}
	var got []Vector
	for line := range strings.Lines(text) {
		var v Vector
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	for text, n := range asked {
		if same := len(slices.DeleteFunc(slices.Clone(got), func(v Vector) bool { return v.Text != text })); n != same {
			t.Errorf("%.30q was asked for %d times, and is there %d times", text, n, same)
		}
	}
	s, _ := r.Summary.(Summary)
	if attempts < 5 || len(got) != s.Embedded || s.Embedded < 300 || s.Errors != 0 || s.Dimensions != 3 || s.Model != "vectors" {
		t.Errorf("%d attempts, %d vectors, %+v", attempts, len(got), s)
	}
	// 7 tokens for each question that was answered. // see vectorsFor
	if answered := (asks + 1) / 2; r.Tokens == nil || r.Tokens.Input != 7*answered {
		t.Errorf("%+v tokens for %d answers", r.Tokens, answered)
	}
}

// What comes of another job says of which.
func TestVectorsNameTheirJob(t *testing.T) {
	id, err := job.NewID()
	if err != nil {
		t.Fatal(err)
	}
	o := New(optest.Pool(t), nil)
	w := workOn(t, o, `{}`, testkit.PDF("From another job."), testkit.PDF("Sent."))
	w.Task.Inputs[0].Source = id
	r, err := o.Run(optest.Context(t), w.Task)
	if err != nil {
		t.Fatal(err)
	}
	text, err := w.Render(o, r, "", job.FormatLines)
	if err != nil {
		t.Fatal(err)
	}
	var from []string
	for line := range strings.Lines(text) {
		var v Vector
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		from = append(from, v.Text+v.JobID)
	}
	if diff := cmp.Diff([]string{"From another job." + id.In(job.TypeID), "Sent."}, from); diff != "" {
		t.Error(diff)
	}
}
