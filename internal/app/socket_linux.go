package app

import (
	"fmt"
	"os"
	"path/filepath"
)

// maxSocketPath is the longest path that a socket's address takes.
const maxSocketPath = 107

// socketPath is the control socket's path, short enough for an address: a long
// one goes through the open folder. done ends its use.
func socketPath(folder string) (path string, done func(), err error) {
	if path = filepath.Join(folder, controlSocket); len(path) <= maxSocketPath {
		return path, func() {}, nil
	}
	f, err := os.Open(folder)
	if err != nil {
		return "", nil, fmt.Errorf("open the data folder: %w", err)
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", f.Fd(), controlSocket), func() { _ = f.Close() }, nil
}
