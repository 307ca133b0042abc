package model

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/testkit"
)

const secret = "sk-very-secret"

func question() Request {
	return Request{Name: "test", System: "rules", Turns: []Turn{{Text: "what is it?"}}, Schema: json.RawMessage(`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}`)}
}

func client(t *testing.T, m *testkit.Model, change func(*Options)) *Remote {
	t.Helper()
	o := Options{URL: m.URL, Key: secret, Name: "m1", Timeout: time.Minute, Retries: 2, Context: 8000, Backoff: time.Millisecond}
	if change != nil {
		change(&o)
	}
	r := New(o)
	t.Cleanup(r.Close)
	return r
}

func status(code int, body string) testkit.Reply { return testkit.Reply{Status: code, Raw: body} }

func good() testkit.Reply { return testkit.Reply{Content: `{"a":"b"}`, Input: 10, Output: 5} }

// Every way in which a server may answer is an answer or a failure with its
// reason. // contract J17
func TestComplete(t *testing.T) {
	soon := func(code int) testkit.Reply {
		return testkit.Reply{Status: code, Header: http.Header{"Retry-After": {"0"}}, Raw: `{"error":{"message":"slow down"}}`}
	}
	cut := testkit.Reply{Raw: `{"id":"1","choices":[{"message":{"content":"{\"a`}
	tests := map[string]struct {
		replies []testkit.Reply // the last one goes for the rest
		code    job.Code        // empty: it is answered
		reason  string
		asked   int
	}{
		"answer":               {[]testkit.Reply{good()}, "", "", 1},
		"429, then 200":        {[]testkit.Reply{soon(429), good()}, "", "", 2},
		"500 twice, then 200":  {[]testkit.Reply{status(500, "oops"), status(503, ""), good()}, "", "", 3},
		"429 for ever":         {[]testkit.Reply{soon(429)}, job.ModelError, "too much to do, HTTP 429", 3},
		"429 until tomorrow":   {[]testkit.Reply{{Status: 429, Header: http.Header{"Retry-After": {"86400"}}}}, job.ModelError, "HTTP 429", 1},
		"500 for ever":         {[]testkit.Reply{status(500, `{"error":"out of memory"}`)}, job.ModelError, "failed, HTTP 500", 3},
		"504 for ever":         {[]testkit.Reply{status(504, "")}, job.ModelTimeout, "HTTP 504", 3},
		"wrong key":            {[]testkit.Reply{status(401, `{"error":{"message":"Incorrect API key provided: `+secret+`"}}`)}, job.ModelError, "refuses access, HTTP 401", 1},
		"no such model":        {[]testkit.Reply{status(404, `{"error":{"message":"model not found"}}`)}, job.ModelError, "knows neither", 1},
		"redirect":             {[]testkit.Reply{{Status: 307, Header: http.Header{"Location": {"http://127.0.0.1:1/"}}}}, job.ModelError, "redirects", 1},
		"too long":             {[]testkit.Reply{status(400, `{"error":{"message":"maximum context length is 4096 tokens"}}`)}, job.ModelError, "cannot read so much", 1},
		"cut-off, then whole":  {[]testkit.Reply{cut, good()}, "", "", 2},
		"cut-off for ever":     {[]testkit.Reply{cut}, job.ModelError, "not that of a chat completions API", 3},
		"a page":               {[]testkit.Reply{{Raw: "<html>sign in</html>"}}, job.ModelError, "not that of a chat completions API", 3},
		"another object":       {[]testkit.Reply{{Raw: `{"hello":"world"}`}}, job.ModelError, "empty", 1},
		"wrong types":          {[]testkit.Reply{{Raw: `{"choices":{"message":5}}`}}, job.ModelError, "empty", 1},
		"an array":             {[]testkit.Reply{{Raw: `[1,2]`}}, job.ModelError, "not that of a chat completions API", 3},
		"huge":                 {[]testkit.Reply{{Raw: `"` + strings.Repeat("x", maxAnswer) + `"`}}, job.ModelError, "longer than 8 MiB", 1},
		"huge error":           {[]testkit.Reply{status(401, strings.Repeat("x", maxAnswer+5))}, job.ModelError, "HTTP 401", 1},
		"refusal":              {[]testkit.Reply{{Refusal: "I can't"}}, job.ModelError, "refuses to answer", 1},
		"content filter":       {[]testkit.Reply{{Content: `{"a"`, Finish: "content_filter"}}, job.ModelError, "content filter", 1},
		"tool call":            {[]testkit.Reply{{Content: "", Finish: "tool_calls"}}, job.ModelError, "empty", 1},
		"no structured output": {[]testkit.Reply{status(400, "?"), status(400, "?"), good()}, "", "", 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := testkit.NewModel(t, func(n int, _ *testkit.Question) testkit.Reply { return test.replies[min(n, len(test.replies)-1)] })
			var spent job.Tokens
			a, err := client(t, m, nil).Begin(&spent).Complete(t.Context(), question())
			if got := len(m.Asked()); got != test.asked {
				t.Errorf("asked %d times, want %d", got, test.asked)
			}
			if test.code == "" {
				if err != nil || a.Text != `{"a":"b"}` || spent != (job.Tokens{Input: 10, Output: 5}) {
					t.Errorf("%+v, %v, %+v", a, err, spent)
				}
				return
			}
			e, ok := errors.AsType[*job.Error](err)
			if !ok || e.Code != test.code || e.Facts["model"] != "m1" || !strings.Contains(e.Facts["reason"].(string), test.reason) {
				t.Fatalf("%v", err)
			}
			if told := err.Error() + job.FailureOf(err).Message(); strings.Contains(told, secret) || strings.Contains(told, m.URL) {
				t.Errorf("it tells a secret: %s", told)
			}
		})
	}
}

