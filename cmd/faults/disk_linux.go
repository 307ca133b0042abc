package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// disk is a file system of the run's own that can be filled.
type disk struct{ folder string }

// mountDisk makes one in memory, of so many bytes, which takes root.
func mountDisk(folder string, size int64) (*disk, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	if err := syscall.Mount("faults", folder, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0755", size)); err != nil {
		return nil, fmt.Errorf("mount a small disk: %w", err)
	}
	return &disk{folder}, nil
}

func (d *disk) filler() string { return filepath.Join(d.folder, "filler") }

// fill leaves no byte free.
func (d *disk) fill() error {
	f, err := os.Create(d.filler())
	if err != nil {
		return err
	}
	if err = syscall.Fallocate(int(f.Fd()), 0, 0, d.free()); err == nil {
		_, err = f.Seek(0, io.SeekEnd)
	}
	if err == nil { // the rest, of which others may have taken some
		_, err = io.Copy(f, zeros{})
	}
	if errors.Is(err, syscall.ENOSPC) {
		err = nil
	}
	return errors.Join(err, f.Close())
}

// free is how many bytes are left; 1 when that is not known.
func (d *disk) free() int64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(d.folder, &s); err != nil {
		return 1
	}
	return max(1, int64(s.Bfree)*s.Bsize-1<<20)
}

// zeros never end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// empty makes room again.
func (d *disk) empty() error { return os.Remove(d.filler()) }

// unmount removes the disk and all that is on it.
func (d *disk) unmount() error { return syscall.Unmount(d.folder, syscall.MNT_DETACH) }
