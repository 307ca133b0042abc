package api

import (
	"bytes"
	"sync"
	"time"

	"docket/internal/event"
	"docket/internal/job"
)

// answers keeps the encoded bodies of polls. A body is dropped before the verb
// that changes its job returns, and when it was kept for as long as the service
// says that it holds. Whose it is, and whether the job has expired, is looked
// at for each request; where the job stands in the line is no part of it.
type answers struct {
	changes *event.Listener
	now     func() time.Time
	shards  [16]answerShard
	moves   moves
	// Values of headers that answers share.
	noCache, jsonType []string
}

// AnswerRoom is how many bytes of polls' answers a server keeps: those of about
// 1,000 jobs.
const AnswerRoom = 2 << 20

// answerShard has two generations: when the younger one is full it becomes the
// older one, whose bodies are forgotten unless somebody asks for them.
type answerShard struct {
	mu         sync.Mutex
	most       int // bytes of a generation
	bytes      int // of the younger one
	young, old map[job.ID]*jobAnswers
	changes    uint64 // how often a job of the shard has changed
}

// jobAnswers are the bodies of one job, by dialect.
type jobAnswers struct {
	of    [answerKinds]*answer
	bytes int
}

// answerKind is what tells the bodies of a job apart.
type answerKind uint8

const (
	typed       answerKind = 1 << iota // ids are spelled as TypeIDs
	inJobsWords                        // and not in those of Vision
	asItem                             // one of many
	answerKinds
)

func kindOf(asked job.Spelling, words job.Words) answerKind {
	var k answerKind
	if asked == job.TypeID {
		k |= typed
	}
	if words == job.JobsWords {
		k |= inJobsWords
	}
	return k
}

// itemKindOf is the kind of an item of many, which is always in the Jobs words.
func itemKindOf(asked job.Spelling) answerKind { return kindOf(asked, job.JobsWords) | asItem }

// overhead is about what a body costs besides its bytes.
const overhead = 1 << 10

// size is about what is kept of an answer: of one with a place also the body
// that has it.
func (one *answer) size() int {
	if one.place > 0 {
		return 2*len(one.body) + overhead
	}
	return len(one.body) + overhead
}

// newAnswers makes room for so many bytes. hear lets it be told of every event
// before whoever made that goes on.
func newAnswers(most int, now func() time.Time, hear func(func(job.Event)) *event.Listener) *answers {
	a := &answers{now: now, noCache: []string{"no-cache"}, jsonType: []string{"application/json"}}
	for i := range a.shards {
		a.shards[i].most = most / 2 / len(a.shards)
	}
	a.changes = hear(a.changed)
	return a
}

func (a *answers) shard(id job.ID) *answerShard { return &a.shards[id[15]%byte(len(a.shards))] }

// changed forgets what an event makes untrue.
func (a *answers) changed(e job.Event) {
	if e.Kind == job.EventSettings { // waiting jobs say whether their operation is paused
		a.clear()
	}
	if e.Job.IsZero() {
		return
	}
	a.moves.moved(e.Account)
	s := a.shard(e.Job)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	s.drop(e.Job)
}

func (a *answers) clear() {
	for i := range a.shards {
		s := &a.shards[i]
		s.mu.Lock()
		s.changes++
		s.young, s.old, s.bytes = nil, nil, 0
		s.mu.Unlock()
	}
	a.moves.all()
}

// find gives the body of a job, if it is known. since is what keep is to be
// told when the job is read now.
func (a *answers) find(id job.ID, k answerKind) (found *answer, since uint64) {
	select {
	case <-a.changes.Wake():
		a.clear()
	default:
	}
	s := a.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	if of := s.get(id); of != nil {
		found = of.of[k]
	}
	if found != nil && !a.now().Before(found.until) {
		found = nil
	}
	return found, s.changes
}

// keep takes the body of a job that was read after find gave since: not when
// something has changed meanwhile, nor in place of a newer one.
func (a *answers) keep(id job.ID, k answerKind, one *answer, since uint64) {
	s := a.shard(id)
	size := one.size()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes != since || size > s.most/4 {
		return
	}
	of := s.get(id)
	if of == nil {
		of = &jobAnswers{}
	}
	if before := of.of[k]; before != nil {
		if before.job.Version > one.job.Version {
			return
		}
		size -= before.size()
		if bytes.Equal(before.body, one.body) {
			one.ahead.CompareAndSwap(nil, before.ahead.Load()) // what was counted holds
		}
	}
	of.of[k] = one
	s.add(id, of, size)
}

// get finds the bodies of a job, and keeps what is asked for young.
func (s *answerShard) get(id job.ID) *jobAnswers {
	if of := s.young[id]; of != nil {
		return of
	}
	of := s.old[id]
	if of != nil {
		delete(s.old, id)
		s.add(id, of, 0)
	}
	return of
}

// add puts the bodies of a job, which have grown by so many bytes, among the
// young ones.
func (s *answerShard) add(id job.ID, of *jobAnswers, more int) {
	of.bytes += more
	if s.young[id] == nil {
		more = of.bytes
	}
	if s.young == nil || s.bytes+more > s.most {
		delete(s.young, id)
		more = of.bytes
		s.old, s.young, s.bytes = s.young, map[job.ID]*jobAnswers{}, 0
	}
	s.young[id] = of
	s.bytes += more
}

func (s *answerShard) drop(id job.ID) {
	if of := s.young[id]; of != nil {
		s.bytes -= of.bytes
	}
	delete(s.young, id)
	delete(s.old, id)
}
