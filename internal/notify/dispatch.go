package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"time"

	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/service"
	"docket/internal/trace"
)

const (
	pollEvery    = time.Second      // wake-ups are hints; this alone suffices
	releaseEvery = 30 * time.Second // how often messages of lost senders are looked for
	// restElsewhere is what a node leaves the one where something happened to
	// send its messages. Mostly it does; if it cannot, being full or no server
	// at all, the others do. They ask at most so often, whatever is going on.
	restElsewhere = 100 * time.Millisecond
)

// mailer sends one e-mail: over SMTP, or into a folder.
type mailer interface {
	Send(ctx context.Context, m Mail) Attempt
}

// Parts are what a dispatcher is made of.
type Parts struct {
	Service       *service.Service
	Hub           *event.Hub
	Webhooks      *Webhooks
	Mail          mailer
	AllowLoopback func() bool    // lets receivers be on this machine now
	AllowCIDRs    []netip.Prefix // private networks that every receiver may be in
	Slots         int            // messages under way at the same time
	Owner         string         // names the dispatcher in leases; no other has the same
	Poll          time.Duration  // how often it looks without being woken; a second when 0
	Log           *slog.Logger
	Tracer        *trace.Tracer // nil: nothing is traced
}

// Dispatcher claims messages that are due, sends them, and has remembered how
// it went.
type Dispatcher struct {
	Parts
	slots   chan struct{}
	metrics metrics
	claims  int    // so far; each has an owner of its own
	unheard string // owner of a claim that failed, and may have been stored; empty: none
}

// NewDispatcher makes a dispatcher.
func NewDispatcher(p Parts) *Dispatcher {
	if p.Poll == 0 {
		p.Poll = pollEvery
	}
	return &Dispatcher{Parts: p, slots: make(chan struct{}, p.Slots), metrics: newMetrics()}
}

// Run sends until the context ends. What is under way then is sent again by
// the next dispatcher, under the same id.
func (d *Dispatcher) Run(ctx context.Context) {
	due, elsewhere := d.listen(false), d.listen(true)
	defer due.Close()
	defer elsewhere.Close()
	rested, resting := time.NewTimer(0), true
	defer rested.Stop()
	poll, release := time.NewTicker(d.Poll), time.NewTicker(releaseEvery)
	defer poll.Stop()
	defer release.Stop()
	free := make(chan struct{}, 1)
	var wg sync.WaitGroup
	defer wg.Wait()
	for look := true; ctx.Err() == nil; {
		if look {
			d.claim(ctx, &wg, free)
		}
		look = true
		select {
		case <-ctx.Done():
		case <-due.Wake():
		case <-elsewhere.Wake():
			if look = false; !resting {
				resting = true
				rested.Reset(restElsewhere)
			}
		case <-rested.C:
			resting = false
		case <-free:
		case <-poll.C:
		case <-release.C:
			if err := d.Service.ReleaseDeliveries(ctx, false); err != nil && ctx.Err() == nil {
				d.Log.Error("release deliveries", "error", err)
			}
		}
	}
}

// listen hears of what may have made messages, here or on other nodes.
func (d *Dispatcher) listen(elsewhere bool) *event.Listener {
	return d.Hub.Listen(func(e job.Event) bool {
		return e.Elsewhere == elsewhere && (e.Kind == job.EventDelivery || e.Visible())
	})
}

// claim fills the free slots.
func (d *Dispatcher) claim(ctx context.Context, wg *sync.WaitGroup, free chan struct{}) {
	n := cap(d.slots) - len(d.slots)
	if n == 0 {
		return
	}
	if !d.releaseUnheard(ctx) {
		return
	}
	d.claims++
	owner := fmt.Sprintf("%s/%d", d.Owner, d.claims)
	dispatches, err := d.Service.ClaimDeliveries(ctx, owner, n)
	if err != nil {
		d.unheard = owner
		if ctx.Err() == nil {
			d.Log.Error("claim deliveries", "error", err)
		}
	}
	for _, one := range dispatches {
		d.slots <- struct{}{}
		wg.Go(func() {
			d.send(ctx, one)
			<-d.slots
			select {
			case free <- struct{}{}:
			default:
			}
		})
	}
}

