package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// look is how often the server is asked whether it is ready.
const look = 20 * time.Millisecond

// settings is where Faktory writes those of its Redis, unless the file is there:
// then it takes them from it.
const settings = "/tmp/redis.conf"

// server is a Faktory server with its Redis.
type server struct {
	address string
	command *exec.Cmd
	said    bytes.Buffer // to be read when it has ended
	cleanup func() error
}

// start starts a server over a folder.
func start(ctx context.Context, program, folder, fsync string) (s *server, err error) {
	s = &server{}
	if s.cleanup, err = ownSettings(); err != nil {
		return nil, err
	}
	if s.address, err = freeAddress(ctx); err != nil {
		return nil, errors.Join(err, s.cleanup())
	}
	// The settings of /etc, the pages for people and the password are left out.
	s.command = exec.CommandContext(context.WithoutCancel(ctx), program, "-b", s.address, "-w", ":0", "-e", "development", "-l", "error", "-d", folder, "-c", folder)
	s.command.Stdout, s.command.Stderr = &s.said, &s.said
	if err := s.command.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start Faktory: %w", err), s.cleanup())
	}
	err = s.answers(ctx)
	if err == nil && fsync != "" {
		err = logCommands(ctx, filepath.Join(folder, "redis.sock"), fsync)
	}
	if err != nil {
		err = errors.Join(err, s.stop())
		return nil, fmt.Errorf("%w; Faktory says: %s", err, &s.said)
	}
	return s, nil
}

// ownSettings makes sure that Redis runs with Faktory's own settings; cleanup
// leaves none where there were none.
func ownSettings() (cleanup func() error, err error) {
	text, err := os.ReadFile(settings)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return func() error {
			if err := os.Remove(settings); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("remove Faktory's settings: %w", err)
			}
			return nil
		}, nil
	case err != nil:
		return nil, fmt.Errorf("look for settings: %w", err)
	case !bytes.Contains(text, []byte("Created by Faktory")):
		return nil, fmt.Errorf("%s is not of Faktory, which would take its settings from there: move it away", settings)
	}
	return func() error { return nil }, nil
}

// logCommands lets Redis log each command from now on, as nothing of Faktory's
// own settings does, and waits until it does.
func logCommands(ctx context.Context, socket, fsync string) (err error) {
	c := redis.NewClient(&redis.Options{Network: "unix", Addr: socket})
	defer func() { err = errors.Join(err, c.Close()) }()
	for name, value := range map[string]string{"save": "", "appendfsync": fsync, "appendonly": "yes"} {
		if err := c.ConfigSet(ctx, name, value).Err(); err != nil {
			return fmt.Errorf("set %s of Redis: %w", name, err)
		}
	}
	for {
		info, err := c.InfoMap(ctx, "persistence").Result()
		if err != nil {
			return fmt.Errorf("ask Redis: %w", err)
		}
		if p := info["Persistence"]; p["aof_enabled"] == "1" && p["aof_rewrite_in_progress"] == "0" && p["aof_rewrite_scheduled"] == "0" {
			return nil
		}
		time.Sleep(look)
	}
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// answers waits until the server listens.
func (s *server) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("faktory does not listen: %w", err)
		case <-time.After(look):
		}
	}
}

func (s *server) pid() int { return s.command.Process.Pid }

// stop ends the server, which ends its Redis.
func (s *server) stop() error {
	_ = s.command.Process.Signal(syscall.SIGTERM)
	_ = s.command.Wait() // how it ends is not what is measured
	return s.cleanup()
}
