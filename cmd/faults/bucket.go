package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// The bucket of a run, and the key to it.
const (
	bucketName   = "docs"
	bucketKey    = "docket"
	bucketSecret = "sesame-sesame"
)

// bucket is an S3 server of the run's own, which it may kill, behind a front
// that troubles requests.
type bucket struct {
	program string
	folder  string
	address string // host:port
	front   *front
	log     *os.File

	mu    sync.Mutex // of starting and ending
	cmd   *exec.Cmd
	ended chan struct{}
}

// findBucket is the S3 server's program: what the tests use, or what there is
// in the path.
func findBucket() (string, error) {
	if program := os.Getenv("DOCKET_TEST_S3_SERVER"); program != "" {
		return program, nil
	}
	program, err := exec.LookPath("versitygw")
	if err != nil {
		return "", fmt.Errorf("there is no S3 server: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0, or choose -blobs folder: %w", err)
	}
	return program, nil
}

// startBucket starts a server with an empty bucket.
func startBucket(ctx context.Context, program, folder, log string) (b *bucket, err error) {
	b = &bucket{program: program, folder: folder}
	if err := os.MkdirAll(filepath.Join(folder, bucketName), 0o700); err != nil {
		return nil, err
	}
	if b.address, err = freeAddress(ctx); err != nil {
		return nil, err
	}
	if b.log, err = os.Create(log); err != nil {
		return nil, err
	}
	if b.front, err = newFront(ctx, b.address); err != nil {
		return nil, errors.Join(err, b.log.Close())
	}
	if err := b.start(ctx); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

// start starts the server and waits until it answers.
func (b *bucket) start(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	cmd := exec.CommandContext(context.WithoutCancel(ctx), b.program, "--port", b.address, "--quiet", "--keep-alive", "posix", b.folder)
	cmd.Env = []string{"ROOT_ACCESS_KEY=" + bucketKey, "ROOT_SECRET_KEY=" + bucketSecret}
	cmd.Stdout, cmd.Stderr = b.log, b.log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the S3 server: %w", err)
	}
	ended := make(chan struct{})
	b.cmd, b.ended = cmd, ended
	go func() {
		_ = cmd.Wait() // its log says why
		close(ended)
	}()
	within, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for pause(within, 50*time.Millisecond) == nil {
		select {
		case <-ended:
			return errors.New("the S3 server has ended; its log says why")
		default:
		}
		if b.answers(within) {
			return nil
		}
	}
	return errors.New("the S3 server does not answer; its log says why")
}

func (b *bucket) answers(ctx context.Context) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.address, http.NoBody)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(r)
	return err == nil && answer.Body.Close() == nil
}

// kill ends the server with SIGKILL, if it runs.
func (b *bucket) kill() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cmd == nil {
		return nil
	}
	if err := b.cmd.Process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end the S3 server: %w", err)
	}
	<-b.ended
	b.cmd = nil
	return nil
}

// url is a value of --blobs for a node that reaches the server at an address.
// Clients are sent to the front.
func (b *bucket) url(address string) string {
	q := url.Values{"endpoint": {"http://" + address}, "public_endpoint": {"http://" + b.front.address()}, "region": {"us-east-1"}}
	return (&url.URL{Scheme: "s3", Host: bucketName, RawQuery: q.Encode()}).String()
}

func (b *bucket) close() error {
	b.front.close()
	return errors.Join(b.kill(), b.log.Close())
}
