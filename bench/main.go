// Command bench measures Docket against yardsticks and peers, and writes what
// it found into docs/BENCHMARKS.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"docket/bench/harness"
)

func main() { os.Exit(command()) }

func command() int {
	var err error
	if len(os.Args) == 3 && os.Args[1] == "play" {
		err = play(context.Background(), os.Args[2], os.Stdin, os.Stdout) // whom a signal ends at once
	} else {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		err = measure(ctx, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	return 0
}

// places are where things are, from the folder of this module.
const (
	source   = ".."
	first    = "results/first"  // of one whole run
	second   = "results/second" // of another one: what two runs agree on is no accident
	document = "../docs/BENCHMARKS.md"
	charts   = "pictures/bench" // as the document sees it
)

func measure(ctx context.Context, out io.Writer) (err error) {
	only := flag.String("row", "", "only rows whose name matches this regular expression")
	short := flag.Bool("short", false, "few rounds, only to see whether it works: nothing is kept")
	big := flag.Bool("big", false, "also rows that take minutes and gigabytes")
	count := flag.Int("rounds", 0, "rounds of each contestant, but for rows that can be measured once only; 0: as each row says")
	results := flag.String("results", first, "folder in which the results are kept; the document is written from "+first+" and "+second)
	jobs := flag.Int("jobs", 0, "jobs in big tables, to look at smaller ones: nothing is kept; 0: as each row says")
	docket := flag.String("docket", "", "the server's program; empty: build it from the parent folder")
	postgres := flag.String("postgres", os.Getenv("DOCKET_BENCH_POSTGRES"), "address of a PostgreSQL server whose databases may be made and dropped; empty: leave its rows out")
	list := flag.Bool("list", false, "list the rows")
	report := flag.Bool("report", false, "only write the document anew from the last results")
	flag.Parse()
	pattern, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-row: %w", err)
	}
	switch {
	case *list:
		return printRows(out, pattern)
	case *report:
		return writeReport()
	}
	env, done, err := harness.Prepare(ctx, source, *docket, *postgres)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	env.Short, env.Big, env.Rounds, env.Jobs = *short, *big, *count, *jobs
	if err := measureRows(ctx, env, pattern, *results, out); err != nil || *short || *jobs > 0 {
		return err
	}
	return writeReport()
}

// measureRows measures one row after another, and says at the end how long
// each took. One that fails does not keep the others from running.
func measureRows(ctx context.Context, env *harness.Env, pattern *regexp.Regexp, results string, out io.Writer) error {
	var (
		errs  []error
		times string
		total time.Duration
	)
	for _, row := range rows() {
		if !pattern.MatchString(row.Name) || (row.Big && !env.Big) || ctx.Err() != nil {
			continue
		}
		begin := time.Now()
		if err := measureRow(ctx, env, row, results, out); err != nil {
			errs = append(errs, err)
			_, _ = fmt.Fprintf(out, "  failed: %v\n", err) // it is told again at the end
		}
		took := time.Since(begin)
		times += fmt.Sprintf("  %6.1f s  %s\n", took.Seconds(), row.Name)
		total += took
	}
	if _, err := fmt.Fprintf(out, "took\n%s  %6.1f s  altogether\n", times, total.Seconds()); err != nil {
		errs = append(errs, fmt.Errorf("print: %w", err))
	}
	return errors.Join(append(errs, context.Cause(ctx))...)
}

func measureRow(ctx context.Context, env *harness.Env, row harness.Row, results string, out io.Writer) error {
	if _, err := fmt.Fprintln(out, row.Name); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	result, err := harness.Run(ctx, env, row, out)
	var summary string
	switch {
	case errors.Is(err, harness.ErrNoPostgres), isMissing(err):
		summary, err = "  left out: "+err.Error()+"\n", nil
	case err != nil:
		return err
	default:
		summary = harness.Summary(result)
		if !env.Short && env.Jobs == 0 {
			err = result.Save(results)
		}
	}
	if err == nil {
		_, err = io.WriteString(out, summary)
	}
	if err != nil {
		return fmt.Errorf("keep what was found: %w", err)
	}
	return nil
}

func isMissing(err error) bool {
	_, ok := errors.AsType[*harness.MissingError](err)
	return ok
}

func printRows(out io.Writer, pattern *regexp.Regexp) error {
	for _, row := range rows() {
		if pattern.MatchString(row.Name) {
			if _, err := fmt.Fprintf(out, "%-26s %s\n", row.Name, row.Title); err != nil {
				return fmt.Errorf("print: %w", err)
			}
		}
	}
	return nil
}

// writeReport renders the last results of all rows.
func writeReport() error {
	one, err := harness.Load(first, rows())
	if err != nil {
		return err
	}
	two, err := harness.Load(second, rows())
	if err != nil {
		return err
	}
	pairs := harness.Pairs(rows(), one, two)
	before, err := os.ReadFile(document)
	if err != nil {
		return fmt.Errorf("read the document: %w", err)
	}
	after, err := harness.Insert(string(before), harness.Report(pairs, charts))
	if err == nil {
		err = os.WriteFile(document, []byte(after), 0o644)
	}
	folder := filepath.Join(filepath.Dir(document), charts)
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	for _, p := range pairs {
		r := p.Shown()
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, r.Name+".svg"), []byte(harness.Chart(r)), 0o644)
		}
	}
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// play runs a part of a measurement in a process of its own.
func play(ctx context.Context, part string, in io.Reader, out io.Writer) error {
	do, ok := parts()[part]
	if !ok {
		return fmt.Errorf("there is no part %s", strings.ToValidUTF8(part, "?"))
	}
	return do(ctx, in, out)
}
