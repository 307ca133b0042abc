//go:build !postgres

package main

import "testing"

// One node that is killed, stopped and held up, on a disk that fills where one
// can be made, loses nothing.
func TestOneNode(t *testing.T) {
	shortly(t, 1, nil, func(c *cluster, p programs) error { return c.onSQLite(t.Context(), p) })
}
