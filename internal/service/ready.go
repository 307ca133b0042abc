package service

import (
	"context"
	"fmt"
	"sync"
	"time"

	"docket/internal/job"
)

// Check is one thing that the server needs to take work.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"` // why not
}

// checkEvery is how long the checks of the storage hold: anybody may ask for
// them, as often as they like.
const checkEvery = time.Second

// health remembers the last checks of the storage.
type health struct {
	mu     sync.Mutex
	at     time.Time
	checks []Check
}

// Ready says whether work can be taken, and if not, why.
func (s *Service) Ready(ctx context.Context) []Check {
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	if s.health.checks == nil || time.Since(s.health.at) > checkEvery {
		s.health.checks, s.health.at = s.checkStorage(ctx), time.Now()
	}
	intake := Check{Name: "intake", OK: true}
	if s.isPaused(Intake) {
		intake = Check{Name: "intake", Reason: "the operator has paused the intake"}
	}
	return append([]Check{intake}, s.health.checks...)
}

func (s *Service) checkStorage(ctx context.Context) []Check {
	database := Check{Name: "database", OK: true}
	if err := s.store.Ping(ctx); err != nil {
		s.log.Error("check the database", "error", err)
		database = Check{Name: "database", Reason: "the database does not answer"}
	}
	documents := Check{Name: "documents", OK: true}
	if err := s.blobs.Probe(); err != nil {
		s.log.Error("check the store of the documents", "error", err)
		documents = Check{Name: "documents", Reason: "the folder of the documents cannot be written to"}
		if s.blobs.Bucket() {
			documents.Reason = "the bucket of the documents does not answer, or cannot be written to; jobs wait until it can"
		}
	}
	return []Check{database, documents, s.checkRoom()}
}

// checkRoom asks for what every submit asks for. // contract J10
func (s *Service) checkRoom() Check {
	err := s.room()
	switch {
	case err == nil:
		return Check{Name: "disk", OK: true}
	case job.CodeOf(err) == job.DiskFull:
		return Check{Name: "disk", Reason: fmt.Sprintf("less than %d MB are free on the disk of the data folder (--min-free)", s.settings.MinFree/1e6)}
	}
	s.log.Error("check the room on the disk", "error", err)
	return Check{Name: "disk", Reason: "the room on the disk cannot be found out"}
}

// documentsReachable says that documents can be read and written, as far as is
// known. What changes is logged once.
func (s *Service) documentsReachable(ctx context.Context) bool {
	reachable := s.blobs.Reachable(ctx)
	if s.away.CompareAndSwap(reachable, !reachable) {
		if reachable {
			s.log.Info("the store of the documents answers again")
		} else {
			s.log.Error("the store of the documents does not answer; jobs wait until it does", "store", s.blobs.Place())
		}
	}
	return reachable
}

// FreeBytes is how much room there is on the disk of the documents.
func (s *Service) FreeBytes() (int64, error) { return s.blobs.Free() }
