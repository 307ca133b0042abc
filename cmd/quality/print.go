package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

// row is one line of the report.
type row struct {
	measure, reached, aim, of string
}

// mean is an average.
type mean struct {
	sum float64
	n   int
}

func (m *mean) add(v float64) { m.sum, m.n = m.sum+v, m.n+1 }

func (m *mean) value() float64 {
	if m.n == 0 {
		return 0
	}
	return m.sum / float64(m.n)
}

func (s *scorer) row(measure string, m mean, aim string) {
	reached := "-"
	if m.n > 0 {
		reached = fmt.Sprintf("%.3f", m.value())
	}
	s.rows = append(s.rows, row{measure, reached, aim, fmt.Sprintf("%d documents", m.n)})
}

func (s *scorer) note(path, what string) {
	if s.each {
		fmt.Printf("%-48s %s\n", filepath.Base(path), what)
	}
}

// print writes the table of measures.
func (s *scorer) print(w io.Writer) error {
	var b strings.Builder
	b.WriteString("measure\treached\taim\tover\n")
	for _, r := range s.rows {
		b.WriteString(r.measure + "\t" + r.reached + "\t" + r.aim + "\t" + r.of + "\n")
	}
	t := tabwriter.NewWriter(w, 0, 8, 3, ' ', 0)
	if _, err := io.WriteString(t, b.String()); err != nil {
		return err
	}
	return t.Flush()
}
