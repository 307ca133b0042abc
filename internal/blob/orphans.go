package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"docket/internal/job"
)

// keepDays is how long the empty folder of a day is left alone: jobs of that
// day may still be about to use it.
const keepDays = 48 * time.Hour

// Stored is a file that is there, whether or not a job knows of it.
type Stored struct {
	Blob     string // its name
	Attempt  int
	Modified time.Time
}

// Jobs lists the jobs that have files, oldest day first. It stops at the first
// error.
func (s *Store) Jobs() iter.Seq2[job.ID, error] {
	return func(yield func(job.ID, error) bool) {
		days, err := os.ReadDir(s.files.root)
		if err != nil {
			yield(job.ID{}, fmt.Errorf("list blobs: %w", err))
			return
		}
		for _, day := range days {
			if _, err := time.Parse(time.DateOnly, day.Name()); err != nil {
				continue
			}
			folders, err := os.ReadDir(filepath.Join(s.files.root, day.Name()))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				yield(job.ID{}, fmt.Errorf("list blobs: %w", err))
				return
			}
			for _, folder := range folders {
				id, _, err := job.ParseID(folder.Name())
				if err == nil && id.Folder() == day.Name()+"/"+folder.Name() && !yield(id, nil) {
					return
				}
			}
		}
	}
}

// Files lists the files of a job.
func (s *Store) Files(id job.ID) ([]Stored, error) {
	var files []Stored
	root := filepath.Join(s.files.root, filepath.FromSlash(id.Folder()))
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
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
		relative = filepath.ToSlash(relative)
		if attempt, err := strconv.Atoi(strings.Split(relative, "/")[0]); err == nil { // else it is not one of ours
			files = append(files, Stored{Blob: path.Join(id.Folder(), relative), Attempt: attempt, Modified: info.ModTime()})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the files of job %s: %w", id, err)
	}
	return files, nil
}

// Clear removes what was being written before a time and never finished, and
// the empty folders of days long before it.
func (s *Store) Clear(before time.Time) error {
	unfinished, err := os.ReadDir(s.files.temp)
	if err != nil {
		return fmt.Errorf("list unfinished blobs: %w", err)
	}
	for _, entry := range unfinished {
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || (err == nil && !info.ModTime().Before(before)) {
			continue
		}
		if err == nil {
			err = os.Remove(filepath.Join(s.files.temp, entry.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove an unfinished blob: %w", err)
		}
	}
	days, err := os.ReadDir(s.files.root)
	if err != nil {
		return fmt.Errorf("list blobs: %w", err)
	}
	for _, day := range days {
		if at, err := time.Parse(time.DateOnly, day.Name()); err == nil && at.Before(before.Add(-keepDays)) {
			_ = os.Remove(filepath.Join(s.files.root, day.Name())) // fails when it is not empty
		}
	}
	return nil
}
