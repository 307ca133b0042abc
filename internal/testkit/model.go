package testkit

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Question is what a model was asked.
type Question struct {
	Header http.Header
	Path   string
	Body   map[string]any // as sent
	System string
	User   []string // its messages, in order

	Pictures []string // their addresses
}

// Format is how the question asks for the form of the answer: json_schema,
// json_object, or nothing.
func (q *Question) Format() string {
	f, _ := q.Body["response_format"].(map[string]any)
	word, _ := f["type"].(string)
	return word
}

// Line is the number of the first line of the document in the question that
// holds the text, 0 if none does.
func (q *Question) Line(text string) int {
	if len(q.User) == 0 {
		return 0
	}
	for line := range strings.SplitSeq(q.User[0], "\n") {
		number, rest, ok := strings.Cut(line, "| ")
		if n, err := strconv.Atoi(number); ok && err == nil && strings.Contains(rest, text) {
			return n
		}
	}
	return 0
}

// Reply is what a model answers.
type Reply struct {
	Content  string
	Finish   string    // default "stop"
	Refusal  string    // of the model
	LogProbs []float64 // of each letter of Content; the last one goes for the rest
	Input    int       // tokens
	Output   int

	Status int         // of an answer that is another; Raw is its body
	Header http.Header // besides the usual
	Raw    string
	Hang   bool // no answer before the client has gone
}

// Model is a real HTTP server that speaks the chat completions API. What it
// answers is the test's to say.
type Model struct {
	URL string // of the API

	mu    sync.Mutex
	asked []Question
}

// NewModel starts a server for the time of the test; answer is called for the
// nth question, from 0.
func NewModel(t testing.TB, answer func(n int, q *Question) Reply) *Model {
	t.Helper()
	m := &Model{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, q := m.take(r)
		reply := answer(n, q)
		if reply.Hang {
			<-r.Context().Done()
			return
		}
		for name, values := range reply.Header {
			w.Header()[name] = values
		}
		if reply.Status != 0 || reply.Raw != "" {
			w.WriteHeader(max(reply.Status, http.StatusOK))
			_, _ = io.WriteString(w, reply.Raw) // the client may have gone
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(reply.completion())
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	m.URL = server.URL + "/v1"
	return m
}

func (m *Model) take(r *http.Request) (int, *Question) {
	q := Question{Header: r.Header, Path: r.URL.Path}
	b, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(b, &q.Body)
	}
	if err != nil {
		q.Body = map[string]any{"error": err.Error()}
	}
	messages, _ := q.Body["messages"].([]any)
	for _, one := range messages {
		message, _ := one.(map[string]any)
		text, _ := message["content"].(string)
		parts, _ := message["content"].([]any)
		for _, one := range parts {
			part, _ := one.(map[string]any)
			if words, ok := part["text"].(string); ok {
				text += words
			}
			if picture, ok := part["image_url"].(map[string]any); ok {
				address, _ := picture["url"].(string)
				q.Pictures = append(q.Pictures, address)
			}
		}
		switch message["role"] {
		case "system":
			q.System = text
		case "user":
			q.User = append(q.User, text)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, q)
	return len(m.asked) - 1, &q
}

// Asked is every question so far.
func (m *Model) Asked() []Question {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Question(nil), m.asked...)
}

func (r *Reply) completion() map[string]any {
	message := map[string]any{"role": "assistant", "content": r.Content}
	if r.Refusal != "" {
		message["refusal"], message["content"] = r.Refusal, nil
	}
	finish := r.Finish
	if finish == "" {
		finish = "stop"
	}
	choice := map[string]any{"index": 0, "message": message, "finish_reason": finish}
	if len(r.LogProbs) > 0 {
		var tokens []map[string]any
		for i, letter := range strings.Split(r.Content, "") {
			tokens = append(tokens, map[string]any{"token": letter, "bytes": nil, "logprob": r.LogProbs[min(i, len(r.LogProbs)-1)], "top_logprobs": []any{}})
		}
		choice["logprobs"] = map[string]any{"content": tokens}
	}
	return map[string]any{
		"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": "test", "choices": []any{choice},
		"usage": map[string]any{"prompt_tokens": r.Input, "completion_tokens": r.Output, "total_tokens": r.Input + r.Output},
	}
}
