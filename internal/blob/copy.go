package blob

import (
	"context"
	"fmt"

	"docket/internal/job"
	"docket/internal/store"
)

// Copy makes another job's blob of the same bytes: a hard link where there are
// files, so that it costs nothing, and each job can delete its own.
func (s *Store) Copy(ctx context.Context, f job.File, id job.ID, attempt int, name string) (Sealed, error) {
	to := job.File{Name: name, Blob: Name(id, attempt, name), Size: f.Size, Inline: f.Inline}
	if f.Inline {
		data, err := s.db.InlineBlob(ctx, f.Blob)
		if err != nil {
			return Sealed{}, err
		}
		return Sealed{File: to, Inline: &store.Blob{Name: to.Blob, Data: data}}, nil
	}
	if err := s.files.link(f.Blob, to.Blob); err != nil {
		return Sealed{}, fmt.Errorf("copy blob: %w", err)
	}
	return Sealed{File: to}, nil
}
