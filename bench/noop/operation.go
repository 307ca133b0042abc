// Package noop is Docket with an operation that does nothing, so that what is
// measured is the way of a job and not the work on it. Everything else is the
// server's own.
package noop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"

	"docket/internal/job"
	"docket/internal/op"
)

// How the document of a job begins that does not end at once.
const (
	Hold = "hold " // runs until it is cancelled
	Rest = "rest " // runs for RestTime, so that somebody can begin to watch it
	Step = "step " // reports progress every StepTime until it is cancelled
)

// RestTime is how long a job of Rest runs.
const RestTime = 150 * time.Millisecond

// StepTime is a bit longer than what the server lets pass between two reports,
// so that each is written at once.
const StepTime = 600 * time.Millisecond

// Moment is a thing that happens to a job while it runs.
type Moment string

// The moments of a run.
const (
	Started   Moment = "started"   // Run was called
	Returned  Moment = "returned"  // Run returns without an error
	Cancelled Moment = "cancelled" // the context has ended
)

// Tell hears of the moments of all jobs; text is the document, nil when it was
// not read yet.
type Tell func(id job.ID, m Moment, at time.Time, text []byte)

// operation takes the place of parse, since routes know only names that there
// are. It reads its document, as every operation must.
type operation struct{ tell Tell }

// Name is the word of the operation. // op.Operation
func (operation) Name() job.Operation { return job.Parse }

// Check takes any parameters. // op.Operation
func (operation) Check(p json.RawMessage) (json.RawMessage, error) { return p, nil }

// Run does nothing. // op.Operation
func (o operation) Run(ctx context.Context, t *op.Task) (op.Result, error) {
	o.tell(t.Job, Started, time.Now(), nil)
	text, err := document(t)
	if err != nil {
		return op.Result{}, err
	}
	if bytes.HasPrefix(text, []byte(Rest)) {
		time.Sleep(RestTime)
	}
	if bytes.HasPrefix(text, []byte(Hold)) {
		<-ctx.Done()
		o.tell(t.Job, Cancelled, time.Now(), text)
		return op.Result{}, fmt.Errorf("hold: %w", context.Cause(ctx))
	}
	if bytes.HasPrefix(text, []byte(Step)) {
		return op.Result{}, step(ctx, t)
	}
	o.tell(t.Job, Returned, time.Now(), text)
	return op.Result{}, nil
}

// step reports when it does so, in ns since 1970. Not all jobs begin at once.
func step(ctx context.Context, t *op.Task) error {
	pause := time.NewTimer(rand.N(StepTime)) //nolint:gosec // nobody is to guess it
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("step: %w", context.Cause(ctx))
		case <-pause.C:
		}
		t.Progress(job.Progress{Message: strconv.FormatInt(time.Now().UnixNano(), 10)})
		pause.Reset(StepTime)
	}
}

func document(t *op.Task) ([]byte, error) {
	in, err := t.Open(0)
	if err != nil {
		return nil, fmt.Errorf("open the document: %w", err)
	}
	text, err := io.ReadAll(in)
	if err := errors.Join(err, in.Close()); err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	return text, nil
}

// Render writes an empty object. // op.Operation
func (operation) Render(w io.Writer, _ op.Rendering) error {
	_, err := io.WriteString(w, "{}")
	return err
}
