package job_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
)

func TestMovesAreTheLegalOnes(t *testing.T) {
	all := []job.Status{job.AwaitingUpload, job.Queued, job.Processing, job.Completed, job.Failed, job.Cancelled}
	legal := map[job.Status]string{
		job.AwaitingUpload: "queued failed cancelled",
		job.Queued:         "processing completed failed cancelled",
		job.Processing:     "completed failed cancelled",
	}
	for _, from := range all {
		var want, got []job.Status
		for _, to := range all {
			if slices.Contains(strings.Fields(legal[from]), string(to)) {
				want = append(want, to)
			}
			j := job.Job{Status: from, Version: 7}
			moved, e, err := j.Move(to, time.Unix(1, 0))
			if err != nil {
				if job.CodeOf(err) != job.Internal || !cmp.Equal(moved, j) {
					t.Errorf("%s to %s: refused with %v and %+v", from, to, err, moved)
				}
				continue
			}
			got = append(got, to)
			if moved.Status != to || moved.Version != 8 || e.From != from || e.To != to || e.Version != 8 || j.Status != from {
				t.Errorf("%s to %s: moved %+v, event %+v", from, to, moved, e)
			}
		}
		if !cmp.Equal(want, got) {
			t.Errorf("from %s: want %v, got %v", from, want, got)
		}
	}
}
