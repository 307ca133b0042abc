// Command faults troubles a cluster while clients work with it, and looks
// whether a promise was broken: processes are killed, the network is cut, the
// database dies, the disk fills. Run it with `make faults`.
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"docket/internal/app"
	"docket/internal/sandbox"
)

func main() {
	// The nodes, and their children, are this program too.
	if len(os.Args) > 1 && slices.Contains(programs(), os.Args[1]) {
		os.Exit(app.Main(os.Args[1:], os.LookupEnv, os.Stdin, os.Stdout, os.Stderr))
	}
	o := options{clients: 32, out: os.Stdout}
	flag.Uint64Var(&o.seed, "seed", rand.Uint64N(1_000_000), "of the troubles and the jobs; the same makes the same")
	flag.IntVar(&o.jobs, "jobs", 2000, "how many submits, some of which make more than one job")
	flag.DurationVar(&o.length, "length", 3*time.Minute, "in which jobs are submitted and troubles made")
	on := flag.String("on", "both", "sqlite, postgres, or both")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	good := true
	for _, database := range []string{"sqlite", "postgres"} {
		if ctx.Err() == nil && (*on == "both" || *on == database) {
			ok, err := one(ctx, database, o)
			if err != nil {
				fmt.Fprintln(os.Stderr, "faults:", err)
			}
			good = good && ok && err == nil
		}
	}
	stop()
	if !good {
		os.Exit(1)
	}
}

// programs are the subcommands of the server that a cluster runs.
func programs() []string { return []string{"serve", "worker", sandbox.Subcommand} }

// one is a run on one database. What was seen is kept when something is wrong.
func one(ctx context.Context, database string, o options) (ok bool, err error) {
	folder, err := os.MkdirTemp("", "docket-faults-"+database+"-")
	if err != nil {
		return false, err
	}
	o.print("%s: seed %d, %d submits in %v, records in %s", database, o.seed, o.jobs, o.length, folder)
	if err := os.Chmod(folder, 0o755); err != nil { // PostgreSQL is another user
		return false, err
	}
	p, err := itself()
	if err != nil {
		return false, err
	}
	c := newCluster(folder, 1<<28+int64(o.jobs)<<20) // a submit stores less than 1 MiB
	if c.noDisk != "" {
		o.print("no disk is filled: %s", c.noDisk)
	}
	// One node that is away is all of it; of four, others go on.
	o.pace = pace{every: 5 * time.Second, least: 500 * time.Millisecond, most: 10 * time.Second}
	if database == "postgres" {
		o.pace = pace{every: 2500 * time.Millisecond, least: 500 * time.Millisecond, most: 25 * time.Second}
		err = c.onPostgres(ctx, p)
	} else {
		err = c.onSQLite(ctx, p)
	}
	var record *Record
	if err == nil {
		within, cancel := context.WithTimeout(ctx, o.length+15*time.Minute)
		record, err = Run(within, c, o)
		cancel()
	}
	if closed := c.close(); closed != nil {
		o.print("clean up: %v", closed)
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w; logs are in %s", database, err, folder)
	}
	return report(o, c, record)
}

// itself is this program as a node, with the engine that earlier runs have
// compiled.
func itself() (program, error) {
	path, err := os.Executable()
	if err != nil {
		return program{}, err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	cache = filepath.Join(cache, "docket")
	return program{path: path, cache: cache}, os.MkdirAll(cache, 0o700)
}

// report prints what was done and what was found, and keeps the record if there
// is a violation.
func report(o options, c *cluster, record *Record) (ok bool, err error) {
	made := map[Kind]int{}
	for _, t := range record.Troubles {
		made[t.Kind]++
	}
	o.print("  made:")
	for _, kind := range slices.Sorted(maps.Keys(made)) {
		o.print("    %3d × %s", made[kind], kind)
	}
	for _, n := range c.nodes {
		if n.revived > 0 {
			o.print("    %s ended by itself and was started again %d times", n.name, n.revived)
		}
	}
	o.print("  seen: %s", record.sizes())
	violations := Check(record)
	for _, v := range violations[:min(len(violations), 50)] {
		o.print("  VIOLATION %s", v)
	}
	o.print("  violations: %d", len(violations))
	if len(violations) == 0 {
		return true, os.RemoveAll(c.folder)
	}
	o.print("  records and logs are kept in %s; SEED=%d repeats the run", c.folder, o.seed)
	return false, record.write(c.folder)
}
