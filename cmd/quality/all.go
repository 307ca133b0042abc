package main

import (
	"errors"
	"fmt"
	"os/exec"
)

// all takes every measure.
func (s *scorer) all() error {
	switch s.only {
	case "speed":
		return s.speeds()
	case "values":
		return s.values()
	}
	s.heading = map[string][]float64{}
	bag, order, _ := s.texts("pdf")
	s.row("pdf, word F1", bag, ">= 0.96")
	s.row("pdf, word order F1", order, ">= 0.93")
	if err := s.tables(); err != nil {
		return err
	}
	if err := s.runningLines(); err != nil {
		return err
	}
	for _, format := range []string{"docx", "pptx", "xlsx", "html"} {
		bag, _, visible := s.texts(format)
		if format == "pptx" {
			s.row("pptx, with notes and words for pictures", bag, "")
			bag = visible
		}
		s.row(format+", word F1", bag, ">= 0.95")
	}
	var all mean
	for _, format := range []string{"pdf", "docx", "pptx", "html"} {
		var m mean
		for _, v := range s.heading[format] {
			m.add(v)
			all.add(v)
		}
		s.row("headings of "+format+", set F1", m, "")
	}
	s.row("headings, set F1", all, ">= 0.80")
	if err := s.values(); err != nil || s.fast {
		return err
	}
	return s.speeds()
}

// values takes the measures of what is made of documents without a model.
func (s *scorer) values() error {
	if err := s.fields(); err != nil {
		return err
	}
	return s.classes()
}

func (s *scorer) runningLines() error {
	all, kept, err := s.running()
	r := row{"running headers and footers kept out", fmt.Sprintf("%d of %d", kept, all), ">= 20 of 24", "lines that pdftotext sees repeat"}
	if errors.Is(err, exec.ErrNotFound) {
		r.reached, r.of, err = "-", "pdftotext is not installed", nil
	}
	s.rows = append(s.rows, r)
	return err
}

func (s *scorer) speeds() error {
	pages, pdftotext, one, two, err := s.speed()
	if errors.Is(err, exec.ErrNotFound) {
		s.rows = append(s.rows, row{"speed", "-", "", "pdftotext is not installed"})
		return nil
	}
	if err != nil {
		return err
	}
	rate := func(p pace) float64 { return float64(pages) / p.wall.Seconds() }
	of := fmt.Sprintf("%.0f, %.0f and %.0f pages/s", rate(pdftotext), rate(one), rate(two))
	cpu := func(p pace) string { return fmt.Sprintf("%.2f", pdftotext.cpu.Seconds()/p.cpu.Seconds()) }
	spent := func(p pace) float64 { return 1000 * p.cpu.Seconds() / float64(pages*rounds) }
	s.rows = append(s.rows,
		row{"speed beside pdftotext -bbox, 1 worker", fmt.Sprintf("%.2f", rate(one)/rate(pdftotext)), ">= 0.60", of},
		row{"speed beside pdftotext -bbox, 2 workers", fmt.Sprintf("%.2f", rate(two)/rate(pdftotext)), ">= 1.00", of},
		row{"the same in time of the processor, 1 worker", cpu(one), "", fmt.Sprintf("%.2f and %.2f ms a page", spent(pdftotext), spent(one))},
		row{"the same in time of the processor, 2 workers", cpu(two), "", fmt.Sprintf("%.2f and %.2f ms a page", spent(pdftotext), spent(two))})
	return nil
}
