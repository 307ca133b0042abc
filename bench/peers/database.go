package peers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"docket/bench/harness"
)

// database is an empty one, for one round.
type database struct {
	address string
	server  int // its process; 0: it is in the program
	drop    func() error
}

// findDatabase says what the peer's rounds will find, or why there is none.
func (p peer) findDatabase(ctx context.Context, env *harness.Env, run *harness.Running) error {
	switch p.place {
	case postgres:
		_, version, drop, err := env.Database(ctx)
		if err != nil {
			return err
		}
		run.Versions[string(postgres)] = version
		return drop()
	case redis, folder:
		out, err := exec.CommandContext(ctx, "redis-server", "--version").Output()
		if err != nil {
			return &harness.MissingError{What: "redis-server is not installed"}
		}
		_, version, _ := strings.Cut(string(out), "v=")
		run.Versions[string(redis)], _, _ = strings.Cut(version, " ")
	}
	return nil
}

// database makes an empty database.
func (p peer) database(ctx context.Context, env *harness.Env) (database, error) {
	switch p.place {
	case postgres:
		return newPostgres(ctx, env)
	case redis:
		return newRedis(ctx, env, p.fsync)
	}
	own, err := os.MkdirTemp(env.Folder, "jobs-")
	if err != nil {
		return database{}, fmt.Errorf("make a folder: %w", err)
	}
	return database{address: own, drop: func() error { return os.RemoveAll(own) }}, nil
}

func newPostgres(ctx context.Context, env *harness.Env) (database, error) {
	address, _, drop, err := env.Database(ctx)
	if err != nil {
		return database{}, err
	}
	server, err := postmaster(ctx, address)
	if err != nil {
		return database{}, errors.Join(err, drop())
	}
	return database{address: address, server: server, drop: drop}, nil
}

// postmaster is the process of a PostgreSQL server on this machine.
func postmaster(ctx context.Context, address string) (pid int, err error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return 0, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	var folder, file string
	err = conn.QueryRow(ctx, "SELECT current_setting('data_directory')").Scan(&folder)
	if err == nil {
		var text []byte
		text, err = os.ReadFile(folder + "/postmaster.pid")
		file = string(text)
	}
	if err == nil {
		first, _, _ := strings.Cut(file, "\n")
		pid, err = strconv.Atoi(first)
	}
	if err != nil {
		return 0, fmt.Errorf("find PostgreSQL's process, which must be on this machine: %w", err)
	}
	return pid, nil
}

// newRedis starts a Redis server that writes each command to its log.
func newRedis(ctx context.Context, env *harness.Env, fsync string) (database, error) {
	folder, err := os.MkdirTemp(env.Folder, "redis-")
	if err != nil {
		return database{}, fmt.Errorf("make a folder: %w", err)
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return database{}, errors.Join(err, os.RemoveAll(folder))
	}
	_, port, _ := net.SplitHostPort(address)
	c := exec.CommandContext(ctx, "redis-server", "--bind", "127.0.0.1", "--port", port, "--dir", folder, "--save", "", "--appendonly", "yes", "--appendfsync", fsync)
	if err := c.Start(); err != nil {
		return database{}, errors.Join(fmt.Errorf("start Redis: %w", err), os.RemoveAll(folder))
	}
	drop := func() error {
		_ = c.Process.Kill()
		_ = c.Wait()
		return os.RemoveAll(folder)
	}
	if err := answers(ctx, address); err != nil {
		return database{}, errors.Join(err, drop())
	}
	return database{address: address, server: c.Process.Pid, drop: drop}, nil
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// answers waits until somebody listens at the address.
func answers(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("nobody listens: %w", err)
		case <-ticker.C:
		}
	}
}
