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
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"docket/internal/app"
	"docket/internal/sandbox"
)

func main() {
	// The nodes, and their children, are this program too.
	if len(os.Args) > 1 && slices.Contains(subcommands(), os.Args[1]) {
		os.Exit(app.Main(os.Args[1:], os.LookupEnv, os.Stdin, os.Stdout, os.Stderr))
	}
	o := options{clients: 32, out: os.Stdout}
	flag.Uint64Var(&o.seed, "seed", rand.Uint64N(1_000_000), "of the troubles and the jobs; the same makes the same")
	flag.IntVar(&o.jobs, "jobs", 2000, "how many submits, some of which make more than one job")
	flag.DurationVar(&o.length, "length", 3*time.Minute, "in which jobs are submitted and troubles made")
	on := flag.String("on", "both", "sqlite, postgres, or both")
	blobs := flag.String("blobs", "both", "where nodes on PostgreSQL keep documents: folder, s3, or both, one after the other; S3 is DOCKET_TEST_S3_SERVER, or versitygw in the PATH")
	flag.StringVar(&o.old, "old", "", "the binary of another release: the nodes start as it, and later at random as one or the other")
	flag.Parse()
	kinds, err := chosen(*on, *blobs)
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	good := true
	for _, kind := range kinds {
		if ctx.Err() != nil {
			break
		}
		ok, err := one(ctx, kind, o)
		if err != nil {
			fmt.Fprintln(os.Stderr, "faults:", err)
		}
		good = good && ok && err == nil
	}
	stop()
	if !good {
		os.Exit(1)
	}
}

// subcommands are those of the server that a cluster runs.
func subcommands() []string { return []string{"serve", "worker", sandbox.Subcommand} }

// Kinds of clusters.
const (
	onSQLite   = "sqlite"
	onPostgres = "postgres"
	onS3       = "postgres-s3" // and the documents are in a bucket
)

// chosen are the kinds of clusters that the flags name.
func chosen(on, blobs string) (kinds []string, err error) {
	if on == "both" || on == onSQLite {
		kinds = append(kinds, onSQLite)
	}
	if on == "both" || on == onPostgres {
		switch blobs {
		case "folder":
			kinds = append(kinds, onPostgres)
		case "s3":
			kinds = append(kinds, onS3)
		case "both":
			kinds = append(kinds, onPostgres, onS3)
		default:
			return nil, fmt.Errorf("-blobs is %q: it is folder, s3 or both", blobs)
		}
	}
	if len(kinds) == 0 {
		return nil, fmt.Errorf("-on is %q: it is sqlite, postgres or both", on)
	}
	return kinds, nil
}

// one is a run on one cluster. What was seen is kept when something is wrong.
func one(ctx context.Context, kind string, o options) (ok bool, err error) {
	p, err := releases(ctx, o.old)
	if err != nil {
		return false, err
	}
	s3 := ""
	if kind == onS3 {
		if s3, err = findBucket(); err != nil {
			return false, err
		}
	}
	folder, err := os.MkdirTemp("", "docket-faults-"+kind+"-")
	if err != nil {
		return false, err
	}
	o.print("%s: seed %d, %d submits in %v, records in %s", kind, o.seed, o.jobs, o.length, folder)
	if err := os.Chmod(folder, 0o755); err != nil { // PostgreSQL is another user
		return false, err
	}
	c := newCluster(folder, 1<<28+int64(o.jobs)<<20) // a submit stores less than 1 MiB
	c.seed = o.seed
	if c.noDisk != "" {
		o.print("no disk is filled: %s", c.noDisk)
	}
	// One node that is away is all of it; of four, others go on.
	o.pace = pace{every: 5 * time.Second, least: 500 * time.Millisecond, most: 10 * time.Second}
	if kind != onSQLite {
		o.pace = pace{every: 2500 * time.Millisecond, least: 500 * time.Millisecond, most: 25 * time.Second}
		err = c.onPostgres(ctx, p, s3)
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
		return false, fmt.Errorf("%s: %w; logs are in %s", kind, err, folder)
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
	return program{path: path, name: "this release", cache: cache}, os.MkdirAll(cache, 0o700)
}

// releases are what nodes are: this program, and the other, if there is one.
func releases(ctx context.Context, old string) (programs, error) {
	p, err := itself()
	if err != nil || old == "" {
		return programs{p}, err
	}
	path, err := exec.LookPath(old)
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return nil, fmt.Errorf("-old is the binary of another release: %w", err)
	}
	said, err := exec.CommandContext(ctx, path, "version").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("-old is the binary of another release, which tells its version: %w: %s", err, said)
	}
	other := p
	other.path, other.name = path, "the other release ("+strings.TrimSpace(string(said))+")"
	return programs{p, other}, nil
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
		for _, name := range slices.Sorted(maps.Keys(n.started)) {
			if len(n.programs) > 1 {
				o.print("    %s was %s %d times", n.name, name, n.started[name])
			}
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
