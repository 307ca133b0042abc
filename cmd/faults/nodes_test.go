//go:build postgres

package main

import (
	"testing"

	"docket/internal/testkit"
)

// Nodes that are killed and cut off from a database that others use too lose
// nothing.
func TestNodes(t *testing.T) {
	shortly(t, func(c *cluster, p program) error { return c.onServer(t.Context(), p, testkit.Database(t)) })
}
