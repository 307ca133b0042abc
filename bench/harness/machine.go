package harness

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Machine is what the rows ran on.
type Machine struct {
	Processor string `json:"processor"`
	Cores     int    `json:"cores"`
	Memory    string `json:"memory"`
	System    string `json:"system"`
	Load      string `json:"load"` // cores that others kept busy in the second before the run
}

// thisMachine looks at the machine; what cannot be found out is left empty.
func thisMachine() Machine {
	m := Machine{Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH}
	m.Processor = lineOf("/proc/cpuinfo", "model name")
	if kib, err := strconv.Atoi(strings.TrimSuffix(lineOf("/proc/meminfo", "MemTotal"), " kB")); err == nil {
		m.Memory = strconv.Itoa((kib+1<<19)>>20) + " GiB"
	}
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.System = "Linux " + strings.TrimSpace(string(b)) + ", " + runtime.GOARCH
	}
	before, at := idleTime(), time.Now()
	time.Sleep(time.Second)
	if idle := idleTime() - before; before > 0 {
		m.Load = strconv.FormatFloat(max(0, float64(m.Cores)-idle.Seconds()/time.Since(at).Seconds()), 'f', 1, 64)
	}
	return m
}

// idleTime is how long the cores have been idle, together; 0 when that is not
// told.
func idleTime() time.Duration {
	b, err := os.ReadFile("/proc/stat")
	const idle, wait = 4, 5 // after the name: those of the first line, which is of all cores
	fields := strings.Fields(string(b))
	if err != nil || len(fields) <= wait {
		return 0
	}
	total := 0
	for _, f := range []string{fields[idle], fields[wait]} {
		n, err := strconv.Atoi(f)
		if err != nil {
			return 0
		}
		total += n
	}
	return time.Duration(total) * tick
}

// busy says that others took a good part of the machine.
func (m Machine) busy() bool {
	load, err := strconv.ParseFloat(m.Load, 64)
	return err == nil && load > float64(m.Cores)/4
}

// lineOf is what a file of the kernel says after a name and a colon.
func lineOf(file, name string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }() // only read
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// revision is the commit that is measured; "+" says that files differ from it.
func revision(ctx context.Context, folder string) string {
	git := func(args ...string) string {
		out, err := exec.CommandContext(ctx, "git", append([]string{"-C", folder}, args...)...).Output()
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(out))
	}
	at := git("rev-parse", "--short", "HEAD")
	if at != "" && git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!bench/results", ":!docs") != "" {
		at += "+"
	}
	return at
}