// What a server understands is found out once. // contract J18
func TestDialect(t *testing.T) {
	refuse := func(says string) testkit.Reply {
		return status(400, `{"error":{"message":"`+says+`"}}`)
	}
	tests := map[string]struct {
		answer func(q *testkit.Question) testkit.Reply
		asked  int // for the first question
		check  func(q *testkit.Question) bool
	}{
		"all": {func(*testkit.Question) testkit.Reply { return good() }, 1, func(q *testkit.Question) bool {
			return q.Format() == "json_schema" && q.Body["logprobs"] == true && q.Body["temperature"] == 0.0 && q.Body["max_tokens"] == 2000.0 && !strings.Contains(q.System, "JSON Schema")
		}},
		"object alone": {func(q *testkit.Question) testkit.Reply {
			if q.Format() == "json_schema" {
				return refuse("unknown response_format")
			}
			return good()
		}, 2, func(q *testkit.Question) bool {
			return q.Format() == "json_object" && strings.Contains(q.System, `"additionalProperties":false`) && q.Body["logprobs"] == true
		}},
		"text alone": {func(q *testkit.Question) testkit.Reply {
			if q.Format() != "" {
				return refuse("response_format is not supported")
			}
			return testkit.Reply{Content: "Here it is:\n```json\n{\"a\":\"b\"}\n```\nAnything else?", Input: 1}
		}, 3, func(q *testkit.Question) bool { return strings.Contains(q.System, `"additionalProperties":false`) }},
		"thinks aloud": {func(*testkit.Question) testkit.Reply {
			return testkit.Reply{Content: `<think>maybe {"a":"c"}?</think>{"a":"b"}`, Input: 1}
		}, 1, func(*testkit.Question) bool { return true }},
		"a model that reasons": {func(q *testkit.Question) testkit.Reply {
			switch {
			case q.Body["logprobs"] != nil:
				return refuse("logprobs are not supported with this model")
			case q.Body["temperature"] != nil:
				return refuse("Unsupported value: temperature does not support 0")
			case q.Body["max_tokens"] != nil:
				return refuse("Unsupported parameter: max_tokens. Use max_completion_tokens instead.")
			}
			return good()
		}, 4, func(q *testkit.Question) bool {
			return q.Format() == "json_schema" && q.Body["max_completion_tokens"] == 2000.0
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := testkit.NewModel(t, func(_ int, q *testkit.Question) testkit.Reply { return test.answer(q) })
			s := client(t, m, nil).Begin(&job.Tokens{})
			for range 3 {
				if a, err := s.Complete(t.Context(), question()); err != nil || a.Text != `{"a":"b"}` {
					t.Fatalf("%+v, %v", a, err)
				}
			}
			asked := m.Asked()
			if len(asked) != test.asked+2 {
				t.Errorf("asked %d times, want %d", len(asked), test.asked+2)
			}
			for _, q := range asked {
				if q.Header.Get("Authorization") != "Bearer "+secret || q.Path != "/v1/chat/completions" || q.Body["model"] != "m1" {
					t.Errorf("sent %v to %s", q.Header, q.Path)
				}
			}
			if q := asked[len(asked)-1]; !test.check(&q) {
				t.Errorf("it ends up with %v", q.Body)
			}
		})
	}
}

