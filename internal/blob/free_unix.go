//go:build linux || darwin

package blob

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// free is how many bytes may still be written to the folder's file system.
func free(folder string) (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(folder, &fs); err != nil {
		return 0, fmt.Errorf("ask for the free space of %s: %w", folder, err)
	}
	return int64(fs.Bavail) * int64(fs.Bsize), nil //nolint:unconvert // their types differ between systems
}
