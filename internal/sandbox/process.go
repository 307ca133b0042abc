package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// process is one child from its start until it is reaped.
type process struct {
	cmd    *exec.Cmd
	in     *os.File
	out    *os.File
	w      *frameWriter
	r      *frameReader
	stderr *lastWords
	exited chan struct{}    // closed when the child is reaped
	state  *os.ProcessState // set before exited is closed
	reads  int              // documents read, for recycling

	mu     sync.Mutex
	reaped bool // the pid may belong to somebody else
}

// selfPath is the running binary, even when its file was replaced or removed.
const selfPath = "/proc/self/exe"

// defaultCommand starts this very binary.
func defaultCommand() ([]string, error) {
	if _, err := os.Stat(selfPath); err == nil {
		return []string{selfPath, Subcommand}, nil
	}
	path, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find own binary: %w", err)
	}
	return []string{path, Subcommand}, nil
}

// startProcess starts command with an empty environment and three pipes.
func startProcess(s *starter, command []string) (*process, error) {
	var files []*os.File
	pipe := func() (r, w *os.File, err error) {
		r, w, err = os.Pipe()
		if err == nil {
			files = append(files, r, w)
		}
		return r, w, err
	}
	inR, inW, err1 := pipe()
	outR, outW, err2 := pipe()
	errR, errW, err3 := pipe()
	if err := errors.Join(err1, err2, err3); err != nil {
		closeAll(files)
		return nil, fmt.Errorf("make pipes: %w", err)
	}
	// The pool itself kills it: the whole group, not the process alone.
	cmd := exec.CommandContext(context.Background(), command[0], command[1:]...)
	if command[0] == selfPath {
		cmd.Args[0] = os.Args[0] // for those who list processes
	}
	cmd.Env = []string{}
	cmd.Dir = "/"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = inR, outW, errW
	cmd.SysProcAttr = childAttr()
	if err := s.start(cmd); err != nil {
		closeAll(files)
		return nil, fmt.Errorf("start sandbox child: %w", err)
	}
	closeAll([]*os.File{inR, outW, errW})
	p := &process{
		cmd: cmd, in: inW, out: outR,
		w: newFrameWriter(inW), r: newFrameReader(outR),
		stderr: &lastWords{}, exited: make(chan struct{}),
	}
	go p.reap(errR)
	return p, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close() // a pipe end has nothing to lose
	}
}

// reap waits for the end of the child and of what it had to say.
func (p *process) reap(stderr *os.File) {
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		// A failure to read is the same as silence.
		_, _ = io.Copy(p.stderr, stderr)
	}()
	p.await()
	_ = stderr.SetReadDeadline(time.Now().Add(time.Second))
	<-heard
	closeAll([]*os.File{stderr})
	p.state = p.cmd.ProcessState
	close(p.exited)
}

// kill ends the process group at once; it does not wait.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		killGroup(p.cmd.Process.Pid)
	}
}

// dispose kills the child, waits for it and frees the pipes.
func (p *process) dispose() {
	p.kill()
	<-p.exited
	closeAll([]*os.File{p.in, p.out})
}

// lastWords is what the child wrote to its standard error, led by ": ", or
// nothing.
func (p *process) lastWords() string {
	if s := p.stderr.String(); s != "" {
		return ": " + s
	}
	return ""
}
