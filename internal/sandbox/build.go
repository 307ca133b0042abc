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

// Build has a child make the structure of a document from its page records,
// which come undecoded and in order. Each chunk is written to out as JSON on
// a line of its own, with one call of Write.
//
// An error that records yields ends the build; it and those of out are
// returned as they are. Other errors are those of Read.
func (p *Pool) Build(ctx context.Context, records iter.Seq2[[]byte, error], opts document.Options, out io.Writer) (document.Summary, error) {
	var summary document.Summary
	ctx, span := trace.Start(ctx, "build structure")
	err := p.run(ctx, kindBuild, opts, func(c *call) error {
		if err := c.sendRecords(records); err != nil {
			return err
		}
		end, err := c.chunks(out)
		if err == nil {
			summary = *end.Summary
		}
		return err
	})
	span.End(err)
	return summary, err
}

// sendRecords sends all records; the time that the sequence takes is not
// counted.
func (c *call) sendRecords(records iter.Seq2[[]byte, error]) error {
	n := 0
	c.clock.pause()
	for record, err := range records {
		c.clock.resume()
		if err != nil {
			return &callerError{err}
		}
		n++
		c.clock.allow(c.limits.budget(n))
		if err := c.record(record); err != nil {
			return err
		}
		c.clock.pause()
	}
	c.clock.resume()
	if err := c.proc.w.send(kindEnd); err != nil {
		return err
	}
	return c.proc.w.flush()
}

func (c *call) record(record []byte) error {
	if most := c.limits.RecordBytes; int64(len(record)) > most {
		return &callerError{limitError("record", most, fmt.Errorf("record of %d bytes", len(record)))}
	}
	return c.proc.w.send(kindRecord, record)
}

// chunks copies the chunks to out until the child is done.
func (c *call) chunks(out io.Writer) (outcome, error) {
	var line []byte
	for {
		k, payload, err := c.receive()
		if err != nil {
			return outcome{}, err
		}
		switch k {
		case kindChunk:
			line = append(append(line[:0], payload...), '\n')
			err := c.outside(func() error {
				if _, err := out.Write(line); err != nil {
					return fmt.Errorf("write chunk: %w", err)
				}
				return nil
			})
			if err != nil {
				return outcome{}, err
			}
		case kindDone:
			end, err := c.finish(payload)
			if err == nil && end.Summary == nil {
				err = errors.Join(errProtocol, errors.New("build ended without a summary"))
			}
			return end, err
		default:
			return outcome{}, unexpected(k)
		}
	}
}
