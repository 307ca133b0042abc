package api

import (
	"maps"
	"sync"
	"time"

	"docket/internal/job"
)

// slots counts the open WebSockets of each account, here and on other nodes.
// contract J29
type slots struct {
	most   int
	mu     sync.Mutex
	open   map[string]int
	others map[string]openThere // by node
	told   bool                 // other nodes know of some here
}

// openThere is what another node has said last.
type openThere struct {
	of map[string]int
	at time.Time
}

// openFor is how long a node is believed that says nothing more.
const openFor = 5 * time.Second

// take gives a slot and how to free it, which may be done more than once. The
// error is of code RateLimited.
func (s *slots) take(account string) (free func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.open[account]
	for _, there := range s.others {
		if time.Since(there.at) < openFor {
			n += there.of[account]
		}
	}
	if n >= s.most {
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

// here is what other nodes are to know: nil when that is nothing, as before.
func (s *slots) here() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) == 0 && !s.told {
		return nil
	}
	s.told = len(s.open) > 0
	return maps.Clone(s.open)
}

// there takes what a node has said.
func (s *slots) there(node string, of map[string]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.others == nil {
		s.others = map[string]openThere{}
	}
	maps.DeleteFunc(s.others, func(_ string, o openThere) bool { return time.Since(o.at) >= openFor })
	s.others[node] = openThere{of: of, at: time.Now()}
}
