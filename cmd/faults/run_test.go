package main

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"docket/internal/app"
)

// TestMain lets the test binary be the nodes, as the program is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && slices.Contains(subcommands(), os.Args[1]) {
		os.Exit(app.Main(os.Args[1:], os.LookupEnv, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// shortly runs for some seconds on a cluster that start starts, with the
// troubles of a seed or of a plan, and finds nothing wrong.
func shortly(t *testing.T, seed uint64, plan []Trouble, start func(*cluster, programs) error) {
	t.Helper()
	folder, err := os.MkdirTemp("", "docket-faults-")
	if err == nil {
		err = os.Chmod(folder, 0o755) // PostgreSQL is another user
	}
	if err != nil {
		t.Fatal(err)
	}
	p, err := releases(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	c := newCluster(folder, 1<<28)
	t.Cleanup(func() {
		err := c.close()
		if !t.Failed() {
			err = errors.Join(err, os.RemoveAll(folder))
		}
		if err != nil {
			t.Error(err)
		}
	})
	if err := start(c, p); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	o := options{seed: seed, plan: plan, jobs: 40, length: 8 * time.Second, pace: pace{every: 1500 * time.Millisecond, least: 200 * time.Millisecond, most: 3 * time.Second}, clients: 8, out: &out}
	record, err := Run(t.Context(), c, o)
	if err != nil {
		t.Fatalf("seed %d, logs in %s: %v\n%s", o.seed, folder, err, &out)
	}
	for _, v := range Check(record) {
		t.Error(v)
	}
	if len(record.Submits) < o.jobs || len(record.Webhooks) < o.jobs || len(record.Troubles) == 0 || len(record.Results) == 0 || len(record.Rows.Events) == 0 {
		t.Error("the run shows nothing")
	}
	made := map[Trouble]bool{}
	for _, trouble := range record.Troubles {
		made[trouble.Trouble] = true
		t.Log(trouble.Trouble)
	}
	for _, trouble := range plan {
		if !made[trouble] {
			t.Errorf("%v was not made", trouble)
		}
	}
	t.Logf("seed %d: %s, %d troubles\n%s", o.seed, record.sizes(), len(record.Troubles), &out)
	if t.Failed() {
		t.Logf("records and logs are kept in %s: %v", folder, record.write(folder))
	}
}
