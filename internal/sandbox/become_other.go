//go:build unix && !linux

package sandbox

import (
	"fmt"
	"os"
	"syscall"
)

// become turns this process into the program of args, which follows two limits
// that have no counterpart here. It returns only when that fails.
func become(args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("%d arguments are too few", len(args))
	}
	return syscall.Exec(args[2], args[2:], os.Environ())
}
