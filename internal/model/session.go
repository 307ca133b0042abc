package model

import (
	"context"
	"encoding/json"

	"docket/internal/job"
)

// Request is one question to a model.
type Request struct {
	Name   string          // of the schema: letters, digits, _ and -
	System string          // the rules
	Turns  []Turn          // what was said so far, the user's first and last
	Schema json.RawMessage // that the answer has to fit
}

// Turn is one message of a conversation.
type Turn struct {
	FromModel bool
	Text      string
	Pictures  [][]byte // PNG files, of the user
}

// Sizes of texts in tokens, for as long as no model has counted them.
const (
	bytesPerToken    = 4
	tokensPerPicture = 1000
)

// size guesses the tokens of a request.
func (r *Request) size() int {
	n := len(r.System) + len(r.Schema)
	for i := range r.Turns {
		n += len(r.Turns[i].Text) + len(r.Turns[i].Pictures)*tokensPerPicture*bytesPerToken
	}
	return n / bytesPerToken
}

// Session counts what one job asks.
type Session struct {
	remote *Remote
	spent  *job.Tokens
	used   job.Tokens
}

// Begin starts a session. What it uses is added to spent, and together with
// what is there already held against the budget.
func (r *Remote) Begin(spent *job.Tokens) *Session {
	return &Session{remote: r, spent: spent}
}

// Used is what this session has asked for.
func (s *Session) Used() job.Tokens { return s.used }

// Model is the name of the model.
func (s *Session) Model() string { return s.remote.options.Name }

// Window is how many bytes of a document to show the model at once.
func (s *Session) Window() int { return s.remote.options.Context / 2 * bytesPerToken }

// Fits says whether a document of so many bytes can be within the budget; the
// error is that of Complete.
func (s *Session) Fits(size int) error {
	budget := s.remote.options.Budget
	if budget == 0 || s.spent.Total()+size/bytesPerToken <= budget {
		return nil
	}
	return &job.Error{Code: job.ModelError, Facts: job.Facts{
		"limit": "tokens", "max": budget, "used": s.spent.Total(), "model": s.remote.options.Name,
		"reason": "the token budget of the job is spent",
	}}
}

// Unusable is the failure of a job whose model answers what cannot be used,
// also when it is asked again; reason says in a few words why.
func (s *Session) Unusable(reason string, cause error) error {
	f := unusable(reason)
	f.err = cause
	return f.failure(s.remote.options.Name, 1, s.remote.options.Timeout)
}

// Complete asks the model. Errors are of code ModelTimeout or ModelError with
// the facts "reason", "model" and, where they are known, "http_status",
// "tries" and "remedy"; of ModelError with "limit", "max" and "used" when the
// budget does not allow the question. One that is too long for the model wraps
// ErrTooLong; one with pictures for a model that cannot see wraps ErrNoPictures.
// When ctx ends, its cause is returned at
// once.
func (s *Session) Complete(ctx context.Context, r Request) (Answer, error) {
	guess := r.size()
	if err := s.Fits(guess * bytesPerToken); err != nil {
		return Answer{}, err
	}
	ctx, span := s.remote.span(ctx, "chat", s.remote.options.Name)
	a, used, err := s.remote.ask(ctx, &r)
	asked(span, used, err)
	if err == nil && used.Total() == 0 {
		used = job.Tokens{Input: guess, Output: len(a.Text) / bytesPerToken}
	}
	s.spent.Add(used)
	s.used.Add(used)
	return a, err
}