// One request that a server refuses does not make it ask less of all others.
func TestDialectIsKept(t *testing.T) {
	m := testkit.NewModel(t, func(n int, _ *testkit.Question) testkit.Reply {
		if n == 1 {
			return status(400, "this schema is odd")
		}
		return good()
	})
	s := client(t, m, nil).Begin(&job.Tokens{})
	for range 3 {
		if _, err := s.Complete(t.Context(), question()); err != nil {
			t.Fatal(err)
		}
	}
	var formats []string
	for _, q := range m.Asked() {
		formats = append(formats, q.Format())
	}
	if diff := cmp.Diff([]string{"json_schema", "json_schema", "json_object", "json_schema"}, formats); diff != "" {
		t.Error(diff)
	}
}

func TestAddressWithoutPath(t *testing.T) {
	m := testkit.NewModel(t, func(_ int, q *testkit.Question) testkit.Reply {
		if !strings.HasPrefix(q.Path, "/v1/") {
			return status(404, "not here")
		}
		return good()
	})
	r := client(t, m, func(o *Options) { o.URL = strings.TrimSuffix(m.URL, "/v1") })
	for range 2 {
		if _, err := r.Begin(&job.Tokens{}).Complete(t.Context(), question()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(m.Asked()); n != 3 {
		t.Errorf("asked %d times", n)
	}
}

// Pictures go along as data, and a model that cannot see says so once.
func TestPictures(t *testing.T) {
	for name, test := range map[string]struct {
		reply testkit.Reply
		blind bool
	}{
		"seen":  {good(), false},
		"vllm":  {status(400, `{"message":"m1 is not a multimodal model"}`), true},
		"llama": {status(500, `{"error":{"message":"image input is not supported - hint: provide the mmproj"}}`), true},
		"other": {status(422, `{"detail":[{"msg":"unknown variant image_url, expected text"}]}`), true},
	} {
		m := testkit.NewModel(t, func(int, *testkit.Question) testkit.Reply { return test.reply })
		q := question()
		q.Turns[0].Pictures = [][]byte{[]byte("\x89PNG")}
		_, err := client(t, m, nil).Begin(&job.Tokens{}).Complete(t.Context(), q)
		if errors.Is(err, ErrNoPictures) != test.blind || (err != nil) != test.blind || len(m.Asked()) != 1 {
			t.Errorf("%s: %v after %d", name, err, len(m.Asked()))
		}
		if asked := m.Asked()[0]; asked.User[0] != "what is it?" || len(asked.Pictures) != 1 || asked.Pictures[0] != "data:image/png;base64,iVBORw==" {
			t.Errorf("%s: asked %q %q", name, asked.User, asked.Pictures)
		}
	}
}

func TestTimeout(t *testing.T) {
	m := testkit.NewModel(t, func(int, *testkit.Question) testkit.Reply { return testkit.Reply{Hang: true} })
	r := client(t, m, func(o *Options) { o.Timeout = 50 * time.Millisecond })
	_, err := r.Begin(&job.Tokens{}).Complete(t.Context(), question())
	if job.CodeOf(err) != job.ModelTimeout || len(m.Asked()) != 3 {
		t.Errorf("%v after %d", err, len(m.Asked()))
	}
	if says := job.FailureOf(err).Message(); !strings.Contains(says, "3 times, 50ms each") || !strings.Contains(says, "heuristic") {
		t.Error(says)
	}
}

// A cancelled job waits neither for an answer nor for the next try.
func TestCancel(t *testing.T) {
	for name, reply := range map[string]testkit.Reply{
		"answer": {Hang: true}, "pause": {Status: 429, Header: http.Header{"Retry-After": {"100"}}},
	} {
		stop := errors.New("the job was cancelled")
		ctx, cancel := context.WithCancelCause(t.Context())
		m := testkit.NewModel(t, func(int, *testkit.Question) testkit.Reply {
			time.AfterFunc(20*time.Millisecond, func() { cancel(stop) })
			return reply
		})
		if _, err := client(t, m, nil).Begin(&job.Tokens{}).Complete(ctx, question()); !errors.Is(err, stop) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnreachable(t *testing.T) {
	r := New(Options{URL: "http://127.0.0.1:1/v1", Name: "m1", Timeout: time.Minute, Retries: 1, Context: 8000, Backoff: time.Millisecond})
	defer r.Close()
	_, err := r.Begin(&job.Tokens{}).Complete(t.Context(), question())
	if says := job.FailureOf(err).Message(); job.CodeOf(err) != job.ModelError || !strings.Contains(says, "cannot be reached: connection refused") {
		t.Errorf("%v: %s", err, says)
	}
}

func TestBudget(t *testing.T) {
	m := testkit.NewModel(t, func(int, *testkit.Question) testkit.Reply {
		return testkit.Reply{Content: `{"a":"b"}`, Input: 90, Output: 30}
	})
	spent := job.Tokens{Input: 20}
	s := client(t, m, func(o *Options) { o.Budget = 160 }).Begin(&spent)
	if _, err := s.Complete(t.Context(), question()); err != nil || spent.Total() != 140 {
		t.Fatalf("%v, %+v", err, spent)
	}
	_, err := s.Complete(t.Context(), question())
	f := job.FailureOf(err)
	if f.Code != job.ModelError || f.Facts["limit"] != "tokens" || f.Facts["max"] != 160 || f.Facts["used"] != 140 || len(m.Asked()) != 1 || !strings.Contains(f.Message(), "--model-budget") {
		t.Errorf("%+v: %s", f, f.Message())
	}
}

func TestLogProb(t *testing.T) {
	m := testkit.NewModel(t, func(int, *testkit.Question) testkit.Reply {
		return testkit.Reply{Content: "ok: {\"ä\":12}", LogProbs: []float64{-9, -9, -9, -9, -1, -1, -2, -1, -1, -3, -5, -1}}
	})
	a, err := client(t, m, nil).Begin(&job.Tokens{}).Complete(t.Context(), question())
	if err != nil {
		t.Fatal(err)
	}
	from := strings.Index(a.Text, "12")
	if got, ok := a.LogProb(from, from+2); !ok || got != -4 {
		t.Errorf("%s: %g, %t", a.Text, got, ok)
	}
	if got, ok := a.LogProb(0, 1); !ok || got != -1 {
		t.Errorf("%g, %t", got, ok)
	}
	if got, ok := a.LogProb(50, 60); ok {
		t.Errorf("beyond the end: %g", got)
	}
}

// What others leave in the environment is not for this server.
func TestEnvironment(t *testing.T) {
	other := testkit.NewModel(t, func(int, *testkit.Question) testkit.Reply { return good() })
	m := testkit.NewModel(t, func(int, *testkit.Question) testkit.Reply { return good() })
	for name, value := range map[string]string{"OPENAI_BASE_URL": other.URL, "OPENAI_API_KEY": "sk-other", "OPENAI_ORG_ID": "org", "OPENAI_PROJECT_ID": "project"} {
		t.Setenv(name, value)
	}
	if _, err := client(t, m, func(o *Options) { o.Key = "" }).Begin(&job.Tokens{}).Complete(t.Context(), question()); err != nil {
		t.Fatal(err)
	}
	if len(other.Asked()) != 0 || len(m.Asked()) != 1 {
		t.Errorf("asked %d and %d times", len(other.Asked()), len(m.Asked()))
	}
	for name, values := range m.Asked()[0].Header {
		if all := strings.Join(values, " "); strings.Contains(all, "sk-other") || strings.Contains(all, "org") || strings.Contains(all, "project") {
			t.Errorf("sent %s: %s", name, all)
		}
	}
}
