//go:build postgres

package main

import (
	"testing"

	"docket/internal/testkit"
)

// Nodes that are cut off from a database that others use too, and from a bucket
// that dies, lose nothing. The seed kills no node: what it was about to send
// waits for a minute.
func TestNodes(t *testing.T) {
	s3, err := findBucket()
	if err != nil {
		t.Fatal(err)
	}
	shortly(t, 33, func(c *cluster, p programs) error {
		if err := c.withBucket(t.Context(), s3); err != nil {
			return err
		}
		return c.onServer(t.Context(), p, testkit.Database(t))
	})
}
