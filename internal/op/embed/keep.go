package embed

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"docket/internal/job"
	"docket/internal/op"
)

// vectorsVersion is the format of the checkpoints that hold vectors.
const vectorsVersion = 4001

// keeper takes vectors as they are made. Those of a model are saved after each
// batch, so that no later attempt asks for them again; the others are made
// anew, which is faster than to read them.
type keeper struct {
	maker   *maker
	out     io.Writer
	journal *op.Journal // nil without a model
	state   keeperState
}

// keeperState is what a checkpoint says of its vectors.
type keeperState struct {
	Done       int        `json:"done"`
	Dimensions int        `json:"dimensions"`
	Used       job.Tokens `json:"used"` // by earlier attempts, for them
}

// newKeeper goes on from what an earlier attempt saved.
func newKeeper(t *op.Task, m *maker, out io.Writer) (*keeper, error) {
	k := &keeper{maker: m, out: out}
	if m.session == nil {
		return k, nil
	}
	var err error
	if k.journal, err = op.OpenJournal(t, vectorsVersion, &k.state); err != nil {
		return nil, err
	}
	m.dimensions, m.before = k.state.Dimensions, k.state.Used
	return k, nil
}

// done is how many vectors need not be made any more.
func (k *keeper) done() int { return k.state.Done }

// add makes the vectors of at most a batch.
func (k *keeper) add(ctx context.Context, lines []Vector) error {
	if err := k.maker.fill(ctx, lines); err != nil {
		return err
	}
	if k.journal == nil {
		for _, v := range lines {
			if err := write(k.out, v); err != nil {
				return err
			}
		}
		return nil
	}
	for _, v := range lines {
		if err := k.journal.Add(v); err != nil {
			return err
		}
	}
	k.state.Done += len(lines)
	k.state.Dimensions, k.state.Used = k.maker.dimensions, k.maker.used()
	return k.journal.Save(k.state)
}

// end writes what was saved.
func (k *keeper) end() error {
	if k.journal == nil {
		return nil
	}
	for line, err := range k.journal.Lines() {
		if err == nil {
			_, err = k.out.Write(append(line[:len(line):len(line)], '\n'))
		}
		if err != nil {
			return fmt.Errorf("write vectors: %w", err)
		}
	}
	return nil
}

func write(out io.Writer, v Vector) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode vector: %w", err)
	}
	if _, err := out.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("write vector: %w", err)
	}
	return nil
}
