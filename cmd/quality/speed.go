package main

import (
	"errors"
	"os/exec"
	"sync"
	"time"
)

// longEnough is the number of pages from which the start of a program no longer
// decides how fast it is.
const longEnough = 4

// speed gives the pages a second of pdftotext -bbox and of parses by one and by
// two workers, over the longer PDF files.
func (s *scorer) speed() (pdftotext, one, two float64, err error) {
	var paths []string
	for _, folder := range []string{"docling/pdf", "tables-icdar2013", "invoices", "pdfjs"} {
		paths = append(paths, s.files(folder, ".pdf")...)
	}
	pages := map[string]int{}
	for _, path := range paths { // also fills the caches of the disk
		if p, err := s.parse(path); err == nil && p.pages >= longEnough {
			pages[path] = p.pages
		}
	}
	start := time.Now()
	for path := range pages {
		err := exec.CommandContext(s.ctx, "pdftotext", "-bbox", path, "/dev/null").Run()
		if errors.Is(err, exec.ErrNotFound) {
			return 0, 0, 0, err
		}
	}
	pdftotext = rate(pages, start)
	start = time.Now()
	s.parseAll(pages, 1)
	one = rate(pages, start)
	start = time.Now()
	s.parseAll(pages, 2)
	return pdftotext, one, rate(pages, start), nil
}

func rate(pages map[string]int, start time.Time) float64 {
	n := 0
	for _, p := range pages {
		n += p
	}
	return float64(n) / time.Since(start).Seconds()
}

func (s *scorer) parseAll(pages map[string]int, workers int) {
	queue := make(chan string)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for path := range queue {
				_, _ = s.parse(path) // those that fail have failed before
			}
		})
	}
	for path := range pages {
		queue <- path
	}
	close(queue)
	running.Wait()
}
