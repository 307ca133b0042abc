package sdk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/client"
)

// step is one of the scenario's.
type step struct {
	Do      string          `json:"do"`
	With    json.RawMessage `json:"with,omitempty"`
	Save    string          `json:"save,omitempty"`
	Is      map[string]any  `json:"is,omitempty"`
	Has     string          `json:"has,omitempty"`
	Error   *refusal        `json:"error,omitempty"`
	AtLeast float64         `json:"at_least,omitempty"`
	Lost    bool            `json:"lost,omitempty"`
}

type refusal struct {
	Code       string `json:"code,omitempty"`
	Status     int    `json:"status,omitempty"`
	RetryAfter int    `json:"retry_after,omitempty"`
}

// given are the arguments of any step.
type given struct {
	ID             string         `json:"id"`
	IDs            []string       `json:"ids"`
	Format         string         `json:"format"`
	Operation      string         `json:"operation"`
	Files          []string       `json:"files"`
	URLs           []string       `json:"urls"`
	Parameters     map[string]any `json:"parameters"`
	Tags           []string       `json:"tags"`
	Metadata       map[string]any `json:"metadata"`
	IdempotencyKey string         `json:"idempotency_key"`
	Jobs           []given        `json:"jobs"`
	Delivery       string         `json:"delivery"`
}

type runner struct {
	*client.Client
	t         *testing.T
	url       string
	documents map[string]string
	saved     map[string]any
}

