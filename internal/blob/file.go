package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"docket/internal/job"
)

// fileDriver keeps blobs as files. A blob is written beside its place, put on
// disk, and moved there whole: nobody ever sees half of one.
type fileDriver struct {
	root string
	temp string
	gate gate // that removals pass
}

func openFiles(folder string) (*fileDriver, error) {
	d := &fileDriver{root: folder, temp: filepath.Join(folder, "tmp")}
	if err := os.MkdirAll(d.temp, 0o700); err != nil {
		return nil, fmt.Errorf("make the blob folder: %w", err)
	}
	return d, nil
}

type fileWriter struct {
	*os.File
	driver *fileDriver
	name   string
}

func (d *fileDriver) create(_ context.Context, name string) (sink, error) {
	f, err := os.CreateTemp(d.temp, "blob-")
	if err != nil {
		return nil, err
	}
	return &fileWriter{File: f, driver: d, name: name}, nil
}

func (w *fileWriter) seal() error {
	target := filepath.Join(w.driver.root, filepath.FromSlash(w.name))
	err := errors.Join(w.Sync(), w.Close())
	if err == nil {
		err = w.driver.makeFolders(filepath.Dir(target))
	}
	if err == nil {
		err = os.Rename(w.Name(), target)
	}
	if err != nil {
		return errors.Join(err, os.Remove(w.Name()))
	}
	return syncFolder(filepath.Dir(target))
}

func (w *fileWriter) abort() error { return errors.Join(w.Close(), os.Remove(w.Name())) }

// makeFolders makes what is missing of the path and puts each new entry on
// disk; a file is only as durable as the folders above it.
func (d *fileDriver) makeFolders(folder string) error {
	if folder == d.root {
		return nil
	}
	err := os.Mkdir(folder, 0o700)
	if errors.Is(err, fs.ErrNotExist) {
		if err = d.makeFolders(filepath.Dir(folder)); err == nil {
			err = os.Mkdir(folder, 0o700)
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(folder))
}

func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// copy makes a hard link, which costs nothing.
func (d *fileDriver) copy(_ context.Context, from, to string) error {
	source, target := filepath.Join(d.root, filepath.FromSlash(from)), filepath.Join(d.root, filepath.FromSlash(to))
	if err := d.makeFolders(filepath.Dir(target)); err != nil {
		return writeError(to, err)
	}
	err := os.Link(source, target)
	if errors.Is(err, fs.ErrNotExist) {
		return job.Errorf(job.ResultGone, nil, "no blob %s", from)
	}
	if err != nil {
		return writeError(to, err)
	}
	return syncFolder(filepath.Dir(target))
}

func (d *fileDriver) open(_ context.Context, name string) (io.ReadCloser, error) {
	f, err := os.Open(filepath.Join(d.root, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, job.Errorf(job.ResultGone, nil, "no blob %s", name)
	}
	if err != nil {
		return nil, fmt.Errorf("open blob: %w", err)
	}
	return f, nil
}

// removeAll deletes a folder with everything in it.
func (d *fileDriver) removeAll(folder string) error {
	return d.gate.pass(func() error {
		if err := os.RemoveAll(filepath.Join(d.root, filepath.FromSlash(folder))); err != nil {
			return fmt.Errorf("remove blobs: %w", err)
		}
		return nil
	})
}

func (d *fileDriver) remove(name string) error {
	return d.gate.pass(func() error { return d.removeNow(name) })
}

func (d *fileDriver) removeNow(name string) error {
	path := filepath.Join(d.root, filepath.FromSlash(name))
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove blob: %w", err)
	}
	// The attempt's folder and the job's go with their last blob. The day's
	// stays: another job may be about to use it.
	attempt := filepath.Dir(path)
	if os.Remove(attempt) == nil {
		_ = os.Remove(filepath.Dir(attempt)) // fails when it is not empty
	}
	return nil
}

func (d *fileDriver) free() (int64, error) { return free(d.root) }

func (d *fileDriver) place() string { return d.root }

// reachable is true: a disk that fails says so when it is used.
func (d *fileDriver) reachable(context.Context) bool { return true }

// probe makes a file and removes it again.
func (d *fileDriver) probe() error {
	f, err := os.CreateTemp(d.temp, "probe-")
	if err != nil {
		return err
	}
	_, err = f.WriteString("probe")
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}
