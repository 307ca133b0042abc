//go:build postgres

package main

import (
	"testing"
	"time"
)

// Nodes lose nothing while PostgreSQL is restarted, one that works and one that
// answers are killed, others are cut off, and the bucket dies: each after so many
// jobs were acknowledged, however fast that goes. Nothing here loses a message
// that is being sent, which would come a minute later.
func TestNodes(t *testing.T) {
	s3, err := findBucket()
	if err != nil {
		t.Fatal(err)
	}
	plan := []Trouble{
		{Kind: stopDatabase, After: 2, For: 200 * time.Millisecond},
		{Kind: killIdle, Target: 3, After: 5, For: time.Second},
		{Kind: killBucket, After: 16, For: 300 * time.Millisecond},
		{Kind: killIdle, Target: 0, After: 20, For: 500 * time.Millisecond},
		{Kind: hangWire, Target: 1, After: 26, For: time.Second},
		{Kind: cutBucket, Target: 2, After: 30, For: time.Second},
		{Kind: deafWire, Target: 2, After: 34, For: 500 * time.Millisecond},
	}
	shortly(t, 33, plan, func(c *cluster, p programs) error { return c.onPostgres(t.Context(), p, s3) })
}
