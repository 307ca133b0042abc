package op

import (
	"fmt"

	"docket/internal/job"
)

// TakesJobs says that the sources of a job of the operation are what it works
// on themselves, and not documents that it takes over.
func TakesJobs(o job.Operation) bool { return o == job.Export }

// Unfit says why the result of a job cannot be the input of a job of an
// operation, and what can; both are empty when it can. // contract J6
func Unfit(j job.Job, to job.Operation) (problem, remedy string) {
	id, of := j.ID.In(job.TypeID), Works(j)
	switch {
	case to == job.Export && j.Operation == job.Import:
		return fmt.Sprintf("job %s is an import, whose results are those of its jobs", id),
			"Send a `filter` with `batch_id` " + BatchOf(j.ID).String()
	case to == job.Export && j.Operation == job.Export:
		return fmt.Sprintf("job %s is an export itself", id), "Name the jobs whose results it has"
	case to == job.Export, HandsOn(j):
		return "", ""
	case to == job.BatchEmbedding && (of == job.Extract || of == job.Classify):
		return "", ""
	case to == job.BatchEmbedding:
		return fmt.Sprintf("job %s is a %s, which has no text to embed", id, of), "Name a job that parses, splits, extracts, classifies, crawls or exports"
	}
	return fmt.Sprintf("job %s is a %s, which has no documents to hand on", id, of), "Name a job that parses, splits, crawls or exports"
}
