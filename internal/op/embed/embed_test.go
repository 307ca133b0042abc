package embed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"docket/internal/job"
	"docket/internal/model"
	"docket/internal/op"
	"docket/internal/op/optest"
	"docket/internal/testkit"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { optest.Main(m) }

func cosine(a, b []float32) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// Every text that has something in it has a vector of length 1, always the
// same.
func TestLexicalIsNormal(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z ,.]{0,60}`)).Draw(r, "text")
		v := lexical(text)
		want := 1.0
		if strings.TrimSpace(text) == "" {
			want = 0
		}
		if got := cosine(v, v); len(v) != dimensions || math.Abs(got-want) > 1e-5 {
			r.Fatalf("%q has the length %v", text, got)
		}
		if diff := cmp.Diff(v, lexical(text)); diff != "" {
			r.Fatalf("%q differs from itself", text)
		}
	})
}

// Texts that share words, or forms of them, are nearer than those that do not.
func TestLexicalIsNear(t *testing.T) {
	for _, test := range []struct{ text, near, far string }{
		{"The invoice is due in thirty days", "Payment of this invoice is due within thirty days", "A fox jumps over the lazy dog"},
		{"cancellation of the contract", "The contract was cancelled", "weather in the mountains"},
		{"Die Rechnung ist fällig", "DIE RECHNUNG IST FÄLLIG!", "Der Hund schläft"},
		{"dog bites man", "dog bites man again", "man bites dog"},
		{"請求書の支払い", "請求書の支払い期限", "天気予報"},
	} {
		near, far := cosine(lexical(test.text), lexical(test.near)), cosine(lexical(test.text), lexical(test.far))
		if near <= far {
			t.Errorf("%q: %.2f to %q, %.2f to %q", test.text, near, test.near, far, test.far)
		}
	}
}

func TestCheck(t *testing.T) {
	o := New(nil, nil)
	got, err := o.Check(json.RawMessage(`{"texts":["a","b"],"password":"x"}`))
	if want := `{"texts":["a","b"],"chunk_length":512,"password":"x","method":"heuristic"}`; err != nil || string(got) != want {
		t.Errorf("%s %v", got, err)
	}
	if again, err := o.Check(got); err != nil || string(again) != string(got) {
		t.Errorf("checked again: %s %v", again, err)
	}
	for parameters, field := range map[string]string{
		`{"text":"a"}`: "parameters.text", `{"texts":"a"}`: "parameters.texts", `{"texts":["a",7]}`: "parameters.texts", `{"texts":["a"," \n"]}`: "parameters.texts[1]",
		`{"chunk_length":1}`: "parameters.chunk_length", `{"chunk_length":"512"}`: "parameters.chunk_length", `{"model":"m"}`: "parameters.model", `7`: "parameters",
		`{"texts":["` + strings.Repeat("a", maxTextBytes+1) + `"]}`: "parameters.texts[0]", `{"password":5}`: "parameters.password", `{"method":"model"}`: "parameters.method", `{"method":"magic"}`: "parameters.method",
	} {
		_, err := o.Check(json.RawMessage(parameters))
		if e, ok := errors.AsType[*job.Error](err); !ok || e.Code != job.InvalidRequest || e.Facts["field"] != field {
			t.Errorf("%.40s: %v", parameters, err)
		}
	}
	for parameters, takes := range map[string][2]bool{`{"texts":["a"]}`: {true, true}, `{"texts":[]}`: {false, true}, `{"texts":null}`: {false, true}, ``: {false, true}, `[`: {false, true}} {
		for n, want := range takes {
			if err := o.CheckDocuments(n, json.RawMessage(parameters)); (err == nil) != want {
				t.Errorf("%s with %d documents: %v", parameters, n, err)
			}
		}
	}
}

// run embeds texts and documents, read by a real child.
func run(t *testing.T, parameters string, documents ...[]byte) (*Operation, *optest.Work, op.Result, error) {
	t.Helper()
	o := New(optest.Pool(t), nil)
	w := workOn(t, o, parameters, documents...)
	r, err := o.Run(optest.Context(t), w.Task)
	return o, w, r, err
}

func workOn(t *testing.T, o *Operation, parameters string, documents ...[]byte) *optest.Work {
	t.Helper()
	checked, err := o.Check(json.RawMessage(parameters))
	if err != nil {
		t.Fatal(err)
	}
	w := optest.New(t, nil, checked)
	w.Task.Inputs = nil
	for n, d := range documents {
		name := fmt.Sprintf("%d.pdf", n)
		w.Task.Inputs = append(w.Task.Inputs, job.Input{Name: name, File: job.File{Name: name, Size: int64(len(d))}})
	}
	w.Task.Open = func(n int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(documents[n])), nil }
	return w
}

func TestRun(t *testing.T) {
	o, w, r, err := run(t, `{"texts":["First text.","Second one."],"chunk_length":16}`, testkit.LongPDF(3), []byte("%PDF-1.4 broken"), testkit.PDF("Only this."))
	if err != nil {
		t.Fatal(err)
	}
	text, err := w.Render(o, r, "/jobs", job.FormatJSON)
	var got struct {
		Embeddings, Errors, Dimensions int
		Model, Method                  string
		Files                          []fileView
		Vectors                        []Vector
	}
	if err != nil || json.Unmarshal([]byte(text), &got) != nil {
		t.Fatalf("%.300s %v", text, err)
	}
	if got.Embeddings != len(got.Vectors) || got.Errors != 1 || got.Model != Lexical || got.Dimensions != 1024 || got.Method != "heuristic" || len(got.Files) != 3 {
		t.Errorf("%d vectors of %+v", len(got.Vectors), got.Files)
	}
	if f := got.Files; f[0].Embeddings != len(got.Vectors)-3 || f[0].Embeddings < 3 || f[1].Details == nil || f[1].Status != job.Failed || f[2].Embeddings != 1 {
		t.Errorf("files %+v", f)
	}
	last := got.Vectors[len(got.Vectors)-1]
	if v := got.Vectors[1]; v.Source != "text" || v.Index != 1 || v.Text != "Second one." || math.Abs(cosine(v.Embedding, lexical("Second one."))-1) > 1e-5 {
		t.Errorf("text %+v", v)
	}
	if last.Source != "document" || last.FileName != "2.pdf" || last.Index != 0 || last.PageNumber != 1 || last.Text != "Only this." || last.ChunkID == "" || len(last.Embedding) != 1024 {
		t.Errorf("document %+v", last)
	}
	lines, err := w.Render(o, r, "", job.FormatLines)
	if err != nil || strings.Count(lines, "\n") != len(got.Vectors) || !strings.HasSuffix(lines, "}\n") {
		t.Errorf("%d lines %v", strings.Count(lines, "\n"), err)
	}
	if _, err := w.Render(o, r, "", job.FormatMarkdown); job.CodeOf(err) != job.InvalidRequest {
		t.Errorf("markdown: %v", err)
	}
}

func TestRunWithoutDocuments(t *testing.T) {
	o, w, r, err := run(t, `{"texts":["Alone."]}`)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := w.Render(o, r, "", job.FormatLines); err != nil || strings.Count(text, "\n") != 1 {
		t.Errorf("%s %v", text, err)
	}
	if p := w.Progress(); len(p) != 1 || p[0].Percentage != 99 {
		t.Errorf("progress %+v", p)
	}
}

// asked embeds by a model that answers as the test says.
func asked(t *testing.T, answer func(n int, q *testkit.Question) testkit.Reply, parameters string, documents ...[]byte) (*optest.Work, op.Result, error) {
	t.Helper()
	m := testkit.NewModel(t, answer)
	remote := model.New(model.Options{URL: m.URL, Name: "chat", Embedding: "vectors", Timeout: time.Minute, Retries: 2, Backoff: time.Millisecond, Budget: 100_000})
	t.Cleanup(remote.Close)
	o := New(optest.Pool(t), remote)
	w := workOn(t, o, parameters, documents...)
	r, err := o.Run(optest.Context(t), w.Task)
	return w, r, err
}

// vectorsFor answers with a vector for each text, last first, as servers may.
func vectorsFor(q *testkit.Question) testkit.Reply {
	texts, _ := q.Body["input"].([]any)
	var data []map[string]any
	for i := range texts {
		i = len(texts) - 1 - i
		data = append(data, map[string]any{"object": "embedding", "index": i, "embedding": []float64{float64(len(texts[i].(string))), 1, 0.5}})
	}
	b, err := json.Marshal(map[string]any{"object": "list", "model": "vectors", "data": data, "usage": map[string]int{"prompt_tokens": 7, "total_tokens": 7}})
	if err != nil {
		return testkit.Reply{Status: 500}
	}
	return testkit.Reply{Raw: string(b)}
}

// A model is asked for some texts at once, again when it fails, and named.
func TestModel(t *testing.T) {
	var texts []string
	for n := range 100 {
		texts = append(texts, strings.Repeat("x", n+1))
	}
	sent, err := json.Marshal(map[string]any{"texts": texts})
	if err != nil {
		t.Fatal(err)
	}
	var asks []int
	w, r, err := asked(t, func(n int, q *testkit.Question) testkit.Reply {
		if n == 0 {
			return testkit.Reply{Status: 503}
		}
		if q.Path != "/v1/embeddings" || q.Body["model"] != "vectors" {
			t.Errorf("asked at %s for %v", q.Path, q.Body["model"])
		}
		asks = append(asks, len(q.Body["input"].([]any)))
		return vectorsFor(q)
	}, string(sent), testkit.PDF("By a model."))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{64, 36, 1}, asks); diff != "" {
		t.Error(diff)
	}
	s, ok := r.Summary.(Summary)
	if !ok || r.Method != "model" || r.Model != "vectors" || r.Tokens == nil || r.Tokens.Input != 21 || s.Model != "vectors" || s.Dimensions != 3 || s.Embedded != 101 {
		t.Errorf("%+v %+v", r, r.Tokens)
	}
	b, _ := w.File(textsFile)
	for n, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		var v Vector
		if err := json.Unmarshal([]byte(line), &v); err != nil || v.Index != n || v.Embedding[0] != float32(n+1) {
			t.Fatalf("%d: %s %v", n, line, err)
		}
	}
}

func TestModelFails(t *testing.T) {
	for name, test := range map[string]struct {
		parameters string
		reply      testkit.Reply
		reason     string
	}{
		"refuses":   {`{"texts":["a"]}`, testkit.Reply{Status: 401}, "401"},
		"too few":   {`{"texts":["a","b"]}`, testkit.Reply{Raw: `{"data":[{"index":0,"embedding":[1]}]}`}, "1 vectors for 2 texts"},
		"twice":     {`{"texts":["a","b"]}`, testkit.Reply{Raw: `{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}`}, "do not fit"},
		"lengths":   {`{"texts":["a","b"]}`, testkit.Reply{Raw: `{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,2]}]}`}, "do not fit"},
		"huge":      {`{"texts":["a"]}`, testkit.Reply{Raw: `{"data":[{"index":0,"embedding":[1e300]}]}`}, "no number"},
		"over":      {`{"texts":["` + strings.Repeat("a b ", 20_000) + `","` + strings.Repeat("a b ", 20_000) + `","` + strings.Repeat("a b ", 24_000) + `","` + strings.Repeat("a b ", 24_000) + `","` + strings.Repeat("a b ", 24_000) + `"]}`, testkit.Reply{Status: 500}, "budget"},
		"heuristic": {`{"texts":["a"],"method":"heuristic"}`, testkit.Reply{Status: 500}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, r, err := asked(t, func(int, *testkit.Question) testkit.Reply { return test.reply }, test.parameters)
			if test.reason == "" {
				if err != nil || r.Method != "heuristic" {
					t.Errorf("%+v %v", r, err)
				}
				return
			}
			if f := job.FailureOf(err); err == nil || f.Code != job.ModelError || !strings.Contains(fmt.Sprint(f.Facts["reason"], f.Facts["http_status"]), test.reason) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestRunOfBadDocuments(t *testing.T) {
	if _, _, _, err := run(t, `{}`, nil, []byte("%PDF-1.4 broken")); job.CodeOf(err) != job.FileCorrupted {
		t.Errorf("%v", err)
	}
}
