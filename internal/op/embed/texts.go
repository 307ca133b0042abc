package embed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"docket/internal/job"
	"docket/internal/op"
)

// texts are those of the parameters, which come before all documents.
type texts struct {
	task  *op.Task
	state textsState
}

// textsState is what the checkpoints of the documents say of the texts.
type textsState struct {
	Done       bool       `json:"done"`
	Dimensions int        `json:"dimensions"`
	Spent      job.Tokens `json:"spent"`
}

// both is the state of a checkpoint of the documents, with that of the texts
// around it.
type both struct {
	Texts     textsState      `json:"texts"`
	Documents json.RawMessage `json:"documents"`
}

// begin finds out whether an earlier attempt was done with the texts.
func begin(t *op.Task) (*texts, error) {
	x := &texts{task: t}
	parts, said, err := t.Resume(op.FilesVersion)
	if err != nil {
		return nil, fmt.Errorf("resume: %w", err)
	}
	if parts == nil {
		return x, nil
	}
	var b both
	if err := errors.Join(json.Unmarshal(said, &b), parts.Close()); err != nil {
		return nil, fmt.Errorf("resume: %w", err)
	}
	x.state = b.Texts
	return x, nil
}

// documents is the task of the documents: what it saves says of the texts that
// they are done.
func (x *texts) documents() *op.Task {
	t := *x.task
	t.Tokens = &x.state.Spent
	t.Checkpoint = func(version int, part []byte, state json.RawMessage) error {
		said, err := json.Marshal(both{x.state, state})
		if err != nil {
			return fmt.Errorf("encode checkpoint: %w", err)
		}
		return x.task.Checkpoint(version, part, said)
	}
	t.Resume = func(version int) (io.ReadCloser, json.RawMessage, error) {
		if version != op.FilesVersion {
			return nil, nil, nil
		}
		parts, said, err := x.task.Resume(version)
		if err != nil || parts == nil {
			return nil, nil, err
		}
		var b both
		if err := json.Unmarshal(said, &b); err != nil {
			return nil, nil, errors.Join(fmt.Errorf("decode checkpoint: %w", err), parts.Close())
		}
		return parts, b.Documents, nil
	}
	return &t
}

// embed writes a line for each text.
func (x *texts) embed(ctx context.Context, m *maker, all []string) error {
	if len(all) == 0 || x.state.Done {
		m.dimensions = max(m.dimensions, x.state.Dimensions)
		return nil
	}
	out, err := x.task.Create(textsFile)
	if err != nil {
		return fmt.Errorf("create the result: %w", err)
	}
	k, err := newKeeper(x.task, m, out)
	if err != nil {
		return err
	}
	x.state.Spent.Add(m.before)
	for done := k.done(); done < len(all); {
		var lines []Vector
		for i, text := range all[done:min(done+batch, len(all))] {
			lines = append(lines, Vector{Source: "text", Index: done + i, Text: text})
		}
		if err := k.add(ctx, lines); err != nil {
			return err
		}
		done += len(lines)
		p := job.Progress{TotalFiles: len(x.task.Inputs), Stage: "embedding", Message: fmt.Sprintf("Embedded %d of %d texts", done, len(all))}
		if len(x.task.Inputs) == 0 { // documents take longer
			p.Percentage = min(99, 100*done/len(all))
		}
		x.task.Progress(p)
	}
	if err := k.end(); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("store the result: %w", err)
	}
	x.state.Done, x.state.Dimensions = true, m.dimensions
	return nil
}
