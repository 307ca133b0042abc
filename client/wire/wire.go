// Package wire has the shapes of what the server answers, made from its
// OpenAPI file. Package client gives the ones that it uses names of its own.
package wire

// Final says that the job has ended.
func (s JobStatus) Final() bool { return Status(s).Final() }

// Final says that the job has ended.
func (s Status) Final() bool {
	return s == StatusCompleted || s == StatusFailed || s == StatusCancelled
}

// Final says that there is nothing to wait for: the job has ended, or there is
// none that the caller may see.
func (s JobStatusEntryStatus) Final() bool {
	return Status(s).Final() || s == JobStatusEntryStatusNotFound || s == JobStatusEntryStatusForbidden
}
