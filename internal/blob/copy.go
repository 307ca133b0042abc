package blob

import (
	"context"
	"fmt"

	"docket/internal/job"
	"docket/internal/store"
)

// Copy makes another job's blob of the same bytes, so that each job can delete
// its own: a hard link of a file, a copy that the S3 server makes of an object.
// The error is of code ResultGone when it has been removed.
func (s *Store) Copy(ctx context.Context, f job.File, id job.ID, attempt int, name string) (Sealed, error) {
	to := job.File{Name: name, Blob: Name(id, attempt, name), Size: f.Size, Inline: f.Inline}
	if f.Inline {
		data, err := s.db.InlineBlob(ctx, f.Blob)
		if err != nil {
			return Sealed{}, err
		}
		return Sealed{File: to, Inline: &store.Blob{Name: to.Blob, Data: data}}, nil
	}
	if err := s.driver.copy(ctx, f.Blob, to.Blob); err != nil {
		return Sealed{}, fmt.Errorf("copy blob: %w", err)
	}
	return Sealed{File: to}, nil
}
