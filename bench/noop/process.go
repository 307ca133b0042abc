package noop

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Completed is told when the end of a job is on disk.
const Completed Moment = "completed"

// ready begins the first line that a server prints; the address follows.
const ready = "listens on "

// Process is a server in a process of its own.
type Process struct {
	Address string
	command *exec.Cmd
}

// StartProcess starts a program that calls Serve, and hands over each moment
// that it prints; job is spelled as POST /jobs answers.
func StartProcess(heard func(job string, m Moment, at time.Time), program string, args ...string) (*Process, error) {
	p := &Process{command: exec.Command(program, args...)} //nolint:noctx // Stop ends it
	p.command.Stderr = os.Stderr
	out, err := p.command.StdoutPipe()
	if err == nil {
		err = p.command.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("start a node: %w", err)
	}
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil {
		return nil, errors.Join(errors.New("a node has ended before it was ready"), p.Stop())
	}
	p.Address = strings.TrimSpace(strings.TrimPrefix(first, ready))
	go hear(lines, heard)
	return p, nil
}

// hear reads until the process has ended.
func hear(lines *bufio.Reader, heard func(job string, m Moment, at time.Time)) {
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		var (
			m   Moment
			job string
			ns  int64
		)
		if _, err := fmt.Sscan(line, &m, &job, &ns); err == nil {
			heard(job, m, time.Unix(0, ns))
		}
	}
}

// PID is the process's.
func (p *Process) PID() int { return p.command.Process.Pid }

// Stop ends the process; how it ends is not what is measured.
func (p *Process) Stop() error {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	_ = p.command.Wait()
	return nil
}

// printer prints moments as they come, many at once when there are many.
type printer struct{ lines chan []byte }

func newPrinter(out io.Writer) *printer {
	p := &printer{lines: make(chan []byte, 1<<16)} // more than a reader ever lags behind
	go func() {
		w := bufio.NewWriter(out)
		for line := range p.lines {
			_, err := w.Write(line)
			if err == nil && len(p.lines) == 0 {
				err = w.Flush()
			}
			if err != nil { // nobody reads any more
				return
			}
		}
	}()
	return p
}

func (p *printer) moment(job string, m Moment, at time.Time) {
	line := append([]byte(m), ' ')
	line = append(append(line, job...), ' ')
	p.lines <- append(strconv.AppendInt(line, at.UnixNano(), 10), '\n')
}
