package api

import (
	"math"
	"net/http"
	"time"

	"docket/internal/job"
	"docket/internal/service"
)

// stateCounts says how many jobs are in which state, in the Jobs words.
type stateCounts struct {
	Queued     int64 `json:"queued"` // with those that await an upload
	Processing int64 `json:"processing"`
	Completed  int64 `json:"completed"`
	Failed     int64 `json:"failed"`
	Cancelled  int64 `json:"cancelled"`
	Total      int64 `json:"total"`
}

func viewCounts(counts map[job.Status]int64) stateCounts {
	v := stateCounts{
		Queued: counts[job.Queued] + counts[job.AwaitingUpload], Processing: counts[job.Processing],
		Completed: counts[job.Completed], Failed: counts[job.Failed], Cancelled: counts[job.Cancelled],
	}
	v.Total = v.Queued + v.Processing + v.Completed + v.Failed + v.Cancelled
	return v
}

// movesView is what happened in some time; what was not measured is left out.
type movesView struct {
	At          string   `json:"at,omitempty"`
	Submitted   int64    `json:"submitted"`
	Completed   int64    `json:"completed"`
	Failed      int64    `json:"failed"`
	Cancelled   int64    `json:"cancelled"`
	DurationP50 *float64 `json:"duration_p50_seconds,omitempty"`
	DurationP95 *float64 `json:"duration_p95_seconds,omitempty"`
	WaitP50     *float64 `json:"wait_p50_seconds,omitempty"`
	WaitP95     *float64 `json:"wait_p95_seconds,omitempty"`
	Oldest      *float64 `json:"oldest_waiting_seconds,omitempty"` // of a bucket
}

func viewMoves(m job.Moves) movesView {
	return movesView{
		Submitted: m.Submitted, Completed: m.Completed, Failed: m.Failed, Cancelled: m.Cancelled,
		DurationP50: quantile(m.Ran, 0.5), DurationP95: quantile(m.Ran, 0.95), WaitP50: quantile(m.Waited, 0.5), WaitP95: quantile(m.Waited, 0.95),
	}
}

func quantile(s job.Spread, share float64) *float64 {
	d, ok := s.Quantile(share)
	if !ok {
		return nil
	}
	return inSeconds(d)
}

func inSeconds(d time.Duration) *float64 {
	seconds := math.Round(d.Seconds()*1e4) / 1e4
	return &seconds
}

type queueView struct {
	Waiting int64    `json:"waiting"`
	Running int64    `json:"running"`
	Oldest  *int64   `json:"oldest_waiting_seconds,omitempty"`
	Paused  []string `json:"paused"`
}

type operationView struct {
	Operation job.Operation `json:"operation"`
	Jobs      stateCounts   `json:"jobs"`
	Oldest    *int64        `json:"oldest_waiting_seconds,omitempty"`
	LastDay   movesView     `json:"last_day"`
}

type failureView struct {
	ErrorType job.Code `json:"error_type"`
	Jobs      int64    `json:"jobs"`
}

type lastDayView struct {
	From     string        `json:"from"`
	To       string        `json:"to"`
	Seconds  int           `json:"bucket_seconds"`
	Total    movesView     `json:"total"`
	Buckets  []movesView   `json:"buckets"`
	Failures []failureView `json:"failures"`
}

type workersView struct {
	Nodes int   `json:"nodes"`
	Slots int   `json:"slots"`
	Busy  int64 `json:"busy"`
}

// nodeView is one process of the server.
type nodeView struct {
	ID      string `json:"id"`
	Host    string `json:"host"`
	Role    string `json:"role"`
	Version string `json:"version"`
	Slots   int    `json:"slots"`
	Busy    int64  `json:"busy"`
	Started string `json:"started_at"`
	Seen    string `json:"seen_at"`
	State   string `json:"state"` // "live" or "lost"
}

type systemView struct {
	Nodes  []nodeView `json:"nodes"`
	Free   int64      `json:"disk_free_bytes"`
	Uptime int64      `json:"uptime_seconds"`
}

type statsView struct {
	Account    string          `json:"account"`
	At         string          `json:"generated_at"`
	Jobs       stateCounts     `json:"jobs"`
	Queue      queueView       `json:"queue"`
	Operations []operationView `json:"operations"`
	LastDay    lastDayView     `json:"last_day"`
	Workers    workersView     `json:"workers"`
	Version    string          `json:"version"`
	System     *systemView     `json:"system,omitempty"` // for admins
}

// getStats is GET /stats. // contract J31
func (a *API) getStats(w http.ResponseWriter, r *http.Request) error {
	st, err := a.service.Stats(r.Context(), plain(r.URL.Query().Get("account"), 100))
	if err != nil {
		return err
	}
	v := statsView{
		Account: st.Account, At: st.At.Format(job.Seconds), Jobs: viewCounts(st.Jobs), Version: st.Version,
		Queue:      queueView{Waiting: st.Jobs[job.Queued], Running: st.Running, Oldest: age(st.Oldest, st.At), Paused: []string{}},
		Operations: []operationView{}, LastDay: viewLastDay(st),
	}
	for _, p := range a.service.Paused() {
		v.Queue.Paused = append(v.Queue.Paused, p.What)
	}
	for _, o := range st.Operations {
		v.Operations = append(v.Operations, operationView{o.Operation, viewCounts(o.Jobs), age(o.Oldest, st.At), viewMoves(o.LastDay)})
	}
	system := &systemView{Nodes: []nodeView{}, Free: st.FreeBytes, Uptime: int64(st.Up / time.Second)}
	for _, n := range st.Nodes {
		one := nodeView{n.ID, n.Host, n.Role, n.Version, n.Slots, n.Busy, n.Started.Format(job.Seconds), n.Seen.Format(job.Seconds), "live"}
		if n.Lost {
			one.State = "lost"
		} else {
			v.Workers.Nodes, v.Workers.Slots, v.Workers.Busy = v.Workers.Nodes+1, v.Workers.Slots+n.Slots, v.Workers.Busy+n.Busy
		}
		system.Nodes = append(system.Nodes, one)
	}
	if st.ForOperator {
		v.System = system
	}
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, http.StatusOK, v)
}

func viewLastDay(st service.Stats) lastDayView {
	v := lastDayView{
		From: st.From.Format(job.Seconds), To: st.From.Add(time.Duration(len(st.Buckets)) * job.StatsBucket).Format(job.Seconds), Seconds: int(job.StatsBucket / time.Second),
		Total: viewMoves(st.LastDay), Buckets: []movesView{}, Failures: []failureView{},
	}
	for i, m := range st.Buckets {
		one := viewMoves(m)
		if st.Waits[i] > 0 {
			one.Oldest = inSeconds(st.Waits[i])
		}
		one.At = st.From.Add(time.Duration(i) * job.StatsBucket).Format(job.Seconds)
		v.Buckets = append(v.Buckets, one)
	}
	for _, f := range st.Failures {
		v.Failures = append(v.Failures, failureView{f.Code, f.Jobs})
	}
	return v
}

// age is for how long a job waits, in whole seconds; nil when none does. One
// that is to be tried again later could not be taken yet.
func age(since, now time.Time) *int64 {
	if since.IsZero() {
		return nil
	}
	seconds := max(int64(now.Sub(since)/time.Second), 0)
	return &seconds
}
