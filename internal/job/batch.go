package job

import "time"

// Batch is jobs that were created together.
type Batch struct {
	ID        BatchID
	Account   string
	CreatedAt time.Time
	Original  BatchID // the batch whose failed jobs it reruns; zero: none
	Counts    map[Status]int
}

// Total is the number of jobs in the batch.
func (b Batch) Total() int {
	n := 0
	for _, count := range b.Counts {
		n += count
	}
	return n
}

// Final is the number of jobs that are done, one way or another.
func (b Batch) Final() int { return b.Counts[Completed] + b.Counts[Failed] + b.Counts[Cancelled] }

// Status of a batch: queued until one job starts, processing until all are
// final; then completed if any is, else failed if any is, else cancelled.
// contract J13
func (b Batch) Status() Status {
	total := b.Total()
	switch {
	case b.Final() < total && b.Counts[Queued]+b.Counts[AwaitingUpload] == total:
		return Queued
	case b.Final() < total:
		return Processing
	case b.Counts[Completed] > 0:
		return Completed
	case b.Counts[Failed] > 0:
		return Failed
	default:
		return Cancelled
	}
}

// Progress is the share of final jobs in percent, floored. // contract J13
func (b Batch) Progress() int { return 100 * b.Final() / max(b.Total(), 1) }
