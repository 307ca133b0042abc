package service

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"docket/internal/blob"
	"docket/internal/job"
)

// OrphanAge is how old a file is that nobody owns before it is taken for left
// behind: no upload and no attempt takes as long.
const OrphanAge = 24 * time.Hour

// SweepOrphans removes files that belong to nobody and were made before a
// time: of jobs that never came to be, because the server was killed while
// they were handed in, or are deleted; of attempts whose work was not chosen.
// It says how many jobs had such files. The one process that owns a database
// may take the time of its start: whoever wrote before it is gone.
func (s *Service) SweepOrphans(ctx context.Context, before time.Time) (int, error) {
	var (
		swept int
		files = map[job.ID][]blob.Stored{}
	)
	flush := func() error {
		n, err := s.sweepOrphansOf(ctx, files, before)
		swept += n
		clear(files)
		return err
	}
	for one, err := range s.blobs.Jobs(ctx) {
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return swept, err
		}
		if files[one.Job] = one.Blobs; len(files) == pageOfChanges {
			if err := flush(); err != nil {
				return swept, err
			}
		}
	}
	if err := flush(); err != nil {
		return swept, err
	}
	return swept, errors.Join(s.sweepUploads(ctx), s.blobs.Clear(ctx, before))
}

func (s *Service) sweepOrphansOf(ctx context.Context, files map[job.ID][]blob.Stored, before time.Time) (int, error) {
	ids := slices.Collect(maps.Keys(files))
	// The rows are read after the files: what was stored in between is in the
	// row, or belongs to an attempt that the row knows.
	found, err := s.store.Jobs(ctx, ids)
	if err != nil {
		return 0, fmt.Errorf("find the owners of files: %w", err)
	}
	swept := 0
	for _, j := range found {
		orphans := orphansOf(j, files[j.ID], before)
		s.remove(j.ID, orphans...)
		if len(orphans) > 0 {
			swept++
		}
		delete(files, j.ID)
	}
	for id := range files {
		if id.MadeAt().Before(before) {
			s.removeAll(id)
			swept++
		}
	}
	return swept, nil
}

// orphansOf are those of the files that the job does not name, and that
// nobody who still works on it has written.
func orphansOf(j job.Job, files []blob.Stored, before time.Time) []job.File {
	var orphans []job.File
	running := j.Status == job.Processing && !j.Waiting()
	for _, f := range files {
		attempt, ours := f.Attempt()
		named := slices.ContainsFunc(j.Files(), func(own job.File) bool { return own.Blob == f.Blob })
		uploading := j.Status == job.AwaitingUpload && !f.Modified.Before(before)
		if !ours || named || uploading || (running && attempt == j.Attempt) {
			continue
		}
		orphans = append(orphans, job.File{Name: "orphan", Blob: f.Blob})
	}
	return orphans
}
