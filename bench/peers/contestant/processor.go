package contestant

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tick is the unit in which Linux tells processor time.
const tick = 10 * time.Millisecond

// processorTime is what this process has used so far, and the servers with all
// their children, also those that have ended; a server 0 is none.
func processorTime(servers ...int) (time.Duration, error) {
	whole, err := used(os.Getpid())
	if err != nil {
		return 0, err
	}
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, fmt.Errorf("look for processes: %w", err)
	}
	for _, folder := range all {
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err != nil || pid == os.Getpid() || parent(pid) == 0 || !slices.Contains(servers, pid) && !slices.Contains(servers, parent(pid)) {
			continue
		}
		if t, err := used(pid); err == nil { // it may have ended meanwhile
			whole += t
		}
	}
	return whole, nil
}

// stat are the fields of a process from its state on, or nil when it is gone.
func stat(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name before may have spaces
	return strings.Fields(rest)
}

// parent of a process is -1 when that is gone.
func parent(pid int) int {
	fields := stat(pid)
	if len(fields) < 2 {
		return -1
	}
	n, _ := strconv.Atoi(fields[1]) // the kernel writes numbers
	return n
}

// used is what a process has used, with its children that have ended.
func used(pid int) (time.Duration, error) {
	fields := stat(pid)
	if len(fields) < 15 {
		return 0, fmt.Errorf("process %d is gone", pid)
	}
	var ticks int64
	for _, f := range fields[11:15] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read the processor time of process %d: %w", pid, err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}
