package model

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"docket/internal/job"
)

const (
	maxPause      = 2 * time.Minute // that a server may ask for between two tries
	maxBackoff    = 20 * time.Second
	usualBackoff  = 500 * time.Millisecond // doubled with every try
	maxAnswer     = 8 << 20                // bytes of a response
	connecting    = 10 * time.Second
	minOutput     = 1024 // tokens of an answer
	maxOutput     = 16384
	maxIdle       = 16
	outputOfSight = 4 // what a model can read at once, over what it may answer
)

var errSlow = errors.New("the model server did not answer in time")

// Options say which model is asked, and how.
type Options struct {
	URL       string        // of the API, such as http://127.0.0.1:11434/v1
	Key       string        // sent as a bearer token; none when empty
	Name      string        // of the model
	Embedding string        // name of the model that makes vectors; empty: none
	Timeout   time.Duration // of one request
	Retries   int           // after the first try
	Budget    int           // tokens of one job; 0 for no limit
	Context   int           // tokens that the model can read at once
	Backoff   time.Duration // before the second try; 0 for the usual
}

// Remote is a model on a server. It is safe for concurrent use.
type Remote struct {
	options    Options
	chat       openai.ChatCompletionService
	embeddings openai.EmbeddingService
	transport  *http.Transport

	bare bool // the address has no path

	mu      sync.Mutex
	dialect dialect
	proven  bool // the server has answered in that dialect
}

// New makes the client. It connects to nothing but the server of that address,
// through the proxy of the environment if there is one, and takes neither
// address nor key from the environment.
func New(o Options) *Remote {
	if o.Backoff == 0 {
		o.Backoff = usualBackoff
	}
	r := &Remote{options: o, bare: isBare(o.URL), dialect: dialect{logProbs: true, temperature: true}, transport: &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSHandshakeTimeout: connecting,
		MaxIdleConnsPerHost: maxIdle,
		IdleConnTimeout:     time.Minute,
		ForceAttemptHTTP2:   true,
	}}
	options := []option.RequestOption{
		option.WithBaseURL(o.URL), option.WithMaxRetries(0), option.WithMiddleware(r.receive),
		option.WithHTTPClient(&http.Client{
			Transport: r.transport,
			// The key is for that server alone.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}),
		option.WithHeader("User-Agent", "Docket"),
	}
	if o.Key != "" {
		options = append(options, option.WithAPIKey(o.Key))
	}
	r.chat = openai.NewChatCompletionService(options...)
	r.embeddings = openai.NewEmbeddingService(options...)
	return r
}

func isBare(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.Trim(u.Path, "/") == ""
}

// Close closes the connections that no request uses.
func (r *Remote) Close() { r.transport.CloseIdleConnections() }

// Name is the model's.
func (r *Remote) Name() string { return r.options.Name }

// ask puts the question in words that the server understands. Which those are
// is found out with the first question.
func (r *Remote) ask(ctx context.Context, q *Request) (Answer, job.Tokens, error) {
	d := r.speaks()
	var first error
	for {
		completion, err := r.send(ctx, r.parameters(q, d), r.place(d)...)
		if err == nil {
			r.learn(d)
			return r.read(completion)
		}
		if first == nil {
			first = err
		}
		f, ok := errors.AsType[*fault](err)
		if !ok {
			return Answer{}, job.Tokens{}, first
		}
		if d, ok = r.simpler(d, f); !ok {
			return Answer{}, job.Tokens{}, first
		}
	}
}

// place is where the API is, when it is not where the address says.
func (r *Remote) place(d dialect) []option.RequestOption {
	if !d.under {
		return nil
	}
	return []option.RequestOption{option.WithBaseURL(strings.TrimRight(r.options.URL, "/") + "/v1")}
}

// send asks for a completion.
func (r *Remote) send(ctx context.Context, p openai.ChatCompletionNewParams, place ...option.RequestOption) (*openai.ChatCompletion, error) {
	return retried(ctx, r, r.options.Name, func(ctx context.Context) (*openai.ChatCompletion, error) {
		return r.chat.New(ctx, p, place...)
	})
}

// retried tries until there is an answer of the model, the tries are spent, or
// nothing is to be hoped for.
func retried[T any](ctx context.Context, r *Remote, model string, ask func(context.Context) (T, error)) (none T, err error) {
	for try := 1; ; try++ {
		answer, err := once(ctx, r.options.Timeout, ask)
		if err == nil {
			return answer, nil
		}
		if ctx.Err() != nil {
			return none, context.Cause(ctx)
		}
		f := transferFault(ctx, err)
		if !f.again || try > r.options.Retries || f.after > maxPause {
			return none, f.failure(model, try, r.options.Timeout)
		}
		pause := f.after
		if pause < 0 {
			pause = min(r.options.Backoff<<(try-1), maxBackoff)
		}
		// A little more, so that those who were refused do not come back at once.
		pause += rand.N(max(pause/4, time.Millisecond)) //nolint:gosec // no secret
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return none, context.Cause(ctx)
		}
	}
}

func once[T any](ctx context.Context, timeout time.Duration, ask func(context.Context) (T, error)) (none T, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, errSlow)
	defer cancel()
	answer, err := ask(ctx)
	if err != nil {
		return none, transferFault(ctx, err)
	}
	return answer, nil
}

// read takes the answer out of a completion.
func (r *Remote) read(c *openai.ChatCompletion) (Answer, job.Tokens, error) {
	used := job.Tokens{Input: max(int(c.Usage.PromptTokens), 0), Output: max(int(c.Usage.CompletionTokens), 0)}
	if len(c.Choices) == 0 {
		return r.nothing(used, "its answer is empty")
	}
	choice := &c.Choices[0]
	switch {
	case choice.Message.Refusal != "":
		return r.nothing(used, "the model refuses to answer")
	case choice.FinishReason == "content_filter":
		return r.nothing(used, "the model server's content filter stopped the answer")
	case strings.TrimSpace(choice.Message.Content) == "" && choice.FinishReason != "length":
		return r.nothing(used, "its answer is empty")
	}
	var tokens []token
	for i := range choice.Logprobs.Content {
		tokens = append(tokens, newToken(&choice.Logprobs.Content[i]))
	}
	return newAnswer(choice.Message.Content, tokens, choice.FinishReason == "length"), used, nil
}

func (r *Remote) nothing(used job.Tokens, reason string) (Answer, job.Tokens, error) {
	return Answer{}, used, unusable(reason).failure(r.options.Name, 1, r.options.Timeout)
}

func newToken(t *openai.ChatCompletionTokenLogprob) token {
	text := t.Token
	if len(t.Bytes) > 0 { // a letter may be of several tokens
		b := make([]byte, len(t.Bytes))
		for i, v := range t.Bytes {
			b[i] = byte(v)
		}
		text = string(b)
	}
	return token{text, t.Logprob}
}
