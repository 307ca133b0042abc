package service

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/store"
)

// BulkAction is what is done to many jobs at once.
type BulkAction string

// Bulk actions.
const (
	BulkCancel BulkAction = "cancel"
	BulkRerun  BulkAction = "rerun"
	BulkDelete BulkAction = "delete"
)

// MaxBulk is how many jobs one request may touch.
const MaxBulk = 1000

// abreast is how many of them are in work at the same time, so that they share
// commits.
const abreast = 64

// Bulk is one request for many jobs: those with the ids, or a part of those
// that the filter picks.
type Bulk struct {
	Action BulkAction
	IDs    []job.ID
	Filter *job.Filter // its Limit says how many to touch; nil: by ids
	After  *BulkMark   // goes on where an earlier request ended
}

// BulkMark is how far a bulk request by filter is.
type BulkMark struct {
	Past    job.Mark  `json:"past"`
	Until   time.Time `json:"until"` // only jobs made before are touched, so that reruns are not rerun
	Matched int64     `json:"matched"`
}

// BulkItem is what became of one job.
type BulkItem struct {
	ID        job.ID
	Job       job.Job // after it; zero when it was deleted or Err is set
	Unchanged bool    // it was so already
	New       job.ID  // the job that reruns it
	Err       error
}

// BulkDone is what became of the jobs.
type BulkDone struct {
	Matched   int64
	Items     []BulkItem // in the order of the ids, or of the jobs' making
	Next      *BulkMark  // nil: there are no more
	Truncated bool       // as in Page
}

// Bulk does one thing to many jobs, to each by itself: one that cannot be done
// leaves the others alone. once, or nil, lets a repeated rerun give the jobs
// that it has made already. Errors are of the request as a whole: Forbidden,
// KeyReused, Unavailable. // contract J31
func (s *Service) Bulk(ctx context.Context, b Bulk, once *Once) (done BulkDone, err error) {
	if b.Action != BulkRerun {
		once = nil // to do it again changes nothing
	}
	until, err := s.bulkUntil(ctx, once)
	if err != nil {
		return done, err
	}
	ids, whose := b.IDs, account.From(ctx).ID
	done.Matched = int64(len(ids))
	if b.Filter != nil {
		if whose, err = Scoped(ctx, b.Filter.Account); err != nil {
			return done, err
		}
		f := *b.Filter
		f.Account = whose
		if ids, err = s.bulkPage(ctx, b, f, until, &done); err != nil {
			return done, err
		}
	}
	done.Items = make([]BulkItem, len(ids))
	var wg sync.WaitGroup
	places := make(chan struct{}, abreast)
	for i, id := range ids {
		places <- struct{}{}
		wg.Go(func() {
			done.Items[i] = s.bulkOne(ctx, b.Action, id, once)
			<-places
		})
	}
	wg.Wait()
	return done, s.bulkAct(context.WithoutCancel(ctx), b.Action, whose, done.Items)
}

// bulkUntil is before when a job must have been made: now, or when the first
// request with the key came.
func (s *Service) bulkUntil(ctx context.Context, once *Once) (time.Time, error) {
	now := s.time()
	if once == nil {
		return now, nil
	}
	if !once.Again() {
		body, err := json.Marshal(now)
		if err != nil {
			return now, fmt.Errorf("encode a time: %w", err)
		}
		o := &store.Keep{Once: once.keep(Answer{Body: body}, once.request())}
		if err := s.store.Write(ctx, o); err != nil || o.Before == nil {
			return now, err
		}
		once.kept = o.Before
	}
	answer, err := once.compare(once.kept, once.request())
	if err != nil {
		return now, err
	}
	if err := json.Unmarshal(answer.Body, &now); err != nil {
		return now, fmt.Errorf("decode a time: %w", err)
	}
	return now, nil
}

// bulkPage finds the next jobs that the filter picks and the action is for,
// oldest first.
func (s *Service) bulkPage(ctx context.Context, b Bulk, f job.Filter, until time.Time, done *BulkDone) ([]job.ID, error) {
	mark := BulkMark{Until: until}
	if b.After != nil {
		mark = *b.After
	}
	if f.Before.IsZero() || mark.Until.Before(f.Before) {
		f.Before = mark.Until
	}
	f.Now = s.time()
	var some bool
	if f.Statuses, some = b.Action.narrow(f.Statuses); !some {
		return nil, nil
	}
	found, total, err := s.bulkFind(ctx, f, mark, done)
	if err != nil {
		return nil, err
	}
	if b.After == nil {
		mark.Matched = total
	}
	done.Matched = mark.Matched
	more := len(found) > f.Limit
	found = found[:min(len(found), f.Limit)]
	var ids []job.ID
	for _, m := range found {
		ids = append(ids, m.ID)
	}
	if more {
		mark.Past = found[len(found)-1]
		done.Next = &mark
	}
	return ids, nil
}

