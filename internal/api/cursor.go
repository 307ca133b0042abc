package api

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
	"time"

	"docket/internal/job"
)

const (
	// overlap is how far back a resumed reader of all jobs begins before the
	// newest change that it has: changes reach the disk in another order than
	// that of their times.
	overlap = 10 * time.Second
	// maxSeen is how many of the changes in that time a cursor remembers, so
	// that they are not told again.
	maxSeen = 12
)

// cursor says how far a reader of GET /events is. // contract J26
type cursor struct {
	from time.Time // what changed later is to be told,
	seen []mark    // but for these
}

// mark names one version of a job.
type mark struct {
	random  uint64 // the last half of the id
	version uint64
}

func markOf(j job.Job) mark {
	return mark{binary.BigEndian.Uint64(j.ID[8:]), uint64(j.Version)}
}

// sum is how a mark is written; nobody needs its parts again.
func (m mark) sum() uint64 { return m.random + m.version }

func (c cursor) String() string {
	b := binary.BigEndian.AppendUint64(nil, uint64(c.from.UnixMicro()))
	for _, m := range c.seen {
		b = binary.BigEndian.AppendUint64(b, m.sum())
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(s string) (cursor, bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < 8 || len(b)%8 != 0 || len(b) > 8*(1+maxSeen) {
		return cursor{}, false
	}
	c := cursor{from: time.UnixMicro(int64(binary.BigEndian.Uint64(b)))}
	for b = b[8:]; len(b) > 0; b = b[8:] {
		c.seen = append(c.seen, mark{random: binary.BigEndian.Uint64(b)})
	}
	return c, true
}

// passed is the cursor after a change was told.
func (c cursor) passed(j job.Job) cursor {
	if from := j.UpdatedAt.Add(-overlap); from.After(c.from) {
		c.from = from
	}
	m := markOf(j)
	seen := slices.DeleteFunc(slices.Clone(c.seen), func(old mark) bool { return old.random == m.random })
	seen = append(seen, m)
	c.seen = seen[max(0, len(seen)-maxSeen):]
	return c
}

// has says that the reader has this version of the job.
func (c cursor) has(j job.Job) bool {
	sum := markOf(j).sum()
	return slices.ContainsFunc(c.seen, func(m mark) bool { return m.sum() == sum })
}
