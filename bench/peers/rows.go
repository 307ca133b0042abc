// Package peers measures the way of a job: all of it against other queues, and
// each step by itself.
package peers

import (
	"slices"

	"docket/bench/harness"
)

const (
	group = "Submit to done"

	note = "64 clients submit jobs of 2 kB one by one, 64 workers run an operation that reads its 2 kB and does nothing, and a job counts when its end is on disk. " +
		"Each commit is synced on all sides (SQLite: WAL, synchronous=FULL; PostgreSQL: its defaults). Each contestant is one process with clients and workers in it, as is usual for a library. " +
		"Processor time is of that process and of the database's server."
	viaHTTP = " “Over HTTP” is the same with real requests to a server in a process of its own, which tells when a job's end is on disk: no peer here has such a door, so it stands for itself."
	faktory = " Faktory starts a Redis of its own, for which it writes snapshots alone (save 30 5 and save 120 1): a crash loses up to half a minute of what it has answered. With appendfsync always this is set in its running Redis, since Faktory has no setting for it. " +
		"Its workers are those of faktory_worker_go, and processor time is of the program, of Faktory and of its Redis."
	faktoryServer = "github.com/contribsys/faktory/cmd/faktory"
)

// Rows are the rows of this package.
func Rows() []harness.Row { return slices.Concat(done(), latencies(), crowds()) }

// done are the rows of the whole way of a job.
func done() []harness.Row {
	return []harness.Row{
		{
			Name: "done-sqlite", Group: group, Title: "Submit to done, SQLite", Unit: "jobs/s", Aim: harness.Aim{Kind: harness.RatioAtLeast, Value: 5},
			Note: note + " River is set up as its driver's documentation says, with one connection; with InsertMany each client hands in 100 jobs a call." + viaHTTP,
			Contestants: []harness.Contestant{
				peer{name: "Docket", folder: "ours", place: sqlite, jobs: 10_000}.contestant(),
				peer{name: "River", folder: "river-sqlite", place: sqlite, jobs: 3_000}.contestant(),
				peer{name: "River, InsertMany", folder: "river-sqlite", place: sqlite, jobs: 3_000, flags: []string{"-batch", "100"}}.contestant(),
				peer{name: "Docket, over HTTP", folder: "ours", place: sqlite, jobs: 5_000, flags: []string{"-http"}}.contestant(),
			},
		},
		{
			Name: "done-postgres", Group: group, Title: "Submit to done, PostgreSQL", Unit: "jobs/s", Aim: harness.Aim{Kind: harness.RatioAtLeast, Value: 1.5},
			Note: note + " “With a jobs row” is what River needs to do for a job that people ask after: a row of the application's inserted in the job's transaction and updated in that of its end (InsertTx, JobCompleteTx)." + viaHTTP,
			Contestants: []harness.Contestant{
				peer{name: "Docket", folder: "ours", place: postgres, jobs: 10_000}.contestant(),
				peer{name: "River with a jobs row", folder: "river-postgres", place: postgres, jobs: 5_000, flags: []string{"-row"}}.contestant(),
				peer{name: "River", folder: "river-postgres", place: postgres, jobs: 10_000}.contestant(),
				peer{name: "River, InsertMany", folder: "river-postgres", place: postgres, jobs: 10_000, flags: []string{"-batch", "100"}}.contestant(),
				peer{name: "Docket, over HTTP", folder: "ours", place: postgres, jobs: 5_000, flags: []string{"-http"}}.contestant(),
			},
		},
		{
			Name: "done-redis", Group: group, Title: "Submit to done, PostgreSQL against asynq and Faktory on Redis", Unit: "jobs/s", Aim: harness.Aim{Kind: harness.RatioAtLeast, Value: 5},
			Note: note + " With appendfsync always Redis syncs what it has answered, with everysec a crash loses up to a second of it." + faktory,
			Contestants: []harness.Contestant{
				peer{name: "Docket", folder: "ours", place: postgres, jobs: 10_000}.contestant(),
				peer{name: "asynq, appendfsync always", folder: "asynq", place: redis, fsync: "always", jobs: 3_000}.contestant(),
				peer{name: "asynq, appendfsync everysec", folder: "asynq", place: redis, fsync: "everysec", jobs: 10_000}.contestant(),
				peer{name: "Faktory, appendfsync always", folder: "faktory", place: folder, server: faktoryServer, flags: []string{"-appendfsync", "always"}, jobs: 3_000}.contestant(),
				peer{name: "Faktory as it comes", folder: "faktory", place: folder, server: faktoryServer, jobs: 10_000}.contestant(),
			},
		},
	}
}
