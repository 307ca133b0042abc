package testkit

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Keys of every Gateway.
const (
	S3AccessKey = "docket"
	S3Secret    = "sesame-sesame"
)

// s3Server names the variable that says where the server is that tools/test.sh
// has built.
const s3Server = "DOCKET_TEST_S3_SERVER"

// Gateway is a server that speaks S3, with a folder of the test's own.
type Gateway struct {
	t       testing.TB
	program string
	folder  string
	address string
	cmd     *exec.Cmd

	ReadOnly bool // from the next Start on
}

// NewGateway starts one with the buckets that are named. It ends with the test.
func NewGateway(t testing.TB, buckets ...string) *Gateway {
	t.Helper()
	g := &Gateway{t: t, program: os.Getenv(s3Server), folder: t.TempDir()}
	if g.program == "" {
		found, err := exec.LookPath("versitygw")
		if err != nil {
			t.Fatalf("the tests of S3 need versitygw: run tools/test.sh, or go install github.com/versity/versitygw/cmd/versitygw@v1.8.0 into your PATH; %v", err)
		}
		g.program = found
	}
	for _, b := range buckets {
		if err := os.MkdirAll(filepath.Join(g.folder, b), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g.address = l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Stop)
	g.Start()
	return g
}

// Start starts a gateway that was stopped, with what it had.
func (g *Gateway) Start() {
	g.t.Helper()
	args := []string{"--port", g.address, "--quiet", "--keep-alive"}
	if g.ReadOnly {
		args = append(args, "--readonly")
	}
	g.cmd = exec.CommandContext(g.t.Context(), g.program, append(args, "posix", g.folder)...)
	g.cmd.Env = []string{"ROOT_ACCESS_KEY=" + S3AccessKey, "ROOT_SECRET_KEY=" + S3Secret}
	if err := g.cmd.Start(); err != nil {
		g.t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); ; {
		err := g.answers()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			g.t.Fatalf("the S3 server does not answer: %v", err)
		}
		<-time.After(10 * time.Millisecond)
	}
}

func (g *Gateway) answers() error {
	r, err := http.NewRequestWithContext(g.t.Context(), http.MethodGet, "http://"+g.address, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// Stop kills the gateway, if it runs.
func (g *Gateway) Stop() {
	if g.cmd == nil {
		return
	}
	if err := g.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		g.t.Errorf("stop the S3 server: %v", err)
	}
	_ = g.cmd.Wait() // it was killed
	g.cmd = nil
}

// Hang lets the gateway take requests and answer none, until it is stopped.
func (g *Gateway) Hang() {
	g.t.Helper()
	if err := g.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		g.t.Fatal(err)
	}
}

// Endpoint is where the gateway answers.
func (g *Gateway) Endpoint() *url.URL { return &url.URL{Scheme: "http", Host: g.address} }

// URL is a value of --blobs.
func (g *Gateway) URL(bucket string) string {
	return fmt.Sprintf("s3://%s?endpoint=%s&region=us-east-1", bucket, g.Endpoint())
}

// Objects are the names of what is in a bucket.
func (g *Gateway) Objects(bucket string) []string {
	g.t.Helper()
	var names []string
	root := filepath.Join(g.folder, bucket)
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) { // it goes away while it is looked at
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		g.t.Fatal(err)
	}
	return names
}
