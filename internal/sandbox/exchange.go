package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// command sends the first message of a request and waits until the child has
// taken it.
func (c *call) command(k kind, command any) error {
	if err := c.proc.w.sendJSON(k, command); err != nil {
		return fmt.Errorf("%w: %w", errIdle, err)
	}
	answer, _, err := c.proc.r.read(maxControl)
	switch {
	case errors.Is(err, errProtocol):
		return err
	case err != nil:
		return fmt.Errorf("%w: %w", errIdle, err)
	case answer != kindAccepted:
		return unexpected(answer)
	}
	return nil
}

// outside runs a function of the caller, whose time is not the child's.
func (c *call) outside(f func() error) error {
	c.clock.pause()
	defer c.clock.resume()
	if err := f(); err != nil {
		return &callerError{err}
	}
	return nil
}

// receive reads the child's next message. Its reports of failure become a
// childError.
func (c *call) receive() (kind, []byte, error) {
	k, payload, err := c.proc.r.read(c.limits.RecordBytes + maxControl)
	if err != nil {
		return 0, nil, err
	}
	c.output += int64(len(payload))
	if most := c.limits.OutputBytes; most > 0 && c.output > most {
		return 0, nil, &callerError{limitError("output", most, errors.New("too many bytes of records"))}
	}
	if k != kindFailed {
		return k, payload, nil
	}
	end, err := c.finish(payload)
	if err != nil {
		return 0, nil, err
	}
	if end.Failure == nil {
		return 0, nil, fmt.Errorf("failure without a reason: %w", errProtocol)
	}
	return 0, nil, &childError{end.Failure.err()}
}

// finish reads the last message of a request.
func (c *call) finish(payload []byte) (outcome, error) {
	var end outcome
	if err := decode(payload, &end); err != nil {
		return outcome{}, err
	}
	c.retire = end.Retire
	return end, nil
}

func decode(payload []byte, into any) error {
	if len(payload) > maxControl {
		return fmt.Errorf("message of %d bytes: %w", len(payload), errProtocol)
	}
	if err := json.Unmarshal(payload, into); err != nil {
		return fmt.Errorf("decode message: %w: %w", errProtocol, err)
	}
	return nil
}

func unexpected(k kind) error {
	return fmt.Errorf("message of kind %d out of order: %w", k, errProtocol)
}

// greet sends the settings and waits until the child is ready.
func (p *process) greet(s settings) (readiness, error) {
	var answer readiness
	if err := p.w.sendJSON(kindHello, s); err != nil {
		return answer, fmt.Errorf("send settings: %w", err)
	}
	k, payload, err := p.r.read(maxControl)
	switch {
	case errors.Is(err, io.EOF):
		return answer, errors.New("ended before it was ready")
	case err != nil:
		return answer, err
	case k == kindFailed:
		var end outcome
		if err := decode(payload, &end); err != nil || end.Failure == nil {
			return answer, errors.Join(errors.New("failed without a reason"), err)
		}
		return answer, end.Failure.err()
	case k != kindReady:
		return answer, unexpected(k)
	}
	err = decode(payload, &answer)
	return answer, err
}