func runGo(t *testing.T, url, key string, sc scenario) {
	t.Helper()
	c, err := client.New(client.Options{URL: url, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	r := &runner{Client: c, t: t, url: url, documents: sc.Documents, saved: map[string]any{}}
	for n, s := range sc.Steps {
		if err := r.step(s); err != nil {
			t.Fatalf("step %d (%s): %v", n, s.Do, err)
		}
	}
	for _, w := range sc.Webhooks {
		header := http.Header{}
		for name, value := range w.Headers {
			header.Set(name, value)
		}
		if err := client.VerifyWebhook([]byte(w.Body), header, w.Secrets...); (err == nil) != w.Genuine {
			t.Errorf("webhook %s: %v", w.Name, err)
		}
	}
}

func (r *runner) step(s step) error {
	var raw any
	if len(s.With) > 0 {
		if err := json.Unmarshal(s.With, &raw); err != nil {
			return err
		}
	}
	with, err := json.Marshal(r.resolved(raw))
	if err != nil {
		return err
	}
	begun := time.Now()
	answer, failed := r.do(s.Do, with)
	took := time.Since(begun)
	if s.Lost {
		if failed == nil {
			return errors.New("it was sent again")
		}
		return nil
	}
	if err := s.Error.check(failed); err != nil {
		return err
	}
	var value any
	text := fmt.Sprint(failed)
	if failed == nil {
		data, err := plainJSON(answer)
		if err != nil {
			return err
		}
		if text = string(data); json.Unmarshal(data, &value) != nil {
			value = text
		}
	}
	if !strings.Contains(text, s.Has) {
		return fmt.Errorf("%s has no %q", text, s.Has)
	}
	for path, want := range s.Is {
		if diff := cmp.Diff(r.resolved(want), member(value, path)); diff != "" {
			return fmt.Errorf("%s: %s", path, diff)
		}
	}
	if took.Seconds() < s.AtLeast {
		return fmt.Errorf("took %v", took)
	}
	if s.Save != "" {
		r.saved[s.Save] = value
	}
	return nil
}

// plainJSON leaves texts as they are, also those with signs of HTML.
func plainJSON(v any) ([]byte, error) {
	if text, ok := v.(string); ok {
		return []byte(text), nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

func (want *refusal) check(err error) error {
	if want == nil || err == nil {
		if want != nil {
			return errors.New("it was not refused")
		}
		return err
	}
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		return err
	}
	if want.Code != "" && e.Code != want.Code || want.Status != e.Status && want.Status != 0 || want.RetryAfter != 0 && e.RetryAfter != time.Duration(want.RetryAfter)*time.Second {
		return fmt.Errorf("%w: %+v is not %+v", e, *e, *want)
	}
	return nil
}

func (r *runner) do(verb string, with []byte) (any, error) {
	var g given
	if err := json.Unmarshal(with, &g); err != nil {
		return nil, err
	}
	ctx := r.t.Context()
	switch verb {
	case "submit":
		return r.Submit(ctx, r.request(g))
	case "submit_batch":
		requests := make([]client.Request, len(g.Jobs))
		for i, one := range g.Jobs {
			requests[i] = r.request(one)
		}
		return r.SubmitBatch(ctx, requests, "")
	case "job":
		return r.Job(ctx, g.ID)
	case "wait":
		return r.Wait(ctx, g.ID)
	case "wait_batch":
		return r.WaitBatch(ctx, g.ID)
	case "watch":
		return r.watched(g.ID)
	case "statuses":
		return r.Statuses(ctx, g.IDs...)
	case "history":
		return r.History(ctx, g.ID)
	case "cancel":
		return r.Cancel(ctx, g.ID)
	case "rerun":
		return r.Rerun(ctx, g.ID)
	case "delete":
		return nil, r.Delete(ctx, g.ID)
	case "jobs":
		return r.listed(client.Filter{Tags: g.Tags})
	case "result":
		var result any
		err := r.Result(ctx, g.ID, &result)
		return result, err
	case "result_as":
		return r.text(g.ID, g.Format)
	case "fault":
		return nil, r.trouble(with)
	}
	return r.setUp(verb, g, with)
}

// setUp does what concerns webhooks and keys.
func (r *runner) setUp(verb string, g given, with []byte) (any, error) {
	ctx := r.t.Context()
	switch verb {
	case "create_webhook":
		var request client.WebhookRequest
		if err := json.Unmarshal(with, &request); err != nil {
			return nil, err
		}
		return r.CreateWebhook(ctx, request)
	case "webhooks":
		return r.Webhooks(ctx)
	case "delete_webhook":
		return nil, r.DeleteWebhook(ctx, g.ID)
	case "enable_webhook":
		return r.EnableWebhook(ctx, g.ID)
	case "test_webhook":
		return r.TestWebhook(ctx, g.ID)
	case "deliveries":
		return r.Deliveries(ctx, g.ID, 20)
	case "replay":
		return nil, r.Replay(ctx, g.ID, g.Delivery)
	case "create_key":
		var request client.KeyRequest
		if err := json.Unmarshal(with, &request); err != nil {
			return nil, err
		}
		return r.CreateKey(ctx, request)
	case "keys":
		return r.Keys(ctx)
	case "rotate_key":
		return r.RotateKey(ctx, g.ID, 0)
	case "revoke_key":
		return r.RevokeKey(ctx, g.ID)
	}
	return nil, fmt.Errorf("no verb %q", verb)
}

func (r *runner) request(g given) client.Request {
	q := client.Request{Operation: g.Operation, URLs: g.URLs, Tags: g.Tags, IdempotencyKey: g.IdempotencyKey}
	if g.Parameters != nil {
		q.Parameters = g.Parameters
	}
	if g.Metadata != nil {
		q.Metadata = g.Metadata
	}
	for _, name := range g.Files {
		q.Files = append(q.Files, client.Bytes(name, []byte(r.documents[name])))
	}
	return q
}

func (r *runner) watched(id string) (any, error) {
	var last client.Update
	count, rising := 0, true
	for u, err := range r.Watch(r.t.Context(), id) {
		if err != nil {
			return nil, err
		}
		rising = rising && (count == 0 || u.Version > last.Version)
		last, count = u, count+1
	}
	return map[string]any{"count": count, "last": last, "rising": rising}, nil
}

func (r *runner) listed(f client.Filter) (any, error) {
	var first *client.ListItem
	count := 0
	for item, err := range r.Jobs(r.t.Context(), f) {
		if err != nil {
			return nil, err
		}
		if count++; count == 1 {
			first = &item
		}
	}
	return map[string]any{"count": count, "first": first}, nil
}

func (r *runner) text(id, format string) (any, error) {
	body, err := r.ResultAs(r.t.Context(), id, format)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	return string(data), err
}

func (r *runner) trouble(what []byte) error {
	q, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+"/-/fault", bytes.NewReader(what))
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// resolved puts what was saved in the place of its name.
func (r *runner) resolved(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, one := range v {
			v[name] = r.resolved(one)
		}
	case []any:
		for i, one := range v {
			v[i] = r.resolved(one)
		}
	case string:
		if name, path, ok := strings.Cut(strings.TrimPrefix(v, "$"), "."); ok && strings.HasPrefix(v, "$") {
			return member(r.saved[name], path)
		}
	}
	return v
}

func member(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		switch of := v.(type) {
		case map[string]any:
			v = of[name]
		case []any:
			if i, err := strconv.Atoi(name); err == nil && i < len(of) {
				v = of[i]
			}
		}
	}
	return v
}
