package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"

	"docket/internal/sandbox"
)

// longEnough is the number of pages from which the start of a program no longer
// decides how fast it is.
const longEnough = 4

// rounds is how often each side of the measure has its turn.
const rounds = 3

// pace is what a side of the measure has taken for all pages: the time of its
// best round, and the processor's time of all rounds.
type pace struct{ wall, cpu time.Duration }

func (p *pace) add(wall, cpu time.Duration) {
	if p.wall == 0 || wall < p.wall {
		p.wall = wall
	}
	p.cpu += cpu
}

// speed measures pdftotext -bbox and parses by one and by two workers over the
// longer PDF files, in turns, so that what else the machine does meets all.
func (s *scorer) speed() (pages int, pdftotext, one, two pace, err error) {
	paths := s.longFiles()
	for _, n := range paths {
		pages += n
	}
	for range rounds {
		if err := s.turn(&pdftotext, func() error { return s.runPDFToText(paths) }); err != nil {
			return 0, pdftotext, one, two, err
		}
		for workers, side := range map[int]*pace{1: &one, 2: &two} {
			if err := s.parseRound(paths, workers, side); err != nil {
				return 0, pdftotext, one, two, err
			}
		}
	}
	return pages, pdftotext, one, two, nil
}

// longFiles are the longer files with their pages. It reads all once, which
// also fills the caches of the disk.
func (s *scorer) longFiles() map[string]int {
	pages := map[string]int{}
	for _, folder := range []string{"docling/pdf", "tables-icdar2013", "invoices", "pdfjs"} {
		for _, path := range s.files(folder, ".pdf") {
			if p, err := s.parse(path); err == nil && p.pages >= longEnough {
				pages[path] = p.pages
			}
		}
	}
	return pages
}

func (s *scorer) runPDFToText(paths map[string]int) error {
	for path := range paths {
		err := exec.CommandContext(s.ctx, "pdftotext", "-bbox", path, "/dev/null").Run()
		if errors.Is(err, exec.ErrNotFound) {
			return err
		}
	}
	return nil
}

// parseRound measures a pass over all files by a pool that has seen them once:
// a server has been running when a document comes. What the children have
// used is known when they have ended, so it is what two passes use more than
// one.
func (s *scorer) parseRound(paths map[string]int, workers int, side *pace) error {
	var once, twice pace
	if err := s.turn(&once, func() error { _, err := s.passes(paths, workers, 1); return err }); err != nil {
		return err
	}
	var last time.Duration
	err := s.turn(&twice, func() (err error) { last, err = s.passes(paths, workers, 2); return err })
	side.add(last, max(twice.cpu-once.cpu, 0))
	return err
}

// passes parses the files n times with a pool of so many workers, and says how
// long the last time took.
func (s *scorer) passes(paths map[string]int, workers, n int) (time.Duration, error) {
	pool := sandbox.New(sandbox.Options{Children: workers, CacheDir: s.cache, Log: slog.New(slog.DiscardHandler)})
	if err := pool.Start(s.ctx); err != nil {
		return 0, fmt.Errorf("start the sandbox: %w", err)
	}
	own := *s
	own.pool = pool
	var last time.Duration
	for range n {
		start := time.Now()
		own.parseAll(paths, workers)
		last = time.Since(start)
	}
	return last, pool.Close()
}

func (s *scorer) parseAll(paths map[string]int, workers int) {
	queue := make(chan string)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for path := range queue {
				_, _ = s.parseTo(io.Discard, path) // those that fail have failed before
			}
		})
	}
	// The longest come first, so that no worker is left with one at the end.
	for _, path := range slices.SortedFunc(maps.Keys(paths), func(a, b string) int {
		return cmp.Or(cmp.Compare(paths[b], paths[a]), cmp.Compare(a, b))
	}) {
		queue <- path
	}
	close(queue)
	running.Wait()
}

// turn measures one turn, the time of the processor in this process and in
// those that it has waited for.
func (s *scorer) turn(side *pace, work func() error) error {
	start, before := time.Now(), processorTime()
	if err := work(); err != nil {
		return err
	}
	side.add(time.Since(start), processorTime()-before)
	return nil
}

func processorTime() time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
}