// bulkFind finds one job more than the filter's limit, behind the mark, and,
// when there is none yet, how many there are.
func (s *Service) bulkFind(ctx context.Context, f job.Filter, mark BulkMark, done *BulkDone) (found []job.Mark, total int64, err error) {
	if len(f.Words) > 0 {
		all, part, err := s.store.Search(ctx, f)
		if err != nil {
			return nil, 0, err
		}
		slices.Reverse(all)
		for _, one := range all {
			if one.Compare(mark.Past) > 0 {
				found = append(found, one.Mark)
			}
		}
		done.Truncated = part
		return found, int64(len(all)), nil
	}
	if mark.Past.ID.IsZero() {
		counts, err := s.store.Counts(ctx, f)
		if err != nil {
			return nil, 0, err
		}
		for status, n := range counts {
			if len(f.Statuses) == 0 || slices.Contains(f.Statuses, status) {
				total += n
			}
		}
	}
	f.Past, f.Oldest = mark.Past, true
	f.Limit++
	jobs, err := s.store.Page(ctx, f)
	for _, j := range jobs {
		found = append(found, job.Mark{At: j.CreatedAt, ID: j.ID})
	}
	return found, total, err
}

// narrow leaves out the states in which there is nothing to do; false when
// none is left.
func (a BulkAction) narrow(statuses []job.Status) ([]job.Status, bool) {
	var useful []job.Status
	switch a {
	case BulkCancel:
		useful = []job.Status{job.AwaitingUpload, job.Queued, job.Processing}
	case BulkRerun:
		useful = []job.Status{job.Completed, job.Failed, job.Cancelled}
	case BulkDelete:
		return statuses, true
	}
	if len(statuses) > 0 {
		useful = slices.DeleteFunc(useful, func(s job.Status) bool { return !slices.Contains(statuses, s) })
	}
	return useful, len(useful) > 0
}

func (s *Service) bulkOne(ctx context.Context, action BulkAction, id job.ID, once *Once) BulkItem {
	item := BulkItem{ID: id}
	if item.Err = context.Cause(ctx); item.Err != nil {
		return item
	}
	switch action {
	case BulkDelete:
		item.Err = s.Delete(ctx, id)
	case BulkRerun:
		item.New, item.Job, item.Err = s.bulkRerun(ctx, id, once)
	case BulkCancel:
		before, err := s.Job(ctx, id)
		if item.Err = err; err != nil {
			return item
		}
		item.Unchanged = before.Status == job.Cancelled
		item.Job, item.Err = s.Cancel(ctx, id)
	}
	return item
}

// bulkRerun reruns a job, under a key of its own when the request has one: no
// client can send a key with a line break.
func (s *Service) bulkRerun(ctx context.Context, id job.ID, of *Once) (job.ID, job.Job, error) {
	var once *Once
	if of != nil {
		key := "bulk\n" + of.key + "\n" + id.String()
		kept, err := s.store.Kept(ctx, of.account, key, s.time())
		if err != nil {
			return job.ID{}, job.Job{}, err
		}
		once = &Once{service: s, account: of.account, key: key, kept: kept, release: func() {}}
	}
	var made job.Job
	answer, err := s.Rerun(ctx, id, nil, once, func(j job.Job) (Answer, error) {
		made = j
		body, err := json.Marshal(j.ID)
		return Answer{Body: body}, err
	})
	if err != nil {
		return job.ID{}, job.Job{}, err
	}
	var again job.ID
	if err := json.Unmarshal(answer.Body, &again); err != nil {
		return again, made, fmt.Errorf("decode the id of a rerun: %w", err)
	}
	if again != made.ID { // an earlier request has made it
		if made, err = s.Job(ctx, again); job.CodeOf(err) == job.NotFound {
			return again, job.Job{}, nil // and it was deleted since
		}
	}
	return again, made, err
}

// bulkAct keeps who did it.
func (s *Service) bulkAct(ctx context.Context, action BulkAction, whose string, items []BulkItem) error {
	var did, same, failed int
	for _, item := range items {
		switch {
		case item.Err != nil:
			failed++
		case item.Unchanged:
			same++
		default:
			did++
		}
	}
	if did == 0 {
		return nil
	}
	act, err := s.act(ctx, account.JobsBulk, whose, string(action), fmt.Sprintf("%d done, %d unchanged, %d failed", did, same, failed))
	if err != nil {
		return err
	}
	return s.store.Write(ctx, &store.WriteActs{Acts: []account.Act{act}})
}
