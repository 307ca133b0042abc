package harness

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Env is what contestants are started with.
type Env struct {
	Self     string // this program, which also plays clients and yardsticks
	Docket   string // the server's program
	Postgres string // address of a PostgreSQL server whose databases may be made and dropped; empty: none
	Folder   string // for what is made on the way, on the disk that is measured
	Short    bool   // only whether it works
	Big      bool
	Rounds   int // 0: as the row says
	Jobs     int // in big tables; 0: as the row says
	Machine  Machine
	Versions map[string]string

	shared map[string]any
	stops  []func() error
}

// Shared makes what several contestants need once; it is stopped when all rows
// are done.
func Shared[T any](env *Env, name string, begin func() (T, func() error, error)) (T, error) {
	if made, ok := env.shared[name].(T); ok {
		return made, nil
	}
	made, stop, err := begin()
	if err != nil {
		return made, err
	}
	if env.shared == nil {
		env.shared = map[string]any{}
	}
	env.shared[name] = made
	env.stops = append(env.stops, stop)
	return made, nil
}

// stop ends what is shared.
func (e *Env) stop() error {
	var errs []error
	for _, stop := range slices.Backward(e.stops) {
		errs = append(errs, stop())
	}
	return errors.Join(errs...)
}

// Prepare makes an Env; done removes what it has made. An empty docket is
// built from the folder source.
func Prepare(ctx context.Context, source, docket, postgres string) (env *Env, done func() error, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, fmt.Errorf("find this program: %w", err)
	}
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a folder: %w", err)
	}
	env = &Env{Self: self, Docket: docket, Postgres: postgres, Folder: folder, Machine: thisMachine()}
	done = func() error { return errors.Join(env.stop(), os.RemoveAll(folder)) }
	env.Versions = map[string]string{"Go": strings.TrimPrefix(runtime.Version(), "go"), "Docket": revision(ctx, source)}
	if docket == "" {
		env.Docket = filepath.Join(folder, "docket")
		c := exec.CommandContext(ctx, "go", "build", "-o", env.Docket, "./cmd/docket")
		c.Dir, c.Stderr = source, os.Stderr
		if err := c.Run(); err != nil {
			return nil, nil, errors.Join(fmt.Errorf("build the server: %w", err), done())
		}
	}
	return env, done, nil
}

// MissingError says what a row needs that is not on this machine.
type MissingError struct{ What string }

func (e *MissingError) Error() string { return e.What }

// ErrNoPostgres says that a row needs a PostgreSQL server, and none was named.
var ErrNoPostgres = errors.New("there is no PostgreSQL server: -postgres")

// Database makes an empty database, which drop removes.
func (e *Env) Database(ctx context.Context) (address, version string, drop func() error, err error) {
	if e.Postgres == "" {
		return "", "", nil, ErrNoPostgres
	}
	name := "bench_" + strings.ToLower(rand.Text())
	if version, err = e.admin(ctx, "CREATE DATABASE "+name); err != nil {
		return "", "", nil, err
	}
	u, err := url.Parse(e.Postgres)
	if err != nil {
		return "", "", nil, fmt.Errorf("read the address of PostgreSQL: %w", err)
	}
	u.Path = "/" + name
	return u.String(), version, func() error {
		_, err := e.admin(context.WithoutCancel(ctx), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		return err
	}, nil
}

func (e *Env) admin(ctx context.Context, command string) (version string, err error) {
	conn, err := pgx.Connect(ctx, e.Postgres)
	if err != nil {
		return "", fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	if _, err := conn.Exec(ctx, command); err != nil {
		return "", fmt.Errorf("%s: %w", command, err)
	}
	version, _, _ = strings.Cut(conn.PgConn().ParameterStatus("server_version"), " ")
	return version, nil
}
