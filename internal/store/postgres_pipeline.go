package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"docket/internal/job"
)

// pipeline is one transaction. It runs its operations side by side: each until
// it asks something, and then asks for all of them in one round trip.
type pipeline struct {
	*effects
	ctx        context.Context
	engine     *postgresEngine
	begun      bool
	committing bool
	strands    []*strand          // operations that have not ended
	sole       *strand            // the one that is alone, if one is
	held       map[job.ID]*strand // which operation has a job
	inserts    []insertion        // since the last round trip, by table
	asked      []*statement       // since the last round trip, in order
	changes    []*change          // since the last round trip
}

// insertion is rows of one table.
type insertion struct {
	table table
	rows  [][]any
}

func newPipeline(ctx context.Context, e *postgresEngine) *pipeline {
	return &pipeline{effects: newEffects(), ctx: ctx, engine: e, held: map[job.ID]*strand{}}
}

// run applies the operations and commits.
func (p *pipeline) run(batch []*request) ([]error, error) {
	if err := p.prepare(batch); err != nil {
		return nil, err
	}
	all := make([]*strand, len(batch))
	for i, r := range batch {
		all[i] = newStrand(p, r.op)
	}
	defer func() {
		for _, s := range all {
			s.stop()
		}
	}()
	p.strands = slices.Clone(all)
	for len(p.strands) > 0 {
		if err := p.step(); err != nil {
			return nil, err
		}
	}
	if err := p.commit(); err != nil {
		return nil, err
	}
	refusals := make([]error, len(batch))
	for i, s := range all {
		refusals[i] = s.err
	}
	return refusals, nil
}

// step lets every operation go on that can, and asks what they want to know.
// When none can, the first goes on of those that want to be alone.
func (p *pipeline) step() error {
	moved := false
	for _, s := range p.strands {
		if p.ready(s) {
			moved = true
			p.resume(s)
			if s.ended && s.err != nil && !refusal(s.err) {
				return s.err
			}
		}
	}
	if !moved {
		p.sole = p.strands[slices.IndexFunc(p.strands, func(s *strand) bool { return s.lonely })]
		return nil
	}
	p.strands = slices.DeleteFunc(p.strands, func(s *strand) bool { return s.ended })
	if !slices.ContainsFunc(p.strands, func(s *strand) bool { return s.asks }) {
		return nil
	}
	return p.flush()
}

// ready says whether an operation may begin or go on now.
func (p *pipeline) ready(s *strand) bool {
	if p.sole != nil || s.lonely {
		return p.sole == s
	}
	return s.begun || !slices.ContainsFunc(s.names, func(id job.ID) bool { return p.held[id] != nil })
}

func (p *pipeline) resume(s *strand) {
	if !s.begun {
		for _, id := range s.names {
			p.held[id] = s
		}
	}
	s.resume()
	if !s.ended {
		return
	}
	for _, id := range s.names {
		delete(p.held, id)
	}
	if p.sole == s {
		p.sole = nil
	}
}

// commit writes what the operations did together.
func (p *pipeline) commit() error {
	if err := (&txn{session: &strand{pipeline: p}, effects: p.effects}).flush(); err != nil {
		return err
	}
	p.committing = true
	return p.flush()
}

// insert keeps a row for the next round trip.
func (p *pipeline) insert(into table, values []any) {
	i := slices.IndexFunc(p.inserts, func(in insertion) bool { return in.table.name == into.name })
	if i < 0 {
		i = len(p.inserts)
		p.inserts = append(p.inserts, insertion{table: into})
	}
	p.inserts[i].rows = append(p.inserts[i].rows, values)
}

// change is one update of the rows of many operations.
type change struct {
	what update
	rows [][]any
	into map[job.ID]*changed // by the first of the row's values
}

// change keeps an update of a row for the next round trip.
func (p *pipeline) change(what update, values []any) (*changed, error) {
	id, err := bytesOf(values[0])
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(p.changes, func(c *change) bool { return c.what.name == what.name })
	if i < 0 {
		i = len(p.changes)
		p.changes = append(p.changes, &change{what: what, into: map[job.ID]*changed{}})
	}
	c, into := p.changes[i], &changed{}
	c.rows, c.into[job.ID(id)] = append(c.rows, values), into
	return into, nil
}

// ask keeps the update as a statement.
func (c *change) ask(p *pipeline) error {
	arrays, err := arrays(c.rows, c.what.types)
	if err != nil {
		return fmt.Errorf("update %s: %w", c.what.name, err)
	}
	p.ask(p.engine.change(c.what), arrays, func(r row) error {
		var (
			id  []byte
			one changed
		)
		if err := r.Scan(&id, &one.version, &one.awaited); err != nil {
			return err
		}
		*c.into[job.ID(id)] = one
		return nil
	})
	return nil
}

// ask keeps a statement for the next round trip.
func (p *pipeline) ask(query string, args []any, scan func(row) error) *statement {
	st := &statement{query: query, args: args, scan: scan}
	p.asked = append(p.asked, st)
	return st
}

// flush makes one round trip: it sends what was kept, and takes the answers.
func (p *pipeline) flush() error {
	for _, c := range p.changes {
		if err := c.ask(p); err != nil {
			return err
		}
	}
	p.changes = nil
	b := &pgx.Batch{}
	if !p.begun {
		b.Queue("BEGIN ISOLATION LEVEL READ COMMITTED")
	}
	for _, in := range p.inserts {
		arrays, err := arrays(in.rows, in.table.types)
		if err != nil {
			return fmt.Errorf("insert into %s: %w", in.table.name, err)
		}
		b.Queue(p.engine.text(in.table), arrays...)
	}
	unasked := b.Len()
	for _, st := range p.asked {
		b.Queue(st.query, st.args...)
	}
	if p.committing {
		b.Queue("COMMIT")
	}
	answers := p.engine.conn.SendBatch(p.ctx, b)
	err := p.receive(answers, unasked)
	if closed := answers.Close(); err == nil {
		err = closed
	}
	p.begun, p.inserts, p.asked = true, nil, nil
	if err != nil && (p.engine.conn.IsClosed() || p.ctx.Err() != nil) {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	return err
}

// receive takes the answers. Those to the statements before what was asked say
// nothing, but that to the commit does.
func (p *pipeline) receive(answers pgx.BatchResults, unasked int) error {
	for range unasked {
		if _, err := answers.Exec(); err != nil {
			return err
		}
	}
	for _, st := range p.asked {
		if err := st.receive(answers); err != nil {
			return err
		}
	}
	if !p.committing {
		return nil
	}
	tag, err := answers.Exec()
	if err == nil && tag.String() != "COMMIT" {
		return errors.New("the database did not commit but " + tag.String())
	}
	return err
}
