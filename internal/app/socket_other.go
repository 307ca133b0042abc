//go:build !linux

package app

import "path/filepath"

// socketPath is the control socket's path; one of over 100 bytes is refused by
// the system.
func socketPath(folder string) (path string, done func(), err error) {
	return filepath.Join(folder, controlSocket), func() {}, nil
}
