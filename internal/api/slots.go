package api

import (
	"sync"

	"docket/internal/job"
)

// slots counts the open WebSockets of each account. // contract J29
type slots struct {
	most int
	mu   sync.Mutex
	open map[string]int
}

// take gives a slot and how to free it, which may be done more than once. The
// error is of code RateLimited.
func (s *slots) take(account string) (free func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[account] >= s.most {
		return nil, &job.Error{Code: job.RateLimited, Facts: job.Facts{"websockets": s.most}}
	}
	s.open[account]++
	var once sync.Once
	return func() { once.Do(func() { s.free(account) }) }, nil
}

func (s *slots) free(account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[account]--; s.open[account] == 0 {
		delete(s.open, account)
	}
}
