//go:build unix

package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// folderLock is held by the one process that owns a data folder. The kernel
// lets go of it when the process dies, however it dies.
type folderLock struct{ file *os.File }

// lockFolder is takeFolder for a folder that SQLite is to be in.
func lockFolder(folder string) (*folderLock, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if kind, remote := networkFileSystem(folder); remote {
		return nil, fmt.Errorf("the data folder %s is on a network file system (%s), where SQLite loses data: choose a local folder with --data", folder, kind)
	}
	return takeFolder(folder)
}

func takeFolder(folder string) (*folderLock, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock of the data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		owner := "another process"
		if b, readErr := os.ReadFile(f.Name()); readErr == nil && len(b) > 0 {
			owner += " (pid " + strings.TrimSpace(string(b)) + ")"
		}
		return nil, errors.Join(fmt.Errorf("the data folder %s is in use by %s: stop it, or choose another folder with --data", folder, owner), f.Close())
	}
	if err := writePID(f); err != nil {
		return nil, errors.Join(fmt.Errorf("write the lock of the data folder: %w", err), f.Close())
	}
	return &folderLock{file: f}, nil
}

// writePID says who owns the folder, over what was said before, which needs no
// room. On a full disk nobody is named, and the lock holds all the same.
func writePID(f *os.File) error {
	pid := fmt.Appendf(nil, "%d\n", os.Getpid())
	_, err := f.WriteAt(pid, 0)
	switch {
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return f.Truncate(0)
	case err != nil:
		return err
	}
	return f.Truncate(int64(len(pid)))
}

// release leaves the file in place: removing it would let a third process lock
// a new file of the same name while a second waits on the old one.
func (l *folderLock) release() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
