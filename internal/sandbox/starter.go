package sandbox

import (
	"os/exec"
	"runtime"
)

// starter starts children from one thread that lives as long as the pool: the
// kernel sends the death signal of a child when the thread that started it
// ends, not the process.
type starter struct {
	orders chan func()
	done   chan struct{}
}

func newStarter() *starter {
	s := &starter{orders: make(chan func()), done: make(chan struct{})}
	go func() {
		defer close(s.done)
		// Never unlocked: the thread ends with the goroutine.
		runtime.LockOSThread()
		for order := range s.orders {
			order()
		}
	}()
	return s
}

func (s *starter) start(cmd *exec.Cmd) error {
	result := make(chan error, 1)
	s.orders <- func() { result <- cmd.Start() }
	return <-result
}

// stop ends the thread, and with it every child that still lives.
func (s *starter) stop() {
	close(s.orders)
	<-s.done
}
