package api

import (
	"context"
	"sync"

	"docket/internal/job"
	"docket/internal/service"
)

// reads lets all who ask for a job at the same time share one read of it: a
// change wakes all watchers of a job at once.
type reads struct {
	service *service.Service
	mu      sync.Mutex
	running map[job.ID]*reading
	next    map[job.ID]*reading
}

func newReads(s *service.Service) *reads {
	return &reads{service: s, running: map[job.ID]*reading{}, next: map[job.ID]*reading{}}
}

// reading is one read of a job, and of its history when somebody needs that.
type reading struct {
	service *service.Service
	ctx     context.Context
	done    chan struct{}
	job     job.Job
	err     error

	once      sync.Once
	events    []job.Event
	eventsErr error
}

// job reads a job, not before the call. Whoever asks while a read is under way
// shares the one after it.
func (s *reads) job(ctx context.Context, id job.ID) *reading {
	s.mu.Lock()
	if n := s.next[id]; n != nil {
		s.mu.Unlock()
		<-n.done
		return n
	}
	n := &reading{service: s.service, ctx: context.WithoutCancel(ctx), done: make(chan struct{})}
	before := s.running[id]
	if before == nil {
		s.running[id] = n
	} else {
		s.next[id] = n
	}
	s.mu.Unlock()
	if before != nil {
		<-before.done
		s.mu.Lock()
		delete(s.next, id)
		s.running[id] = n
		s.mu.Unlock()
	}
	// A database call leaves a large stack behind, and a watcher keeps its own
	// for as long as it watches.
	go s.read(id, n)
	<-n.done
	return n
}

func (s *reads) read(id job.ID, n *reading) {
	n.job, n.err = s.service.Job(n.ctx, id)
	s.mu.Lock()
	if s.running[id] == n {
		delete(s.running, id)
	}
	s.mu.Unlock()
	close(n.done)
}

// state is the job as it was read. A job that has expired is told of to who
// follows it, as others are that have ended; one that is gone was deleted.
func (n *reading) state() (j job.Job, gone bool, err error) {
	if job.CodeOf(n.err) != job.NotFound {
		return n.job, false, n.err
	}
	return n.job, n.job.ID.IsZero(), nil
}

// history reads what happened to the job, once for all who share the read.
func (n *reading) history() ([]job.Event, error) {
	n.once.Do(func() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			n.events, n.eventsErr = n.service.Events(n.ctx, n.job)
		}()
		<-done
	})
	return n.events, n.eventsErr
}
