package main

import (
	"context"
	"io"
	"slices"

	"docket/bench/footprint"
	"docket/bench/harness"
	"docket/bench/lists"
	"docket/bench/load"
	"docket/bench/parses"
	"docket/bench/peers"
	"docket/bench/polls"
	"docket/bench/submits"
	"docket/bench/watchers"
)

// rows is everything that is measured, in the order of the report.
func rows() []harness.Row {
	return slices.Concat(
		polls.Rows(),
		submits.Rows(),
		lists.Rows(),
		parses.Rows(),
		footprint.Rows(),
		watchers.Rows(),
		peers.Rows(),
	)
}

// parts are what this program does in processes of its own: clients, and
// servers that are yardsticks. They read their task from in, and write their
// answer, or where they listen, to out.
func parts() map[string]func(ctx context.Context, in io.Reader, out io.Writer) error {
	return map[string]func(ctx context.Context, in io.Reader, out io.Writer) error{
		"load":   load.Play,
		"bare":   polls.Bare,
		"insert": submits.Insert,
	}
}
