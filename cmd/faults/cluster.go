package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// cluster is the nodes of a run, with all that can be troubled.
type cluster struct {
	folder      string
	nodes       []*node
	wires       []*wire   // one for each node; none on SQLite
	postgres    *postgres // nil: SQLite, or a server that others use
	bucket      *bucket   // nil: documents are files
	bucketWires []*wire   // one from each node to the bucket
	disk        *disk     // nil: none could be made
	noDisk      string    // why
	driver      string    // of the database, past the wires
	source      string
	seed        uint64 // of what a node is after its death
}

// newCluster makes the folder of a run, with a disk of so many bytes in it where
// that can be made.
func newCluster(folder string, diskSize int64) *cluster {
	c := &cluster{folder: folder}
	d, err := mountDisk(c.stored(), diskSize)
	if err != nil {
		c.noDisk = err.Error()
		return c
	}
	c.disk = d
	return c
}

// stored is where documents and databases are.
func (c *cluster) stored() string { return filepath.Join(c.folder, "disk") }

// onSQLite is one node.
func (c *cluster) onSQLite(ctx context.Context, p programs) error {
	data := filepath.Join(c.stored(), "node")
	c.driver, c.source = "sqlite", "file:"+filepath.Join(data, "docket.db")+"?mode=ro&_pragma=busy_timeout(5000)"
	return c.add(ctx, p, &node{name: "node-0", data: data, env: []string{"DOCKET_DATABASE="}}, "--workers", "2")
}

// onPostgres is nodes on a server of their own: two that answer clients and two
// that work. Their documents are in a folder, or in a bucket of an S3 server
// whose program is given.
func (c *cluster) onPostgres(ctx context.Context, p programs, s3 string) (err error) {
	if s3 != "" {
		if err := c.withBucket(ctx, s3); err != nil {
			return err
		}
	}
	if c.postgres, err = startPostgres(ctx, filepath.Join(c.stored(), "postgres"), filepath.Join(c.folder, "postgres.log")); err != nil {
		return err
	}
	return c.onServer(ctx, p, c.postgres.url(c.postgres.address, "postgres"))
}

// withBucket lets nodes that are added keep documents in a bucket.
func (c *cluster) withBucket(ctx context.Context, s3 string) (err error) {
	c.bucket, err = startBucket(ctx, s3, filepath.Join(c.stored(), "s3"), filepath.Join(c.folder, "s3.log"))
	return err
}

// onServer is the same on a database that others may use too.
func (c *cluster) onServer(ctx context.Context, p programs, database string) error {
	c.driver, c.source = "pgx", database
	server, err := url.Parse(database)
	if err != nil {
		return fmt.Errorf("the address of the database: %w", err)
	}
	for i := range 4 {
		w, err := newWire(ctx, server.Host)
		if err != nil {
			return err
		}
		c.wires = append(c.wires, w)
		through := *server
		through.Host = w.address()
		n := &node{name: fmt.Sprintf("node-%d", i), data: filepath.Join(c.folder, fmt.Sprintf("node-%d", i)), env: []string{"DOCKET_DATABASE=" + through.String()}}
		workers := "0"
		if i >= 2 {
			workers = "2"
		}
		blobs, err := c.blobs(ctx, n)
		if err != nil {
			return err
		}
		if err := c.add(ctx, p, n, "--workers", workers, "--blobs", blobs); err != nil {
			return err
		}
	}
	return nil
}

// blobs is where a node keeps documents.
func (c *cluster) blobs(ctx context.Context, n *node) (string, error) {
	if c.bucket == nil {
		return filepath.Join(c.stored(), "blobs"), nil
	}
	w, err := newWire(ctx, c.bucket.front.address())
	if err != nil {
		return "", err
	}
	c.bucketWires = append(c.bucketWires, w)
	n.env = append(n.env, "DOCKET_S3_ACCESS_KEY="+bucketKey, "DOCKET_S3_SECRET="+bucketSecret)
	return c.bucket.url(w.address()), nil
}

