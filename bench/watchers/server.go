package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// build makes the server's binary in a folder that remove removes.
func build(ctx context.Context) (binary string, remove func(), err error) {
	folder, err := os.MkdirTemp("", "watchers-")
	if err != nil {
		return "", nil, fmt.Errorf("make a folder: %w", err)
	}
	remove = func() { _ = os.RemoveAll(folder) }
	binary = filepath.Join(folder, "docket")
	c := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/docket")
	c.Dir, c.Stderr = "..", os.Stderr
	if err := c.Run(); err != nil {
		remove()
		return "", nil, fmt.Errorf("build the server (run this in the folder bench): %w", err)
	}
	return binary, remove, nil
}

// server is a running server that runs no jobs.
type server struct {
	address, folder string
	command         *exec.Cmd
}

func start(ctx context.Context, binary string, sockets int) (*server, error) {
	folder, err := os.MkdirTemp("", "watchers-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	s := &server{folder: folder}
	s.command = exec.CommandContext(ctx, binary, "serve", "--listen", "127.0.0.1:0", "--workers", "0", "--data", folder, "--max-websockets", strconv.Itoa(sockets))
	s.command.Stderr = os.Stderr
	out, err := s.command.StdoutPipe()
	if err == nil {
		err = s.command.Start()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", binary, err), os.RemoveAll(folder))
	}
	address := regexp.MustCompile(`listens on https?://(\S+)`)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := address.FindStringSubmatch(lines.Text()); m != nil {
			s.address = m[1]
			go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the server
			return s, nil
		}
	}
	return nil, errors.Join(errors.New("the server did not start"), s.stop())
}

func (s *server) stop() error {
	_ = s.command.Process.Signal(syscall.SIGTERM)
	_ = s.command.Wait() // how it ends is not what is measured
	return os.RemoveAll(s.folder)
}

// submit makes a job that waits for ever, since nobody runs jobs.
func (s *server) submit(ctx context.Context) (id string, err error) {
	body := []byte(`{"operation":"parse","url":"http://127.0.0.1/document.pdf"}`)
	var made struct {
		JobID string `json:"job_id"`
	}
	if err := s.post(ctx, "/jobs", body, &made); err != nil {
		return "", err
	}
	return made.JobID, nil
}

func (s *server) cancel(ctx context.Context, id string) error {
	return s.post(ctx, "/jobs/"+id+"/cancel", nil, &struct{}{})
}

func (s *server) post(ctx context.Context, path string, body []byte, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("read the answer of POST %s: %w", path, err)
	}
	if answer.StatusCode != http.StatusAccepted {
		return fmt.Errorf("POST %s: %s: %s", path, answer.Status, text)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read the answer of POST %s: %w", path, err)
	}
	return nil
}

// settled is the server's resident memory in KiB when it has stopped changing.
func (s *server) settled(ctx context.Context) (int, error) {
	const look, calm = 500 * time.Millisecond, 6
	last, same := 0, 0
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for range 60 {
		select {
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		case <-ticker.C:
		}
		now, err := s.memory()
		if err != nil {
			return 0, err
		}
		if same++; now > last+last/100 || now < last-last/100 {
			last, same = now, 0
		}
		if same == calm {
			return now, nil
		}
	}
	return 0, errors.New("the server's memory does not settle within 30 s")
}

func (s *server) memory() (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("look at the server: %w", err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kib int
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		return 0, fmt.Errorf("read the server's memory: %w", err)
	}
	return kib, nil
}
