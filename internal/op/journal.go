package op

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
)

// Journal is what a bulk job has done, a line for each item, in the order of
// the items: saved in checkpoints, the latest in memory.
type Journal struct {
	task    *Task
	version int
	tail    []byte
	saved   bool // some of it is in checkpoints
}

// OpenJournal goes on with the journal of that version of an earlier attempt,
// and reads its state as it was last saved; state stays as it is when there is
// none.
func OpenJournal(t *Task, version int, state any) (*Journal, error) {
	j := &Journal{task: t, version: version}
	parts, said, err := t.Resume(version)
	if err != nil {
		return nil, fmt.Errorf("resume: %w", err)
	}
	if parts == nil {
		return j, nil
	}
	j.saved = true
	if err := errors.Join(json.Unmarshal(said, state), parts.Close()); err != nil {
		return nil, fmt.Errorf("resume: %w", err)
	}
	return j, nil
}

// Add takes one more line: a value as JSON.
func (j *Journal) Add(line any) error {
	b, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("encode a line of the journal: %w", err)
	}
	j.tail = append(append(j.tail, b...), '\n')
	return nil
}

// Full says that it is time to save.
func (j *Journal) Full() bool { return len(j.tail) >= saveBytes }

// Save makes all lines durable, with the state that belongs to them.
func (j *Journal) Save(state any) error {
	said, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("encode checkpoint: %w", err)
	}
	if err := j.task.Checkpoint(j.version, j.tail, said); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	j.saved, j.tail = true, nil
	return nil
}

// Lines yields every line, one at a time in memory; a line is valid until the
// next. An error is the last that it yields. Nothing may be added meanwhile.
func (j *Journal) Lines() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if j.saved {
			parts, _, err := j.task.Resume(j.version)
			if err != nil {
				yield(nil, fmt.Errorf("read the journal: %w", err))
				return
			}
			ok := true
			for line, err := range JSONLines(parts) {
				if ok = yield(line, err); !ok {
					break
				}
			}
			if err := parts.Close(); err != nil && ok {
				ok = yield(nil, fmt.Errorf("close the journal: %w", err))
			}
			if !ok {
				return
			}
		}
		start := 0
		for n, b := range j.tail {
			if b != '\n' {
				continue
			}
			if !yield(j.tail[start:n], nil) {
				return
			}
			start = n + 1
		}
	}
}
