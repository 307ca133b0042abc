package service

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/store"
)

// An Idempotency-Key. // contract J11
const (
	KeyLife     = 24 * time.Hour
	maxKeyBytes = 255
)

// Answer is what a request is answered with.
type Answer = store.Answer

// Once is the use of an Idempotency-Key by one request: of all requests with
// the key, one makes jobs, and the others are given its answer. A nil Once is
// a request without a key.
type Once struct {
	service *Service
	account string
	key     string
	asked   []byte      // what the request asks for, besides its documents
	kept    *store.Kept // what an earlier request was answered; nil: there was none
	release func()
}

// Again says that the answer is that of an earlier request with the key.
func (o *Once) Again() bool { return o != nil && o.kept != nil }

// Once begins to use a key of the caller's; it must end with Release. While
// another request uses the same key there is no Once, and the channel is
// closed when that one has ended. The error is of code InvalidRequest when the
// key cannot be one.
func (s *Service) Once(ctx context.Context, key string) (*Once, <-chan struct{}, error) {
	if problem := keyProblem(key); problem != "" {
		return nil, nil, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "Idempotency-Key", "problem": problem, "remedy": "Send 1 to 255 characters, such as a UUID, anew for each job and the same with each retry",
		}}
	}
	o := &Once{service: s, account: account.From(ctx).ID, key: key}
	var busy <-chan struct{}
	if o.release, busy = s.inUse.take(o.account, key); busy != nil {
		return nil, busy, nil
	}
	kept, err := s.store.Kept(ctx, o.account, key, s.time())
	if err != nil {
		o.release()
		return nil, nil, err
	}
	if o.kept = kept; kept != nil {
		o.release() // it makes nothing, so the others need not wait for it
	}
	return o, nil, nil
}

func keyProblem(key string) string {
	switch {
	case key == "":
		return "it is empty"
	case len(key) > maxKeyBytes:
		return fmt.Sprintf("it is longer than %d bytes", maxKeyBytes)
	case !utf8.ValidString(key):
		return "it is not UTF-8 text"
	case bytes.ContainsFunc([]byte(key), unicode.IsControl):
		return "it has control characters"
	}
	return ""
}

// Release ends the use of the key; a second call changes nothing.
func (o *Once) Release() {
	if o != nil {
		o.release()
	}
}

// Asks says what the request asks for, besides its documents: its route and
// its decoded fields.
func (o *Once) Asks(what []byte) {
	if o != nil {
		o.asked = what
	}
}

// request is a hash of what is asked with these documents.
func (o *Once) request(of ...*Submission) []byte {
	if o == nil {
		return nil
	}
	sum := sha256.New()
	sum.Write(o.asked)
	for _, u := range of {
		sum.Write([]byte("\n"))
		for _, in := range u.inputs {
			sum.Write([]byte(in.SHA256 + ","))
		}
	}
	return sum.Sum(nil)
}

// compare gives the answer of an earlier request with the key. The error is of
// code KeyReused when that one asked for something else.
func (o *Once) compare(kept *store.Kept, request []byte) (Answer, error) {
	if !bytes.Equal(kept.Request, request) {
		return Answer{}, &job.Error{Code: job.KeyReused, Facts: job.Facts{"key": o.key, "since": kept.Made.Format(job.Seconds), "until": kept.Expires.Format(job.Seconds)}}
	}
	o.kept = kept
	return kept.Answer, nil
}

// keep is what is stored of an answer; nil without a key.
func (o *Once) keep(a Answer, request []byte) *store.Kept {
	if o == nil {
		return nil
	}
	now := o.service.time()
	return &store.Kept{Answer: a, Account: o.account, Key: o.key, Request: request, Made: now, Expires: now.Add(KeyLife)}
}

// keysInUse are the Idempotency-Keys in use on this node. Between nodes the
// database decides: the second to write finds the answer of the first.
type keysInUse struct {
	mu  sync.Mutex
	use map[[2]string]chan struct{} // by account and key; closed at the end of the use
}

// take gives how to end the use, or when another's has ended.
func (k *keysInUse) take(account, key string) (release func(), busy <-chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	id := [2]string{account, key}
	if other := k.use[id]; other != nil {
		return nil, other
	}
	done := make(chan struct{})
	k.use[id] = done
	return sync.OnceFunc(func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		delete(k.use, id)
		close(done)
	}), nil
}
