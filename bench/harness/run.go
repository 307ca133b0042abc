package harness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"
)

// Rounds that each contestant of a row runs.
const (
	usualRounds = 3
	shortRounds = 2
)

// Run measures a row: every contestant once, again and again. The order turns
// round each time, so that none always comes first.
func Run(ctx context.Context, env *Env, row Row, progress io.Writer) (result Result, err error) {
	begin := time.Now()
	result = newResult(row, env)
	running, versions, stop, err := start(ctx, env, row)
	defer func() { err = errors.Join(err, stop()) }()
	if err != nil {
		return result, err
	}
	maps.Copy(result.Versions, versions)
	for n := range rounds(env, row) {
		for i := range running {
			if n%2 == 1 {
				i = len(running) - 1 - i
			}
			c := &result.Contestants[i]
			round, err := running[i].Round(ctx)
			if err != nil {
				return result, fmt.Errorf("%s, round %d of %s: %w", row.Name, n+1, c.Name, err)
			}
			c.Rounds = append(c.Rounds, round)
			if _, err := fmt.Fprintf(progress, "  %d %-28s %s %s %s\n", n+1, c.Name, number(round.Figure), row.Unit, more(round)); err != nil {
				return result, fmt.Errorf("print: %w", err)
			}
		}
	}
	result.At, result.Took = time.Now().UTC().Truncate(time.Second), time.Since(begin).Truncate(time.Millisecond)
	return result, nil
}

func rounds(env *Env, row Row) int {
	n := row.Rounds
	switch {
	case n == 1: // what is measured happens once
		return n
	case env.Rounds > 0:
		return env.Rounds
	case n == 0:
		n = usualRounds
	}
	if env.Short {
		n = min(n, shortRounds)
	}
	return n
}

// start makes all contestants ready. stop ends those that are, also after an
// error.
func start(ctx context.Context, env *Env, row Row) (running []*Running, versions map[string]string, stop func() error, err error) {
	versions = map[string]string{}
	stop = func() error {
		var errs []error
		for _, r := range running {
			if r.Stop != nil {
				errs = append(errs, r.Stop())
			}
		}
		return errors.Join(errs...)
	}
	for _, c := range row.Contestants {
		r, err := c.Start(ctx, env)
		if err != nil {
			return nil, nil, stop, fmt.Errorf("%s: start %s: %w", row.Name, c.Name, err)
		}
		running = append(running, r)
		maps.Copy(versions, r.Versions)
	}
	return running, versions, stop, nil
}
