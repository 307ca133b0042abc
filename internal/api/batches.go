package api

import (
	"net/http"

	"docket/internal/job"
)

// batchSummary is a batch without its jobs.
type batchSummary struct {
	BatchID         string     `json:"batch_id"`
	Status          job.Status `json:"status"`
	CreatedAt       string     `json:"created_at"`
	OriginalBatchID string     `json:"original_batch_id,omitempty"`
	TotalJobs       int        `json:"total_jobs"`
	QueuedJobs      int        `json:"queued_jobs"`
	ProcessingJobs  int        `json:"processing_jobs"`
	CompletedJobs   int        `json:"completed_jobs"`
	FailedJobs      int        `json:"failed_jobs"`
	CancelledJobs   int        `json:"cancelled_jobs"`
	OverallProgress int        `json:"overall_progress"`
}

func summarize(b job.Batch) batchSummary {
	v := batchSummary{
		BatchID: b.ID.String(), Status: b.Status(), CreatedAt: b.CreatedAt.Format(job.Seconds), TotalJobs: b.Total(),
		QueuedJobs: b.Counts[job.Queued] + b.Counts[job.AwaitingUpload], ProcessingJobs: b.Counts[job.Processing],
		CompletedJobs: b.Counts[job.Completed], FailedJobs: b.Counts[job.Failed], CancelledJobs: b.Counts[job.Cancelled],
		OverallProgress: b.Progress(),
	}
	if !b.Original.IsZero() {
		v.OriginalBatchID = b.Original.String()
	}
	return v
}

// listBatches is GET /batches, newest first. // contract J31
func (a *API) listBatches(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	limit, offset, err := span(q)
	if err != nil {
		return err
	}
	batches, total, err := a.service.Batches(r.Context(), plain(q.Get("account"), 100), limit, offset)
	if err != nil {
		return err
	}
	list := []batchSummary{}
	for _, b := range batches {
		list = append(list, summarize(b))
	}
	return writeJSON(w, http.StatusOK, struct {
		Batches    []batchSummary `json:"batches"`
		Pagination pagination     `json:"pagination"`
	}{list, pagination{Total: total, Limit: limit, Offset: offset, HasMore: int64(offset+len(list)) < total}})
}
