package service

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/store"
)

// Everyone stands for all accounts where an admin may name one; no account has
// this name.
const Everyone = "*"

// Stats are what the dashboard shows of jobs and of the server.
type Stats struct {
	Account     string // whose jobs, or Everyone
	At          time.Time
	Jobs        map[job.Status]int64
	Running     int64     // that a worker has
	Oldest      time.Time // since when the job that waits longest could have been taken; zero: none waits
	Operations  []OperationStats
	From        time.Time // of the first of Buckets
	Buckets     []job.Moves
	Waits       []time.Duration // of Buckets: the longest that a job had waited
	LastDay     job.Moves       // of all buckets
	Failures    []FailureCount
	Nodes       []NodeStats
	FreeBytes   int64
	Version     string
	Up          time.Duration // this node
	ForOperator bool          // the caller may see what the server is made of
}

// OperationStats are the same of one operation.
type OperationStats struct {
	Operation job.Operation
	Jobs      map[job.Status]int64
	Oldest    time.Time
	LastDay   job.Moves
}

// FailureCount says how many jobs failed with a code in the last day.
type FailureCount struct {
	Code job.Code
	Jobs int64
}

// NodeStats is a node with the jobs that it has.
type NodeStats struct {
	job.Node
	Busy int64
	Lost bool // it has not said for a while that it is there
}

// statsBuckets is a day.
const statsBuckets = int(24 * time.Hour / job.StatsBucket)

// Stats tells of the caller's jobs, or of those of the account that an admin
// names, or of Everyone. The error is of code Forbidden.
func (s *Service) Stats(ctx context.Context, accountID string) (Stats, error) {
	accountID, err := Scoped(ctx, accountID)
	if err != nil {
		return Stats{}, err
	}
	of, now := store.Whose{Account: accountID, All: accountID == Everyone}, s.time()
	to := now.Truncate(job.StatsBucket).Add(job.StatsBucket)
	st := Stats{
		Account: accountID, At: now, Jobs: map[job.Status]int64{}, From: to.Add(-24 * time.Hour), Version: s.settings.Version, Up: now.Sub(s.begun),
		ForOperator: account.From(ctx).May(account.Admin),
	}
	standing, err := s.store.Standing(ctx, of, now)
	if err != nil {
		return st, err
	}
	moves, err := s.store.Moves(ctx, of, st.From, to)
	if err != nil {
		return st, err
	}
	st.stand(standing)
	st.move(moves)
	st.Waits = job.OldestWaits(st.Buckets, st.From, now, st.Oldest)
	if st.Nodes, err = s.nodes(ctx, standing.Busy, now); err != nil {
		return st, err
	}
	st.FreeBytes, err = s.blobs.Free()
	if err != nil {
		return st, &job.Error{Code: job.Unavailable, Err: err}
	}
	return st, nil
}

// stand takes over what there is now.
func (st *Stats) stand(now store.Standing) {
	of := map[job.Operation]*OperationStats{}
	for k, n := range now.Jobs {
		if n == 0 {
			continue
		}
		st.Jobs[k.Status] += n
		o := st.operation(of, k.Operation)
		o.Jobs[k.Status] += n
	}
	for name, at := range now.Oldest {
		st.operation(of, name).Oldest = at
		if st.Oldest.IsZero() || at.Before(st.Oldest) {
			st.Oldest = at
		}
	}
	st.Running = now.Leased
	st.take(of)
}

func (st *Stats) operation(of map[job.Operation]*OperationStats, name job.Operation) *OperationStats {
	if of[name] == nil {
		of[name] = &OperationStats{Operation: name, Jobs: map[job.Status]int64{}}
	}
	return of[name]
}

func (st *Stats) take(of map[job.Operation]*OperationStats) {
	st.Operations = nil
	for _, name := range slices.Sorted(maps.Keys(of)) {
		st.Operations = append(st.Operations, *of[name])
	}
}

// move takes over what happened in the last day.
func (st *Stats) move(moves []store.Move) {
	of := map[job.Operation]*OperationStats{}
	for i := range st.Operations {
		of[st.Operations[i].Operation] = &st.Operations[i]
	}
	st.Buckets = make([]job.Moves, statsBuckets)
	failures := map[job.Code]int64{}
	for _, m := range moves {
		moved := movesOf(m)
		b := int(m.At.Sub(st.From) / job.StatsBucket)
		st.Buckets[b] = st.Buckets[b].Add(moved)
		st.LastDay = st.LastDay.Add(moved)
		o := st.operation(of, m.Operation)
		o.LastDay = o.LastDay.Add(moved)
		if m.To == job.Failed {
			failures[m.Code] += m.N
		}
	}
	st.take(of)
	for code, n := range failures {
		st.Failures = append(st.Failures, FailureCount{code, n})
	}
	slices.SortFunc(st.Failures, func(a, b FailureCount) int { return cmp.Or(cmp.Compare(b.Jobs, a.Jobs), cmp.Compare(a.Code, b.Code)) })
}

func movesOf(m store.Move) job.Moves {
	times := job.Spread{}
	if m.Took != job.NoClass {
		times[m.Took] = m.N
	}
	switch m.To {
	case job.Queued, job.AwaitingUpload:
		return job.Moves{Submitted: m.N}
	case job.Processing:
		return job.Moves{Waited: times}
	case job.Completed:
		return job.Moves{Completed: m.N, Ran: times}
	case job.Failed:
		return job.Moves{Failed: m.N}
	case job.Cancelled:
	}
	return job.Moves{Cancelled: m.N}
}
