// Command quality scores parsing, extraction and classification on documents of
// which is known what they hold, and prints what it reaches beside what it aims
// at. Run it with `make quality`.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"

	"docket/internal/sandbox"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == sandbox.Subcommand {
		os.Exit(sandbox.ChildMain(os.Stdin, os.Stdout, os.Args[2:]))
	}
	var o options
	flag.StringVar(&o.corpus, "corpus", os.Getenv("QUALITY_CORPUS"), "folder of documents and what they hold")
	flag.BoolVar(&o.each, "each", false, "print the score of every document")
	flag.BoolVar(&o.fast, "fast", false, "leave the speed out")
	flag.StringVar(&o.only, "only", "", "measure this alone: speed, or values (extraction and classification)")
	flag.StringVar(&o.half, "half", "", "score only this half of the documents: a or b")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "quality:", err)
		os.Exit(1)
	}
}

type options struct {
	corpus string
	each   bool
	fast   bool
	only   string
	half   string
}

func run(ctx context.Context, o options) error {
	if o.corpus == "" {
		return fmt.Errorf("no corpus: set QUALITY_CORPUS or -corpus to the folder of documents")
	}
	if _, err := os.Stat(o.corpus); err != nil {
		return fmt.Errorf("open the corpus: %w", err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	cache = filepath.Join(cache, "docket")
	pool := sandbox.New(sandbox.Options{Children: 2, CacheDir: cache, Log: slog.New(slog.DiscardHandler)})
	if err := pool.Start(ctx); err != nil {
		return fmt.Errorf("start the sandbox: %w", err)
	}
	s := &scorer{options: o, ctx: ctx, pool: pool, cache: cache}
	err = s.all()
	return errors.Join(err, pool.Close(), s.print(os.Stdout))
}
