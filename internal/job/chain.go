package job

import (
	"fmt"
	"time"
)

// SourceScheme begins the address of another job's result. // contract J6
const SourceScheme = "jobid://"

// StageSource is the stage of a job that waits for another one's end.
const StageSource = "waiting for another job"

// Await gives the job as it is while it waits for the end of another: no worker
// may take it, and its progress says why.
func (j Job) Await(source ID) Job {
	j.WaitsFor, j.RunAt = source, time.Time{}
	j.Progress.Stage, j.Progress.Message = StageSource, fmt.Sprintf("Waiting for %s to complete", source.In(TypeID))
	return j
}

// Freed gives the job as it is when it need not wait for another any more: it
// stands in its account's line where it would have stood without waiting.
func (j Job) Freed() Job {
	j.WaitsFor, j.RunAt = ID{}, j.CreatedAt
	j.Progress.Stage, j.Progress.Message = "", ""
	return j
}

// Lacking is the failure of a job whose source has nothing to give: why says
// what became of it ("failed", "cancelled", "deleted").
func Lacking(source ID, why string) *Failure {
	return &Failure{Code: InputFailed, Facts: Facts{"job_id": source.In(TypeID), "status": why}}
}

// Unusable is why nothing can be made of the job's result, once it has ended
// or expired; nil while it may be of use.
func (j Job) Unusable(now time.Time) *Failure {
	switch {
	case j.Expired(now):
		return Lacking(j.ID, "deleted")
	case j.Status == Cancelled:
		return Lacking(j.ID, string(Cancelled))
	case j.Status == Failed:
		f := Lacking(j.ID, string(Failed))
		if why, ok := j.Reason(); ok {
			f.Facts["error_type"], f.Facts["message"] = why.Code, why.Message()
		}
		return f
	}
	return nil
}
