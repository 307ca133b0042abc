package samples_test

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sample is a sample client that runs, or has run.
type sample struct {
	t      *testing.T
	cmd    *exec.Cmd
	lines  *bufio.Reader
	stdout bytes.Buffer
	stderr bytes.Buffer
}

// start runs a sample with these arguments. It polls fast, and its environment
// says nothing else than where the server is.
func start(t *testing.T, file string, args ...string) *sample {
	t.Helper()
	return startWith(t, nil, file, args...)
}

// startWith is start with more variables in the environment.
func startWith(t *testing.T, env []string, file string, args ...string) *sample {
	t.Helper()
	interpreter := "sh"
	if filepath.Ext(file) == ".py" {
		interpreter = os.Getenv(pythonVariable)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	s := &sample{t: t, cmd: exec.CommandContext(ctx, interpreter, append([]string{file}, args...)...)}
	s.cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), urlVariable + "=" + os.Getenv(urlVariable), "PYTHONUNBUFFERED=1", "DOCKET_POLL_INTERVAL=0.05",
	}, env...)
	s.cmd.Stderr = &s.stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.lines = bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

// line waits for a line of output.
func (s *sample) line() string {
	s.t.Helper()
	line, err := s.lines.ReadString('\n')
	if err != nil {
		s.end()
		s.t.Fatalf("%s printed no further line: %v\n%s", s.cmd.Args[1], err, &s.stderr)
	}
	s.stdout.WriteString(line)
	return line
}

// end waits for the end and gives the exit status.
func (s *sample) end() int {
	s.t.Helper()
	if _, err := s.stdout.ReadFrom(s.lines); err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil && !s.cmd.ProcessState.Exited() {
		s.t.Fatalf("%s did not end by itself: %v\n%s", s.cmd.Args[1], err, &s.stdout)
	}
	return s.cmd.ProcessState.ExitCode()
}

// succeeds fails the test unless the sample ends well and prints what the
// pattern says, from the first byte to the last.
func (s *sample) succeeds(pattern string) {
	s.t.Helper()
	if code := s.end(); code != 0 {
		s.t.Fatalf("%s ended with %d\n%s%s", s.cmd.Args[1], code, &s.stdout, &s.stderr)
	}
	s.printed(s.stdout.String(), pattern)
}

// fails is the counterpart: it ends with 1 and says why on stderr.
func (s *sample) fails(stdout, lastLine string) {
	s.t.Helper()
	if code := s.end(); code != 1 {
		s.t.Fatalf("%s ended with %d, want 1\n%s%s", s.cmd.Args[1], code, &s.stdout, &s.stderr)
	}
	s.printed(s.stdout.String(), stdout)
	lines := strings.Split(strings.TrimSpace(s.stderr.String()), "\n")
	s.printed(lines[len(lines)-1], lastLine)
}

func (s *sample) printed(got, pattern string) {
	s.t.Helper()
	if !regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString(got) {
		s.t.Errorf("%s printed\n%s\nwant a match for\n%s", s.cmd.Args[1], got, pattern)
	}
}
