// Package samples_test runs the sample clients against the real server, each
// to the end that its author meant.
package samples_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"
)

// Variables by which TestMain tells the tests, and the samples that they run,
// what it has prepared.
const (
	urlVariable    = "DOCKET_URL"
	pythonVariable = "DOCKET_TEST_PYTHON"
)

// patience is how long a sample may take to end; all of them take a moment.
const patience = 3 * time.Minute

// TestMain runs the tests against the real server, built for them.
func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	python, err := findPython(ctx)
	if err != nil {
		return 0, err
	}
	folder, err := os.MkdirTemp("", "docket-samples-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	url, stop, err := startServer(ctx, folder)
	if err != nil {
		return 0, err
	}
	defer stop()
	if err := errors.Join(os.Setenv(urlVariable, url), os.Setenv(pythonVariable, python)); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// findPython gives an interpreter that has the modules which the samples use.
func findPython(ctx context.Context) (string, error) {
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(ctx, python, "-c", "import requests, aiohttp").Run() == nil {
			return python, nil
		}
	}
	return "", errors.New("no python3 with requests and aiohttp: apt-get install python3-requests python3-aiohttp")
}

// startServer builds the server and starts it. stop ends it and waits.
func startServer(ctx context.Context, folder string) (url string, stop func(), err error) {
	program := filepath.Join(folder, "docket")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "docket/cmd/docket").CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("build the server: %w\n%s", err, out)
	}
	ctx, cancel := context.WithCancel(ctx)
	server := exec.CommandContext(ctx, program, "serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(folder, "data"))
	server.Cancel = func() error { return server.Process.Signal(syscall.SIGTERM) }
	server.WaitDelay = patience
	log := &bytes.Buffer{}
	server.Stderr = log
	out, err := server.StdoutPipe()
	if err == nil {
		err = server.Start()
	}
	if err != nil {
		cancel()
		return "", nil, fmt.Errorf("start the server: %w", err)
	}
	stop = func() {
		cancel()
		_ = server.Wait() // ended by the signal
	}
	first, _ := bufio.NewReader(out).ReadString('\n')
	address := regexp.MustCompile(`listens on (http://\S+)`).FindStringSubmatch(first)
	if address == nil {
		stop()
		return "", nil, fmt.Errorf("the server did not start: %s%s", first, log)
	}
	return address[1], stop, nil
}
