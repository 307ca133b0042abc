package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"docket/internal/job"
)

// good is the record of a run in which all went well: three jobs that ended in
// three ways, one of which was lost once and taken over.
func good() *Record {
	r := &Record{Rows: Rows{Counted: map[job.Status]int64{job.Completed: 1, job.Failed: 1, job.Cancelled: 1, job.Queued: 0}}}
	for i, end := range []job.Status{job.Completed, job.Failed, job.Cancelled} {
		id := fmt.Sprintf("job_%d", i+1)
		r.Submits = append(r.Submits, Submit{At: moment(0), Key: "key " + id, Job: id, Kind: "small", Ends: []job.Status{job.Completed, job.Failed}, Cancelled: end == job.Cancelled})
		r.Rows.Jobs = append(r.Rows.Jobs, JobRow{Job: id, Status: end, Attempt: 2})
		r.Rows.Events = append(r.Rows.Events,
			EventRow{Job: id, Version: 1, At: moment(0), Kind: job.EventCreated, To: job.Queued},
			EventRow{Job: id, Version: 2, At: moment(1), Kind: job.EventStatus, From: job.Queued, To: job.Processing, Attempt: 1},
			EventRow{Job: id, Version: 5, At: moment(2), Kind: job.EventAttempt, From: job.Processing, To: job.Processing, Attempt: 1, Code: job.WorkerLost},
			EventRow{Job: id, Version: 6, At: moment(3), Kind: job.EventAttempt, From: job.Processing, To: job.Processing, Attempt: 2},
			EventRow{Job: id, Version: 9, At: moment(4), Kind: job.EventStatus, From: job.Processing, To: end, Attempt: 2},
		)
		r.Submits[i].SHA256 = "sum of " + id
		if end == job.Failed {
			r.Submits[i].Code, r.Rows.Events[len(r.Rows.Events)-1].Code = job.FileCorrupted, job.FileCorrupted
		}
		r.Kept = append(r.Kept, Document{Job: id, SHA256: "sum of " + id})
		for version, to := range map[int64]job.Status{1: job.Queued, 2: job.Processing, 9: end} {
			message := fmt.Sprintf("evt_%s_%d", id, version)
			r.Rows.Deliveries = append(r.Rows.Deliveries, DeliveryRow{ID: message, Job: id, Sequence: version, Status: job.Delivered})
			w := Webhook{At: moment(5), ID: message, Job: id, Sequence: version, Status: to}
			r.Webhooks = append(r.Webhooks, w, w) // the second time as after a lost answer
		}
		for n, status := range []job.Status{job.Queued, job.Processing, end} {
			o := Sighting{Asked: moment(n), At: moment(n), Job: id, Status: status, Version: int64(n + 1)}
			for _, o.By = range []string{poll, "stream 1"} {
				r.Seen = append(r.Seen, o)
			}
		}
		r.Seen = append(r.Seen, Sighting{Asked: moment(1), At: moment(1), By: poll, Job: id, Code: 503})
	}
	r.Results = []Result{{Job: "job_1"}}
	r.Troubles = []Done{{Trouble: Trouble{Kind: killNode}, From: moment(0), To: moment(2)}}
	r.Lapses = []Lapse{{At: moment(60), Job: "job_1", For: afterward / 2}, {At: moment(40), Job: "job_1", For: 2 * afterward}}
	return r
}

func moment(seconds int) time.Time {
	return time.Date(2026, 1, 1, 12, 0, seconds, 0, time.UTC)
}

