package job

import "time"

// OldestWaits tells for each bucket how long the job had waited that waited
// longest in it, until it began or the bucket ended; 0 where none is known to
// have waited. It follows from when jobs began and how long they had waited
// then, and from since when the oldest waits now (zero: none does): a job that
// ended before it began is not seen. The first bucket begins at from.
func OldestWaits(buckets []Moves, from, now, oldest time.Time) []time.Duration {
	waits := make([]time.Duration, len(buckets))
	// raise says that a job waited since a time, and until another.
	raise := func(since, until time.Time) {
		for b := range waits {
			begin := from.Add(time.Duration(b) * StatsBucket)
			end := begin.Add(StatsBucket)
			if end.After(until) {
				end = until
			}
			if end.After(begin) {
				waits[b] = max(waits[b], end.Sub(since))
			}
		}
	}
	for b, m := range buckets {
		waited, ok := m.Waited.Quantile(1)
		if !ok {
			continue
		}
		begin := from.Add(time.Duration(b) * StatsBucket)
		end := begin.Add(StatsBucket)
		if end.After(now) {
			end = now
		}
		began := begin.Add(end.Sub(begin) / 2) // when in the bucket is not known
		raise(began.Add(-waited), began)
		waits[b] = max(waits[b], waited)
	}
	if !oldest.IsZero() {
		raise(oldest, now)
	}
	return waits
}
