package account

import "time"

// Usage is what an account had done with one operation on one day.
type Usage struct {
	Day       time.Time // its beginning, UTC
	Operation string
	Submitted int64 // jobs
	Completed int64 // jobs; as the two below, on the day on which they ended
	Failed    int64
	Cancelled int64
	Pages     int64 // read by jobs that ended
	Bytes     int64 // of the documents of jobs that ended
}

// Add gives the sums of both, for the day and the operation of u.
func (u Usage) Add(v Usage) Usage {
	u.Submitted += v.Submitted
	u.Completed += v.Completed
	u.Failed += v.Failed
	u.Cancelled += v.Cancelled
	u.Pages += v.Pages
	u.Bytes += v.Bytes
	return u
}
