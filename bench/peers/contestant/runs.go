package contestant

import "sync"

// Runs know the numbers of jobs that have run, by the queue's own ids, so that
// whoever hears of a job's end need not read its payload again.
type Runs[ID comparable] struct {
	round *Round

	mu      sync.Mutex
	numbers map[ID]int
}

// NewRuns are those of a round.
func NewRuns[ID comparable](r *Round) *Runs[ID] {
	return &Runs[ID]{round: r, numbers: map[ID]int{}}
}

// Ran is told by the job itself.
func (s *Runs[ID]) Ran(id ID, payload string) error {
	n, err := Number(payload)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.numbers[id] = n
	return nil
}

// Ended is told when the job's end is on disk.
func (s *Runs[ID]) Ended(id ID) {
	s.mu.Lock()
	n, ok := s.numbers[id]
	delete(s.numbers, id)
	s.mu.Unlock()
	if ok {
		s.round.Ended(n)
	}
}