// add gives the cluster one more node and starts it.
func (c *cluster) add(ctx context.Context, p programs, n *node, flags ...string) (err error) {
	n.programs, n.log = p, filepath.Join(c.folder, n.name+".log")
	n.random, n.started = rand.New(rand.NewPCG(c.seed, uint64(3+len(c.nodes)))), map[string]int{}
	if n.listen, err = freeAddress(ctx); err != nil {
		return err
	}
	n.args = append([]string{
		"serve", "--data", n.data, "--listen", n.listen, "--min-free", "5MB",
		"--max-reads", "1000000", "--max-batch-reads", "1000000", "--max-lists", "1000000", "--max-websockets", "100000",
	}, flags...)
	c.nodes = append(c.nodes, n)
	return n.start(ctx)
}

// addresses are those of the nodes that answer clients.
func (c *cluster) addresses() []string {
	var all []string
	for _, n := range c.nodes[:min(2, len(c.nodes))] {
		all = append(all, n.listen)
	}
	return all
}

// world is what can be troubled here.
func (c *cluster) world() World {
	w := World{killNode: len(c.nodes), stopNode: len(c.nodes), stallNode: len(c.nodes), cutWire: len(c.wires), hangWire: len(c.wires), deafWire: len(c.wires)}
	if c.postgres != nil {
		w[killDatabase], w[stopDatabase] = 1, 1
	}
	if c.bucket != nil {
		w[killBucket], w[busyBucket], w[slowBucket], w[muteBucket] = 1, 1, 1, 1
		w[cutBucket], w[hangBucket] = len(c.bucketWires), len(c.bucketWires)
	}
	if c.disk != nil {
		w[fillDisk] = 1
	}
	return w
}

// begin makes a trouble.
func (c *cluster) begin(ctx context.Context, t Trouble) error {
	switch t.Kind {
	case killNode:
		return c.nodes[t.Target].end(syscall.SIGKILL)
	case killIdle:
		return c.killIdle(ctx, c.nodes[t.Target])
	case stopNode:
		return c.nodes[t.Target].end(syscall.SIGTERM)
	case stallNode:
		return c.nodes[t.Target].signal(syscall.SIGSTOP)
	case cutWire:
		c.wires[t.Target].set(refuses)
	case hangWire:
		c.wires[t.Target].set(hangs)
	case deafWire:
		c.wires[t.Target].set(deafens)
	case killDatabase:
		return c.postgres.end(syscall.SIGKILL)
	case stopDatabase:
		return c.postgres.end(syscall.SIGQUIT)
	case cutBucket:
		c.bucketWires[t.Target].set(refuses)
	case hangBucket:
		c.bucketWires[t.Target].set(hangs)
	case busyBucket:
		c.bucket.front.set(refers)
	case slowBucket:
		c.bucket.front.set(drags)
	case muteBucket:
		c.bucket.front.set(mutes)
	case killBucket:
		return c.bucket.kill()
	case fillDisk:
		return c.disk.fill()
	}
	return nil
}

// mend ends a trouble.
func (c *cluster) mend(ctx context.Context, t Trouble) error {
	switch t.Kind {
	case killNode, killIdle, stopNode:
		return c.nodes[t.Target].start(ctx)
	case stallNode:
		return c.nodes[t.Target].signal(syscall.SIGCONT)
	case cutWire, hangWire, deafWire:
		c.wires[t.Target].set(carries)
	case killDatabase, stopDatabase:
		return c.postgres.start(ctx)
	case cutBucket, hangBucket:
		c.bucketWires[t.Target].set(carries)
	case busyBucket, slowBucket, muteBucket:
		c.bucket.front.set(serves)
	case killBucket:
		return c.bucket.start(ctx)
	case fillDisk:
		err := c.disk.empty()
		if c.postgres != nil { // which may not have lived through it
			err = errors.Join(err, c.postgres.revive(ctx))
		}
		return err
	}
	return nil
}

// close ends all processes and forgets what they stored.
func (c *cluster) close() error {
	var errs []error
	for _, n := range c.nodes {
		errs = append(errs, n.end(syscall.SIGKILL))
	}
	for _, w := range slices.Concat(c.wires, c.bucketWires) {
		w.close()
	}
	if c.bucket != nil {
		errs = append(errs, c.bucket.close())
	}
	if c.postgres != nil {
		errs = append(errs, c.postgres.close())
	}
	if c.disk != nil {
		errs = append(errs, c.disk.unmount())
	}
	return errors.Join(append(errs, os.RemoveAll(c.stored()))...)
}
