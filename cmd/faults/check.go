package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"docket/internal/job"
)

// What a job may take at most once all is well again: a node that has been cut
// off waits for a lease before it takes over what others have lost, a lease
// must end, and then it is soon taken over.
const (
	lease     = 15 * time.Second
	afterward = 30 * time.Second
	// stale is for how long a state may be told that is no longer true: bodies
	// are kept for a second.
	stale = 3 * time.Second
)

// Violation is a promise that was broken.
type Violation struct {
	Kind string
	Job  string
	What string
}

func (v Violation) String() string { return fmt.Sprintf("%s: %s %s", v.Kind, v.Job, v.What) }

// Kinds of violations.
const (
	lost          = "lost"           // an acknowledged job is not there
	gone          = "not found"      // an acknowledged job was answered with 404
	twice         = "made twice"     // one submit, two jobs
	stuck         = "stuck"          // it does not go on, or has not ended
	secondEnd     = "second end"     // it ended more than once, or in two ways
	illegal       = "illegal move"   // of its states
	wrongEnd      = "wrong end"      // it ended as it should not
	wrongResult   = "wrong result"   //
	missing       = "not told"       // a webhook that never came
	secondWebhook = "told twice"     // two messages of one change
	forged        = "bad signature"  //
	changed       = "wrong document" // another is kept than was handed in, or none
	miscounted    = "wrong totals"   //
	wrongAnswer   = "wrong answer"   // a client was refused what it may have
	notMade       = "trouble failed" // a trouble could not be made, so that the run shows less than it says
)

// Check finds every promise that was broken, in a fixed order.
func Check(r *Record) []Violation {
	c := &checker{record: r, jobs: map[string]*story{}}
	c.gather()
	for _, id := range slices.Sorted(maps.Keys(c.jobs)) {
		s := c.jobs[id]
		c.acknowledged(s)
		c.events(s)
		c.sightings(s)
		c.webhooks(s)
	}
	c.keys()
	c.documents()
	c.lapses()
	c.totals()
	for _, a := range r.Answers {
		c.found(wrongAnswer, "", "%s is answered %d %s", a.To, a.Code, a.Said)
	}
	for _, t := range r.Troubles {
		if t.Err != "" {
			c.found(notMade, "", "%s: %s", t.Trouble, t.Err)
		}
	}
	return c.violations
}

// story is all that was seen of one job.
type story struct {
	id       string
	submit   *Submit
	row      *JobRow
	rows     int
	events   []EventRow
	seen     []Sighting
	webhooks []Webhook
	owed     []DeliveryRow
	results  []Result
}

type checker struct {
	record     *Record
	jobs       map[string]*story
	violations []Violation
}

func (c *checker) found(kind, id, format string, args ...any) {
	c.violations = append(c.violations, Violation{kind, id, fmt.Sprintf(format, args...)})
}

func (c *checker) story(id string) *story {
	if c.jobs[id] == nil {
		c.jobs[id] = &story{id: id}
	}
	return c.jobs[id]
}

// gather sorts the record by jobs.
func (c *checker) gather() {
	for i := range c.record.Submits {
		s := &c.record.Submits[i]
		if one := c.story(s.Job); one.submit == nil || s.Cancelled {
			one.submit = s
		}
	}
	for i := range c.record.Rows.Jobs {
		s := c.story(c.record.Rows.Jobs[i].Job)
		s.row, s.rows = &c.record.Rows.Jobs[i], s.rows+1
	}
	for _, e := range c.record.Rows.Events {
		s := c.story(e.Job)
		s.events = append(s.events, e)
	}
	for _, o := range c.record.Seen {
		s := c.story(o.Job)
		s.seen = append(s.seen, o)
	}
	for _, w := range c.record.Webhooks {
		s := c.story(w.Job)
		s.webhooks = append(s.webhooks, w)
	}
	for _, d := range c.record.Rows.Deliveries {
		s := c.story(d.Job)
		s.owed = append(s.owed, d)
	}
	for _, r := range c.record.Results {
		s := c.story(r.Job)
		s.results = append(s.results, r)
	}
	for _, s := range c.jobs {
		slices.SortStableFunc(s.events, func(a, b EventRow) int { return cmp.Compare(a.Version, b.Version) })
		slices.SortStableFunc(s.seen, func(a, b Sighting) int { return a.At.Compare(b.At) })
	}
}

// acknowledged checks what a 2xx promises: the job is there, and has ended as
// it should.
func (c *checker) acknowledged(s *story) {
	switch {
	case s.submit == nil && s.row != nil:
		c.found(twice, s.id, "is there, and no client was told of it")
		return
	case s.submit == nil:
		return
	case s.row == nil:
		c.found(lost, s.id, "was acknowledged at %s and is not there", s.submit.At.Format(time.TimeOnly))
		return
	}
	if !s.row.Status.Final() || s.row.Held {
		c.found(stuck, s.id, "(%s) is %s in attempt %d when all is over", s.submit.Kind, s.row.Status, s.row.Attempt)
		return
	}
	ends := s.submit.Ends
	if s.submit.Cancelled {
		ends = []job.Status{job.Cancelled}
	}
	if !slices.Contains(ends, s.row.Status) {
		c.found(wrongEnd, s.id, "(%s) is %s and should be one of %v", s.submit.Kind, s.row.Status, ends)
	}
	for _, r := range s.results {
		if r.Wrong != "" {
			c.found(wrongResult, s.id, "(%s): %s", s.submit.Kind, r.Wrong)
		}
	}
	if s.row.Status == job.Completed && len(s.results) == 0 {
		c.found(wrongResult, s.id, "(%s) is completed and nobody got its result", s.submit.Kind)
	}
}

// keys checks that a submit that was tried again made one job.
func (c *checker) keys() {
	made := map[string]string{}
	for _, s := range c.record.Submits {
		if before, again := made[s.Key]; again && before != s.Job {
			c.found(twice, s.Job, "and %s were made with one Idempotency-Key", before)
		}
		made[s.Key] = s.Job
	}
}

// documents checks that what was handed in is kept.
func (c *checker) documents() {
	for _, d := range c.record.Kept {
		s := c.story(d.Job)
		switch {
		case d.Err != "":
			c.found(changed, d.Job, "cannot be had: %s", d.Err)
		case s.submit == nil || d.SHA256 != s.submit.SHA256:
			c.found(changed, d.Job, "has sha256 %s", d.SHA256)
		}
	}
}

// totals checks what lists count.
func (c *checker) totals() {
	rows := map[job.Status]int64{}
	for _, j := range c.record.Rows.Jobs {
		rows[j.Status]++
	}
	for _, status := range slices.Sorted(maps.Keys(c.record.Rows.Counted)) {
		if n := c.record.Rows.Counted[status]; n != rows[status] {
			c.found(miscounted, "", "%d jobs are counted as %s, %d are", n, status, rows[status])
		}
	}
}
