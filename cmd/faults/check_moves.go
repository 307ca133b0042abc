package main

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"docket/internal/job"
)

// events checks the history that the database has: made once, legal moves
// alone, one end, and that is the job's.
func (c *checker) events(s *story) {
	if s.row == nil {
		return
	}
	var now job.Status
	version, ends := int64(0), 0
	for _, e := range s.events {
		if e.Version <= version {
			c.found(illegal, s.id, "has two events of version %d", e.Version)
		}
		version = e.Version
		if e.Kind == job.EventAttempt {
			if now != job.Processing {
				c.found(illegal, s.id, "has an attempt while it is %s", now)
			}
			continue
		}
		made := e.Kind == job.EventCreated && now == "" && e.From == ""
		if !made && (e.From != now || !job.CanMove(e.From, e.To)) {
			c.found(illegal, s.id, "goes from %s to %s while it is %s", e.From, e.To, now)
		}
		if now = e.To; now.Final() {
			ends++
		}
		if now == job.Failed && s.submit != nil && e.Code != s.submit.Code {
			c.found(wrongEnd, s.id, "(%s) failed because of %q", s.submit.Kind, e.Code)
		}
	}
	if ends > 1 {
		c.found(secondEnd, s.id, "has %d ends in its history", ends)
	}
	if now != s.row.Status {
		c.found(illegal, s.id, "is %s, and its history ends with %q", s.row.Status, now)
	}
}

// sightings checks what clients saw: nothing went back, nothing ended in two
// ways, and nothing that was acknowledged was not found.
func (c *checker) sightings(s *story) {
	var end *Sighting
	last := map[string]Sighting{} // by stream
	for i, o := range s.seen {
		switch {
		case o.Code == http.StatusNotFound:
			if s.submit != nil && o.Asked.After(s.submit.At) {
				c.found(gone, s.id, "was answered with 404 to %s at %s", o.By, o.At.Format(time.TimeOnly))
			}
			continue
		case o.Code != 0:
			continue
		}
		if before, ok := last[o.By]; ok && o.By != poll && (o.Version < before.Version && o.Version > 0 || rank(o.Status) < rank(before.Status)) {
			c.found(illegal, s.id, "%s said %s (version %d) after %s (version %d)", o.By, o.Status, o.Version, before.Status, before.Version)
		}
		last[o.By] = o
		switch {
		case end == nil && o.Status.Final():
			end = &s.seen[i]
		case end != nil && o.Status.Final() && o.Status != end.Status:
			c.found(secondEnd, s.id, "was seen %s by %s and later %s by %s", end.Status, end.By, o.Status, o.By)
		case end != nil && !o.Status.Final() && o.Asked.After(end.At.Add(stale)):
			c.found(illegal, s.id, "was seen %s by %s and %v later %s by %s", end.Status, end.By, o.At.Sub(end.At), o.Status, o.By)
		}
	}
	if end != nil && s.row != nil && s.row.Status.Final() && s.row.Status != end.Status {
		c.found(secondEnd, s.id, "was seen %s by %s and is %s", end.Status, end.By, s.row.Status)
	}
	for _, by := range slices.Sorted(maps.Keys(last)) {
		if by != poll && !last[by].Status.Final() {
			c.found(missing, s.id, "%s ended with %s", by, last[by].Status)
		}
	}
}

// rank is the order in which clients see states.
func rank(s job.Status) int {
	switch s {
	case job.Processing:
		return 1
	case job.Completed, job.Failed, job.Cancelled:
		return 2
	case job.AwaitingUpload, job.Queued:
	}
	return 0
}

// webhooks checks that each visible change was told, under one webhook-id, and
// nothing else.
func (c *checker) webhooks(s *story) {
	ids, ends := map[int64]string{}, map[job.Status]bool{}
	for _, w := range s.webhooks {
		if w.Forged != "" {
			c.found(forged, s.id, "message %s: %s", w.ID, w.Forged)
		}
		if id, told := ids[w.Sequence]; told && id != w.ID {
			c.found(secondWebhook, s.id, "messages %s and %s tell of version %d", id, w.ID, w.Sequence)
		}
		ids[w.Sequence] = w.ID
		if w.Status.Final() {
			ends[w.Status] = true
		}
		if s.row != nil && w.Status.Final() && w.Status != s.row.Status {
			c.found(secondEnd, s.id, "message %s says %s, and it is %s", w.ID, w.Status, s.row.Status)
		}
	}
	if len(ends) > 1 {
		c.found(secondEnd, s.id, "messages tell of %d ends", len(ends))
	}
	for _, d := range s.owed {
		if d.Status != job.Delivered {
			c.found(missing, s.id, "message %s of version %d is %s", d.ID, d.Sequence, d.Status)
		}
	}
	for _, e := range s.events {
		visible := job.Event{Kind: e.Kind, From: e.From, To: e.To}.Visible()
		if _, told := ids[e.Version]; visible && !told {
			c.found(missing, s.id, "no message tells of version %d, %s", e.Version, e.To)
		}
		if visible {
			delete(ids, e.Version)
		}
	}
	for _, version := range slices.Sorted(maps.Keys(ids)) {
		c.found(secondWebhook, s.id, "message %s tells of version %d, which changed nothing", ids[version], version)
	}
}

// lapses checks that what a worker lost is taken over in time, as far as
// nothing was in the way.
func (c *checker) lapses() {
	for _, l := range c.record.Lapses {
		if l.For > afterward && c.well(l.At) > lease+afterward {
			c.found(stuck, l.Job, "nobody took it over for %v after its lease had ended", l.For)
		}
	}
}

// well is for how long there had been no trouble.
func (c *checker) well(at time.Time) time.Duration {
	since := at.Add(-time.Hour)
	for _, t := range c.record.Troubles {
		if t.From.After(at) {
			continue
		}
		if t.To.After(at) {
			return 0
		}
		if t.To.After(since) {
			since = t.To
		}
	}
	return at.Sub(since)
}
