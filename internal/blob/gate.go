package blob

import (
	"errors"
	"sync"
)

// gate lets removals through, or keeps them while somebody holds it.
type gate struct {
	mu      sync.Mutex
	holders int
	waiting []func() error
}

// pass removes now, or once nobody holds the gate any more.
func (g *gate) pass(remove func() error) error {
	g.mu.Lock()
	if g.holders > 0 {
		g.waiting = append(g.waiting, remove)
		g.mu.Unlock()
		return nil
	}
	g.mu.Unlock()
	return remove()
}

// Hold keeps every file in its place until release is called, which then
// removes what was to be removed meanwhile. What a process that dies has not
// removed is an orphan. Objects are not held.
func (s *Store) Hold() (release func() error) {
	if s.files == nil {
		return func() error { return nil }
	}
	g := &s.files.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	g.holders++
	var once sync.Once
	return func() (err error) {
		once.Do(func() { err = g.release() })
		return err
	}
}

func (g *gate) release() error {
	g.mu.Lock()
	var waiting []func() error
	if g.holders--; g.holders == 0 {
		waiting, g.waiting = g.waiting, nil
	}
	g.mu.Unlock()
	var errs []error
	for _, remove := range waiting {
		errs = append(errs, remove())
	}
	return errors.Join(errs...)
}
