package service

import (
	"context"
	"fmt"
	"time"

	"docket/internal/job"
	"docket/internal/store"
)

// When a node says that it is there, and for how long the others believe it.
const (
	BeatEvery  = 10 * time.Second
	nodeLost   = 3 * BeatEvery
	nodeForget = 24 * time.Hour
)

// Beat says that a node is there. The one process that owns a database is
// alone: the others that are written there are gone.
func (s *Service) Beat(ctx context.Context, n job.Node, alone bool) error {
	n.Seen = s.time()
	forget := n.Seen.Add(-nodeForget)
	if alone {
		forget = n.Seen
	}
	if err := s.store.Write(ctx, &store.Beat{Node: n, Forget: forget}); err != nil {
		return fmt.Errorf("say that the node is there: %w", err)
	}
	return nil
}

// Leave says that a node is there no more.
func (s *Service) Leave(ctx context.Context, id string) error {
	if err := s.store.Write(ctx, &store.Leave{ID: id}); err != nil {
		return fmt.Errorf("say that the node is gone: %w", err)
	}
	return nil
}

// nodes lists the nodes with how many jobs each has.
func (s *Service) nodes(ctx context.Context, busy map[string]int64, now time.Time) ([]NodeStats, error) {
	known, err := s.store.Nodes(ctx)
	var all []NodeStats
	for _, n := range known {
		all = append(all, NodeStats{Node: n, Busy: busy[n.ID], Lost: now.Sub(n.Seen) > nodeLost})
	}
	return all, err
}

// loadSlots reads how many jobs all nodes that are there run at the same time.
func (s *Service) loadSlots(ctx context.Context) error {
	known, err := s.nodes(ctx, nil, s.time())
	if err != nil {
		return err
	}
	var slots int64
	for _, n := range known {
		if !n.Lost {
			slots += int64(n.Slots)
		}
	}
	s.slots.Store(slots)
	return nil
}
