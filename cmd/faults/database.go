package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // how PostgreSQL is asked
)

// postgres is a server of the run's own, which it may kill.
type postgres struct {
	programs string // folder
	folder   string
	address  string // host:port
	as       *syscall.SysProcAttr
	log      *os.File

	mu     sync.Mutex // of starting and ending
	cmd    *exec.Cmd
	wanted bool // it is to run
}

// startPostgres makes a server in a folder and starts it.
func startPostgres(ctx context.Context, folder, log string) (*postgres, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return nil, errors.Join(errors.New("PostgreSQL is not installed: there is no /usr/lib/postgresql/*/bin/initdb"), err)
	}
	p := &postgres{programs: filepath.Dir(slices.Max(found)), folder: folder, as: &syscall.SysProcAttr{}}
	if p.address, err = freeAddress(ctx); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	if os.Getuid() == 0 {
		if err := p.disown(); err != nil {
			return nil, err
		}
	}
	made, err := p.command(ctx, "initdb", "-D", p.data(), "-U", "docket", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("make a database: %w: %s", err, made)
	}
	if p.log, err = os.Create(log); err != nil {
		return nil, err
	}
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// disown gives the server another user than root, as which it does not run.
func (p *postgres) disown() error {
	u, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return err
	}
	p.as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(p.folder, int(uid), int(gid))
}

func (p *postgres) data() string { return filepath.Join(p.folder, "data") }

func (p *postgres) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(context.WithoutCancel(ctx), filepath.Join(p.programs, name), args...)
	c.Dir, c.SysProcAttr = p.folder, p.as
	return c
}

// url names a database of the server, reached at an address.
func (p *postgres) url(address, name string) string {
	return (&url.URL{Scheme: "postgres", User: url.User("docket"), Host: address, Path: "/" + name}).String()
}

// start starts the server and waits until it answers. A server that was killed
// leaves processes behind that must end first, so it may take several tries.
func (p *postgres) start(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted = true
	return p.startLocked(ctx)
}

func (p *postgres) startLocked(ctx context.Context) error {
	host, port, err := net.SplitHostPort(p.address)
	if err != nil {
		return err
	}
	db, err := sql.Open("pgx", p.url(p.address, "postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // it was only asked
	for end := time.Now().Add(time.Minute); time.Now().Before(end) && ctx.Err() == nil; {
		p.cmd = p.command(ctx, "postgres", "-D", p.data(), "-p", port, "-h", host, "-k", "", "-c", "max_connections=200", "-c", "max_wal_size=64MB", "-c", "min_wal_size=32MB")
		p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
		if err := p.cmd.Start(); err != nil {
			return fmt.Errorf("start PostgreSQL: %w", err)
		}
		ended := make(chan struct{})
		go func(c *exec.Cmd) {
			_ = c.Wait() // its log says why
			close(ended)
		}(p.cmd)
		if p.answers(ctx, db, ended) {
			return nil
		}
	}
	return errors.Join(errors.New("PostgreSQL does not start; its log says why"), context.Cause(ctx))
}

// answers waits until the server answers, or has ended.
func (p *postgres) answers(ctx context.Context, db *sql.DB, ended <-chan struct{}) bool {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		if err := db.PingContext(ctx); err == nil {
			return true
		}
		select {
		case <-ended:
			<-tick.C
			return false
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}

// end ends the server: with SIGKILL and all its processes as the death of its
// machine does, with SIGQUIT as pg_ctl does with -m immediate. It may have ended
// already: a full disk is enough.
func (p *postgres) end(s syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted = false
	children := p.children()
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end PostgreSQL: %w", err)
	}
	for p.runs() {
		time.Sleep(20 * time.Millisecond)
	}
	if s == syscall.SIGKILL {
		for _, pid := range children {
			_ = syscall.Kill(pid, s) // unless it has seen already that the server is gone
		}
	}
	return nil
}

// children are the processes of the server; where they cannot be known, they
// end by themselves.
func (p *postgres) children() []int {
	var all []int
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", p.cmd.Process.Pid, p.cmd.Process.Pid))
	if err != nil {
		return nil
	}
	for _, field := range strings.Fields(string(text)) {
		if pid, err := strconv.Atoi(field); err == nil {
			all = append(all, pid)
		}
	}
	return all
}

// runs is called with the lock held.
func (p *postgres) runs() bool { return p.cmd.Process.Signal(syscall.Signal(0)) == nil }

// revive starts the server if it has ended by itself.
func (p *postgres) revive(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.wanted || p.runs() {
		return nil
	}
	return p.startLocked(ctx)
}

func (p *postgres) close() error { return errors.Join(p.end(syscall.SIGQUIT), p.log.Close()) }
