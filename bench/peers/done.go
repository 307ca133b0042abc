package peers

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"time"

	"docket/bench/harness"
	"docket/bench/peers/contestant"
)

// place is what a queue keeps its jobs in.
type place string

const (
	sqlite   place = "SQLite"
	postgres place = "PostgreSQL"
	redis    place = "Redis"
	folder   place = "a folder" // of a server that the program starts, with a Redis in it
)

// peer is a program that puts jobs through a queue.
type peer struct {
	name   string // in the report
	folder string // of its module or package, in bench/peers
	place  place
	fsync  string // appendfsync of Redis
	server string // package of a server that the program starts; empty: it starts none
	flags  []string
	jobs   int // of a round: as many as take some seconds
}

// shortJobs are for a look whether all works.
const shortJobs = 500

func (p peer) contestant() harness.Contestant {
	return harness.Contestant{Name: p.name, Start: p.start}
}

func (p peer) start(ctx context.Context, env *harness.Env) (*harness.Running, error) {
	program, err := build(ctx, env, p.folder)
	if err != nil {
		return nil, err
	}
	if p.server != "" {
		server, err := buildOf(ctx, env, p.folder, p.server)
		if err != nil {
			return nil, err
		}
		p.flags = append([]string{"-" + p.folder, server}, p.flags...)
	}
	if env.Short {
		p.jobs = shortJobs
	}
	run := &harness.Running{Versions: versions(program)}
	if err := p.findDatabase(ctx, env, run); err != nil {
		return nil, err
	}
	run.Round = func(ctx context.Context) (harness.Round, error) {
		d, err := p.database(ctx, env)
		if err != nil {
			return harness.Round{}, err
		}
		f, err := p.round(ctx, program, d)
		if err := errors.Join(err, d.drop()); err != nil {
			return harness.Round{}, err
		}
		return harness.Round{
			Figure: float64(f.Done) / f.Seconds, CPU: time.Duration(f.CPUSeconds / float64(f.Done) * float64(time.Second)),
			More: map[string]float64{"p50 ms": f.P50, "p99 ms": f.P99},
		}, nil
	}
	return run, nil
}

// versions are those of the libraries that are measured.
func versions(program string) map[string]string {
	named := map[string]string{
		"github.com/riverqueue/river": "River", "github.com/hibiken/asynq": "asynq", "github.com/contribsys/faktory": "Faktory", "github.com/jackc/pgx/v5": "pgx", "modernc.org/sqlite": "modernc.org/sqlite",
	}
	found := map[string]string{}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return found // the figures are worth something without
	}
	for _, m := range info.Deps {
		if name, ok := named[m.Path]; ok {
			found[name] = m.Version
		}
	}
	return found
}

// build makes a program of ours or of a peer's module, once a run.
func build(ctx context.Context, env *harness.Env, folder string) (string, error) {
	return buildOf(ctx, env, folder, ".")
}

// buildOf makes a program of a package that a module knows.
func buildOf(ctx context.Context, env *harness.Env, folder, what string) (string, error) {
	program := filepath.Join(env.Folder, "peer-"+folder)
	if what != "." {
		program += "-" + path.Base(what)
	}
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	c := exec.CommandContext(ctx, "go", "build", "-o", program, what)
	c.Dir, c.Stderr = filepath.Join("peers", folder), os.Stderr
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("build %s of %s: %w", what, folder, err)
	}
	return program, nil
}

// round runs the program once.
func (p peer) round(ctx context.Context, program string, d database) (f contestant.Figures, err error) {
	args := append([]string{"-n", fmt.Sprint(p.jobs), "-database", d.address, "-server", fmt.Sprint(d.server)}, p.flags...)
	c := exec.CommandContext(ctx, program, args...)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err == nil {
		err = json.NewDecoder(bytes.NewReader(out)).Decode(&f)
	}
	if err == nil && f.Done != p.jobs {
		err = fmt.Errorf("%d of %d jobs have ended", f.Done, p.jobs)
	}
	if err != nil {
		return f, fmt.Errorf("%s: %w", p.name, err)
	}
	return f, nil
}
