package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
)

// Play runs one of this program's own parts as a process of its own: question
// and answer are JSON on its standard input and output.
func (e *Env) Play(ctx context.Context, core Core, part string, question, answer any) error {
	c, err := e.part(ctx, core, part, question)
	if err != nil {
		return err
	}
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err == nil {
		err = json.Unmarshal(out, answer)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	return nil
}

// Ready is the line that a part prints which serves: "listens on", and the
// address.
const Ready = "listens on "

// StartPart is Play for a part that serves until it is stopped.
func (e *Env) StartPart(ctx context.Context, core Core, part string, question any) (*Process, error) {
	c, err := e.part(ctx, core, part, question)
	if err != nil {
		return nil, err
	}
	return startCommand(c, regexp.MustCompile(Ready+`(\S+)`))
}

func (e *Env) part(ctx context.Context, core Core, part string, question any) (*exec.Cmd, error) {
	in, err := json.Marshal(question)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", part, err)
	}
	c := commandOn(ctx, core, e.Self, "play", part)
	c.Stdin = bytes.NewReader(in)
	return c, nil
}