// releaseUnheard lets messages wait again that nobody would send before their
// leases end, and says whether there are none left.
func (d *Dispatcher) releaseUnheard(ctx context.Context) bool {
	if d.unheard != "" && d.Service.ReleaseClaim(ctx, d.unheard) == nil { // that it fails says the claim before it
		d.unheard = ""
	}
	return d.unheard == ""
}

// send tries once. A try that the end of the server cut short is not counted.
func (d *Dispatcher) send(ctx context.Context, one service.Dispatch) {
	ctx, span := d.Tracer.Send(ctx, one.Delivery)
	a := d.attempt(ctx, one)
	a.traced(span)
	if ctx.Err() != nil && !a.OK() {
		return
	}
	pause, again := a.Next(one.Attempt, rand.Float64)
	o := service.Outcome{OK: a.OK(), Final: !again, Gone: a.Gone, Pause: pause, Attempt: job.DeliveryAttempt{
		At: a.At, Took: a.Took, Status: a.Status, RequestHeaders: a.RequestHeaders, AnswerHeaders: a.AnswerHeaders, Answer: a.Answer, Error: a.Error,
	}}
	d.metrics.saw(one.Channel, a, o.Final)
	if o.Final && !o.OK {
		d.Log.WarnContext(ctx, "a delivery was given up", "delivery", one.ID, "job", one.Job, "attempt", one.Attempt, "reason", a.Error)
	}
	if err := d.record(ctx, one, o); err != nil && !service.Fenced(err) {
		d.Log.ErrorContext(ctx, "record an attempt", "delivery", one.ID, "error", err)
	}
}

// record stores how a try went. While that cannot be stored it tries again, for
// as long as nobody else may send the message, or until the server ends.
func (d *Dispatcher) record(ctx context.Context, one service.Dispatch, o service.Outcome) error {
	lease := time.NewTimer(service.DeliveryLease)
	defer lease.Stop()
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := d.Service.RecordAttempt(context.WithoutCancel(ctx), one.Delivery, o)
		if code := job.CodeOf(err); code != job.Unavailable && code != job.DiskFull {
			return err
		}
		select {
		case <-time.After(pause):
		case <-lease.C:
			return err
		case <-ctx.Done():
			return err
		}
	}
}

func (d *Dispatcher) attempt(ctx context.Context, one service.Dispatch) Attempt {
	if one.Channel == job.ByEmail {
		m, err := d.mail(one)
		if err != nil {
			return Attempt{At: time.Now(), Error: "the message could not be written", Permanent: true}
		}
		return d.Mail.Send(ctx, m)
	}
	allow := slices.Clone(d.AllowCIDRs)
	for _, text := range one.AllowCIDRs {
		if p, err := netip.ParsePrefix(text); err == nil {
			allow = append(allow, p)
		}
	}
	return d.Webhooks.Send(ctx, Delivery{
		ID: one.ID, URL: one.Target, Secrets: one.Secrets, Body: one.Payload, AllowPrivate: allow, AllowLoopback: d.AllowLoopback(),
	})
}

// mail writes the e-mail that a message asks for.
func (d *Dispatcher) mail(one service.Dispatch) (Mail, error) {
	var m job.Message
	if err := json.Unmarshal(one.Payload, &m); err != nil {
		return Mail{}, fmt.Errorf("decode message %s: %w", one.ID, err)
	}
	e := MailEvent{
		JobID: m.JobID, Operation: string(m.Operation), Status: m.Status, FileName: m.FileName, Files: m.Progress.TotalFiles,
	}
	e.EndedAt, _ = time.Parse(job.Seconds, m.Timestamp) // one of ours; without it the line is left out
	if m.Error != nil {
		e.Error = *m.Error
	}
	if m.ResultURL != nil {
		e.Link = *m.ResultURL
	}
	if m.IncludeSummary {
		e.Summary = &MailSummary{Pages: m.Progress.PagesCompleted, Method: m.Method, Warnings: m.Warnings}
	}
	subject, text := MailText(e)
	return Mail{To: one.Target, Subject: subject, Text: text, MessageID: one.ID}, nil
}
