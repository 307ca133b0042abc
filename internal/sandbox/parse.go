package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"docket/internal/document"
	"docket/internal/trace"
)

// ParseRequest says which file is read, and what its structure is made of.
type ParseRequest struct {
	ReadRequest
	// Options are those of the structure.
	Options document.Options
	// Before are the records of the pages before the first, undecoded and in
	// order; nil is none.
	Before iter.Seq2[[]byte, error]
	// Wanted says whether a page is part of the structure; nil is all of them.
	Wanted func(page int) bool
}

// Parse has one child read the file in and build its structure at the same
// time: while it reads a page, it takes in the one before. in, opened and page
// are those of Read, out is that of Build, and so are the errors. The records
// that page gets are all that it needs to have Build do the second half again.
func (p *Pool) Parse(ctx context.Context, in io.Reader, req ParseRequest, opened func(document.Info) error, page func(number int, record []byte) error, out io.Writer) (summary document.Summary, err error) {
	if err := p.accepts(req.ReadRequest); err != nil {
		return summary, err
	}
	reading, span := trace.Start(ctx, "read pages", trace.Number("docket.document.bytes", int(req.Size)))
	defer func() { span.End(err) }()
	command := parseCommand{Read: req.command(p.reader != nil), Build: req.Options, Back: req.Before != nil || req.Wanted != nil}
	err = p.run(ctx, kindParse, command, func(c *call) error {
		c.recognize = p.recognizer(reading)
		b := &parsing{call: c, req: req, back: command.Back}
		first, last, err := c.begins(in, req.ReadRequest, opened, span)
		if err == nil {
			err = b.pages(first, last, page)
		}
		if err := b.end(err); err != nil {
			return err
		}
		span.End(nil)
		_, span = trace.Start(ctx, "build structure")
		answer, err := c.chunks(out)
		if err == nil {
			summary = *answer.Summary
		}
		return err
	})
	return summary, err
}

// parsing is a call whose pages become structure.
type parsing struct {
	*call
	req   ParseRequest
	back  bool // all records go back to the child
	built int  // pages that became part of the structure
}

// pages receives the pages from first to last and sends back what the child
// has not got: those with recognized text or, when not all pages are wanted or
// others were read before, all that are.
func (b *parsing) pages(first, last int, page func(int, []byte) error) error {
	count := last - first + 1
	b.clock.allow(b.limits.budget(count))
	if b.req.Before != nil {
		if err := b.before(count); err != nil {
			return err
		}
	}
	err := b.call.pages(first, last, func(n int, record []byte, changed bool) error {
		if err := b.outside(func() error { return page(n, record) }); err != nil {
			return err
		}
		if b.req.Wanted != nil && !b.req.Wanted(n) {
			return nil
		}
		b.built++
		if b.back || changed {
			return b.send(record)
		}
		return nil
	})
	if err != nil {
		return err
	}
	b.begin(0)
	b.clock.allow(b.limits.budget(count) + b.limits.budget(b.built))
	return nil
}

// before sends the records of the pages before the first; count is how many
// others will come.
func (b *parsing) before(count int) error {
	b.clock.pause()
	for record, err := range b.req.Before {
		b.clock.resume()
		if err != nil {
			return &callerError{err}
		}
		b.built++
		b.clock.allow(b.limits.budget(count + b.built))
		if err := b.send(record); err != nil {
			return err
		}
		b.clock.pause()
	}
	b.clock.resume()
	return nil
}

// send gives the child a record at once, so that it works on it while it reads
// the next page. The child takes records in whatever else it does.
func (b *parsing) send(record []byte) error {
	if err := b.record(record); err != nil {
		return err
	}
	return b.proc.w.flush()
}

// end tells the child that no more records come, unless it is of no use any
// more. A child that reported a failure waits for that too.
func (b *parsing) end(err error) error {
	if _, reported := errors.AsType[*childError](err); err != nil && !reported {
		return err
	}
	if failed := errors.Join(b.proc.w.send(kindEnd), b.proc.w.flush()); failed != nil {
		return fmt.Errorf("end records: %w", failed)
	}
	return err
}
