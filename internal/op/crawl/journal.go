package crawl

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"docket/internal/op"
)

const (
	journalVersion = 3001
	saveEvery      = time.Second
	saveBytes      = 1 << 20
	fewParts       = 500 // up to so many pages, each is saved when it is done
)

// entry is what one visit has changed, a line of JSON. All entries in order
// make the state of a crawl.
type entry struct {
	URL   string `json:"url,omitempty"`   // that was visited
	Map   string `json:"map,omitempty"`   // the host whose sitemaps were read
	Page  *Page  `json:"page,omitempty"`  // for the result
	Found []item `json:"found,omitempty"` // to be visited, new ones only
	// Disallowed says that robots.txt forbids the address.
	Disallowed bool `json:"disallowed,omitempty"`
}

// state is what a checkpoint says beside its entries.
type state struct {
	Seconds float64 `json:"seconds"` // that the crawl has taken
}

// journal keeps the entries in the checkpoints of the job.
type journal struct {
	task    *op.Task
	pending []byte
	parts   int
	entries int     // that wait
	seconds float64 // that the crawl has taken
	saved   time.Time
}

// add keeps an entry. The more parts there are, the more entries go into one:
// each part makes the list of all a little longer.
func (j *journal) add(e entry) error {
	b, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode entry: %w", err)
	}
	j.pending = append(append(j.pending, b...), '\n')
	j.entries++
	if j.entries <= j.parts/fewParts && len(j.pending) < saveBytes {
		return nil
	}
	return j.save()
}

// idle saves what has waited for long.
func (j *journal) idle() error {
	if j.entries == 0 || time.Since(j.saved) < saveEvery {
		return nil
	}
	return j.save()
}

func (j *journal) save() error {
	if j.entries == 0 {
		return nil
	}
	said, err := json.Marshal(state{Seconds: j.seconds})
	if err != nil {
		return fmt.Errorf("encode checkpoint: %w", err)
	}
	if err := j.task.Checkpoint(journalVersion, j.pending, said); err != nil {
		return fmt.Errorf("save a page: %w", err)
	}
	j.pending, j.entries, j.saved = nil, 0, time.Now()
	j.parts++
	return nil
}

// replay gives each entry that earlier attempts have saved, and how long they
// took.
func (j *journal) replay(each func(entry) error) (seconds float64, err error) {
	parts, said, err := j.task.Resume(journalVersion)
	if err != nil || parts == nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, parts.Close()) }()
	var s state
	if err := json.Unmarshal(said, &s); err != nil {
		return 0, fmt.Errorf("decode checkpoint: %w", err)
	}
	for line, err := range op.JSONLines(parts) {
		var e entry
		if err == nil {
			err = json.Unmarshal(line, &e)
		}
		if err == nil {
			err = each(e)
		}
		if err != nil {
			return 0, fmt.Errorf("resume: %w", err)
		}
	}
	return s.Seconds, nil
}

// result writes the pages of all entries, one at a time in memory.
func (j *journal) result(t *op.Task) (err error) {
	if err := j.save(); err != nil {
		return err
	}
	out, err := t.Create(pagesFile)
	if err != nil {
		return fmt.Errorf("create the result: %w", err)
	}
	_, err = j.replay(func(e entry) error {
		if e.Page == nil {
			return nil
		}
		b, err := json.Marshal(e.Page)
		if err == nil {
			_, err = out.Write(append(b, '\n'))
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("store the result: %w", err)
	}
	return nil
}
