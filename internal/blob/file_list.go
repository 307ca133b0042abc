package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"time"

	"docket/internal/job"
)

// keepDays is how long the empty folder of a day is left alone: jobs of that
// day may still be about to use it.
const keepDays = 48 * time.Hour

func (d *fileDriver) jobs(ctx context.Context) iter.Seq2[Belongings, error] {
	return func(yield func(Belongings, error) bool) {
		days, err := os.ReadDir(d.root)
		if err != nil {
			yield(Belongings{}, fmt.Errorf("list blobs: %w", err))
			return
		}
		for _, day := range days {
			if _, err := time.Parse(time.DateOnly, day.Name()); err != nil {
				continue
			}
			folders, err := os.ReadDir(filepath.Join(d.root, day.Name()))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				yield(Belongings{}, fmt.Errorf("list blobs: %w", err))
				return
			}
			for _, folder := range folders {
				id, _, err := job.ParseID(folder.Name())
				if err != nil || id.Folder() != day.Name()+"/"+folder.Name() {
					continue
				}
				files, err := d.under(ctx, id.Folder())
				if !yield(Belongings{Job: id, Blobs: files}, err) || err != nil {
					return
				}
			}
		}
	}
}

func (d *fileDriver) under(ctx context.Context, folder string) ([]Stored, error) {
	var files []Stored
	root := filepath.Join(d.root, filepath.FromSlash(folder))
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if errors.Is(err, fs.ErrNotExist) { // it goes away while it is looked at
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		files = append(files, Stored{Blob: path.Join(folder, filepath.ToSlash(relative)), Size: info.Size(), Modified: info.ModTime()})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the files below %s: %w", folder, err)
	}
	return files, nil
}

// clear also removes the empty folders of days long before.
func (d *fileDriver) clear(_ context.Context, before time.Time) error {
	unfinished, err := os.ReadDir(d.temp)
	if err != nil {
		return fmt.Errorf("list unfinished blobs: %w", err)
	}
	for _, entry := range unfinished {
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || (err == nil && !info.ModTime().Before(before)) {
			continue
		}
		if err == nil {
			err = os.Remove(filepath.Join(d.temp, entry.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove an unfinished blob: %w", err)
		}
	}
	days, err := os.ReadDir(d.root)
	if err != nil {
		return fmt.Errorf("list blobs: %w", err)
	}
	for _, day := range days {
		if at, err := time.Parse(time.DateOnly, day.Name()); err == nil && at.Before(before.Add(-keepDays)) {
			_ = os.Remove(filepath.Join(d.root, day.Name())) // fails when it is not empty
		}
	}
	return nil
}
