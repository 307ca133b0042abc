package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"slices"
	"strings"
	"unicode"
)

// edge is the share of a page's height at its top and bottom where running
// headers and footers are looked for.
const edge = 0.12

// running counts lines that pdftotext sees at the same edge on most pages, and
// those of them that the text does not repeat. Its finding of lines is not
// ours, so that one is a check of the other.
func (s *scorer) running() (all, kept int, err error) {
	for _, folder := range []string{"docling/pdf", "tables-icdar2013", "invoices", "pdfjs"} {
		for _, path := range s.files(folder, ".pdf") {
			lines, err := repeated(s.ctx, path)
			if errors.Is(err, exec.ErrNotFound) {
				return 0, 0, err
			}
			if err != nil || len(lines) == 0 {
				continue // pdftotext cannot read it, or nothing repeats
			}
			p, err := s.parse(path)
			if err != nil {
				continue
			}
			text, err := p.text()
			if err != nil {
				return 0, 0, err
			}
			left := masked(text)
			for _, l := range lines {
				all++
				if n := strings.Count(left, l.text); n <= l.elsewhere+1 {
					kept++
				} else {
					s.note(path, fmt.Sprintf("running line %d times in the text: %.60s", n, l.text))
				}
			}
		}
	}
	return all, kept, nil
}

// runningLine is a line that repeats; elsewhere counts it away from the edges.
type runningLine struct {
	text      string
	elsewhere int
}

// bboxWord is a word in the output of pdftotext -bbox.
type bboxWord struct {
	Left   float64 `xml:"xMin,attr"`
	Top    float64 `xml:"yMin,attr"`
	Bottom float64 `xml:"yMax,attr"`
	Text   string  `xml:",chardata"`
}

type bboxPage struct {
	Width  float64    `xml:"width,attr"`
	Height float64    `xml:"height,attr"`
	Words  []bboxWord `xml:"word"`
}

func repeated(ctx context.Context, path string) ([]runningLine, error) {
	out, err := exec.CommandContext(ctx, "pdftotext", "-bbox", path, "-").Output()
	if err != nil {
		return nil, err
	}
	pages, err := bboxPages(out)
	if err != nil || len(pages) < 2 {
		return nil, err
	}
	seen, elsewhere := map[string]int{}, map[string]int{}
	for _, p := range pages {
		for text, atEdge := range p.lines() {
			if atEdge {
				seen[text]++
			} else {
				elsewhere[text]++
			}
		}
	}
	var all []runningLine
	for text, n := range seen {
		if n >= 2 && 2*n > len(pages) && strings.ContainsFunc(text, unicode.IsLetter) {
			all = append(all, runningLine{text, elsewhere[text]})
		}
	}
	slices.SortFunc(all, func(a, b runningLine) int { return strings.Compare(a.text, b.text) })
	return all, nil
}

func bboxPages(out []byte) ([]bboxPage, error) {
	d := xml.NewDecoder(bytes.NewReader(out))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	var pages []bboxPage
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return pages, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the output of pdftotext: %w", err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "page" {
			var p bboxPage
			if err := d.DecodeElement(&p, &start); err != nil {
				return nil, fmt.Errorf("read the output of pdftotext: %w", err)
			}
			pages = append(pages, p)
		}
	}
}

// lines are the masked lines of a page, and whether they stand at an edge.
func (p *bboxPage) lines() map[string]bool {
	byBottom := map[int][]bboxWord{}
	for _, w := range p.Words {
		y := int(math.Round(w.Bottom / 3))
		byBottom[y] = append(byBottom[y], w)
	}
	all := map[string]bool{}
	for _, ws := range byBottom {
		slices.SortFunc(ws, func(a, b bboxWord) int { return int(10 * (a.Left - b.Left)) })
		texts := make([]string, len(ws))
		for i := range ws {
			texts[i] = ws[i].Text
		}
		text := masked(strings.Join(texts, " "))
		if len(text) >= 4 {
			all[text] = ws[0].Bottom < edge*p.Height || ws[0].Top > (1-edge)*p.Height
		}
	}
	return all
}

// masked puts # for digits, and takes out all but letters and those.
func masked(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			return '#'
		case unicode.IsLetter(r):
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