func TestGoodRecordPasses(t *testing.T) {
	if found := Check(good()); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

// Each broken promise is found when it is planted.
func TestPlantedViolationsAreFound(t *testing.T) {
	event := func(r *Record, e EventRow) { r.Rows.Events = append(r.Rows.Events, e) }
	see := func(r *Record, o Sighting) { r.Seen = append(r.Seen, o) }
	final := func(w Webhook) bool { return w.Job == "job_1" && w.Status.Final() }
	for name, test := range map[string]struct {
		want  string
		plant func(*Record)
	}{
		"an acknowledged job is lost":    {lost, func(r *Record) { r.Rows.Jobs = r.Rows.Jobs[1:] }},
		"an acknowledged job gets a 404": {gone, func(r *Record) { see(r, Sighting{Asked: moment(1), At: moment(1), By: poll, Job: "job_1", Code: 404}) }},
		"a retry makes another job":      {twice, func(r *Record) { r.Submits[1].Key = r.Submits[0].Key }},
		"a job that nobody was told of":  {twice, func(r *Record) { r.Rows.Jobs = append(r.Rows.Jobs, JobRow{Job: "job_9", Status: job.Completed}) }},
		"a job has not ended":            {stuck, func(r *Record) { r.Rows.Jobs[0].Status = job.Processing }},
		"a job has ended and is held":    {stuck, func(r *Record) { r.Rows.Jobs[0].Held = true }},
		"a lease is nobody's for long":   {stuck, func(r *Record) { r.Lapses[0].For = afterward + time.Second }},
		"a job completes twice": {secondEnd, func(r *Record) {
			event(r, EventRow{Job: "job_1", Version: 10, Kind: job.EventStatus, From: job.Processing, To: job.Completed})
		}},
		"a job is seen with two ends": {secondEnd, func(r *Record) {
			see(r, Sighting{Asked: moment(9), At: moment(9), By: poll, Job: "job_1", Status: job.Failed})
		}},
		"a job is seen with another end": {secondEnd, func(r *Record) { r.Rows.Jobs[0].Status = job.Failed }},
		"a final state is left": {illegal, func(r *Record) {
			event(r, EventRow{Job: "job_1", Version: 10, Kind: job.EventStatus, From: job.Completed, To: job.Processing})
		}},
		"a move begins elsewhere":          {illegal, func(r *Record) { r.Rows.Events[1].From = job.AwaitingUpload }},
		"an attempt after the end":         {illegal, func(r *Record) { event(r, EventRow{Job: "job_1", Version: 10, Kind: job.EventAttempt, Attempt: 3}) }},
		"two events have one version":      {illegal, func(r *Record) { r.Rows.Events[2].Version = 2 }},
		"the history does not fit the row": {illegal, func(r *Record) { r.Rows.Events = r.Rows.Events[:len(r.Rows.Events)-1] }},
		"a poll sees a job go back": {illegal, func(r *Record) {
			see(r, Sighting{Asked: moment(9), At: moment(9), By: poll, Job: "job_1", Status: job.Processing})
		}},
		"a stream goes back": {illegal, func(r *Record) {
			see(r, Sighting{Asked: moment(3), At: moment(3), By: "stream 1", Job: "job_1", Status: job.Processing, Version: 2})
		}},
		"a stream is never told of the end": {missing, func(r *Record) {
			see(r, Sighting{Asked: moment(1), At: moment(1), By: "stream 2", Job: "job_1", Status: job.Queued})
		}},
		"a job ends wrongly":             {wrongEnd, func(r *Record) { r.Submits[0].Ends = []job.Status{job.Failed} }},
		"a cancelled job ends otherwise": {wrongEnd, func(r *Record) { r.Submits[0].Cancelled = true }},
		"a job fails for another reason": {wrongEnd, func(r *Record) { r.Submits[1].Code = job.StorageError }},
		"a document is lost":             {changed, func(r *Record) { r.Kept[0].Err = "410" }},
		"a document is another's":        {changed, func(r *Record) { r.Kept[0].SHA256 = r.Kept[1].SHA256 }},
		"a result is wrong":              {wrongResult, func(r *Record) { r.Results[0].Wrong = "it lacks page 3" }},
		"nobody got a result":            {wrongResult, func(r *Record) { r.Results = nil }},
		"a webhook never came":           {missing, func(r *Record) { r.Webhooks = slices.DeleteFunc(r.Webhooks, final) }},
		"a webhook was given up":         {missing, func(r *Record) { r.Rows.Deliveries[0].Status = job.GivenUp }},
		"a second message of the end": {secondWebhook, func(r *Record) {
			w := r.Webhooks[slices.IndexFunc(r.Webhooks, final)]
			w.ID = "evt_other"
			r.Webhooks = append(r.Webhooks, w)
		}},
		"another end is told": {secondEnd, func(r *Record) {
			w := r.Webhooks[slices.IndexFunc(r.Webhooks, final)]
			w.ID, w.Status, w.Sequence = "evt_other", job.Failed, 10
			r.Webhooks = append(r.Webhooks, w)
		}},
		"a message of nothing":        {secondWebhook, func(r *Record) { r.Webhooks[0].Sequence = 77 }},
		"a signature does not hold":   {forged, func(r *Record) { r.Webhooks[0].Forged = "no match" }},
		"lists count wrongly":         {miscounted, func(r *Record) { r.Rows.Counted[job.Queued] = 1 }},
		"a refusal without a reason":  {wrongAnswer, func(r *Record) { r.Answers = append(r.Answers, Answer{To: "submit", Code: 500}) }},
		"a trouble could not be made": {notMade, func(r *Record) { r.Troubles[0].Err = "no such process" }},
	} {
		t.Run(name, func(t *testing.T) {
			r := good()
			test.plant(r)
			var kinds []string
			for _, v := range Check(r) {
				kinds = append(kinds, v.Kind)
				if v.What == "" || !strings.Contains(v.String(), v.Kind) {
					t.Errorf("says nothing: %q", v)
				}
			}
			if !slices.Contains(kinds, test.want) {
				t.Errorf("found %q, want %q", kinds, test.want)
			}
		})
	}
}
