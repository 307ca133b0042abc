package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"docket/internal/document"
	"docket/internal/document/pdf"
)

// competition is a file of the ICDAR 2013 table competition: where tables are
// (-reg.xml) or what their cells are (-str.xml). Distances are in points from
// the page's bottom left corner.
type competition struct {
	Tables []struct {
		Regions []region `xml:"region"`
	} `xml:"table"`
}

type region struct {
	Page      int    `xml:"page,attr"`
	RowAdd    int    `xml:"row-increment,attr"`
	ColumnAdd int    `xml:"col-increment,attr"`
	Cells     []cell `xml:"cell"`
	Box       corner `xml:"bounding-box"`
}

type corner struct {
	X1 float64 `xml:"x1,attr"`
	Y1 float64 `xml:"y1,attr"`
	X2 float64 `xml:"x2,attr"`
	Y2 float64 `xml:"y2,attr"`
}

type cell struct {
	StartRow int    `xml:"start-row,attr"`
	EndRow   *int   `xml:"end-row,attr"`
	StartCol int    `xml:"start-col,attr"`
	EndCol   *int   `xml:"end-col,attr"`
	Content  string `xml:"content"`
}

func readCompetition(path string) (*competition, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	c := &competition{}
	if err := xml.Unmarshal(b, c); err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return c, nil
}

// tables scores cells in given regions, and where tables are found.
func (s *scorer) tables() error {
	engine, err := pdf.NewEngine(s.ctx, s.cache)
	if err != nil {
		return err
	}
	defer func() { _ = engine.Close() }() // nothing is written
	var precision, recall, iou, letterP, letterR mean
	for _, path := range s.files("tables-icdar2013", ".pdf") {
		base := strings.TrimSuffix(path, ".pdf")
		where, err := readCompetition(base + "-reg.xml")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		what, err2 := readCompetition(base + "-str.xml")
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		pages, err := readPages(engine, path)
		if err != nil {
			return err
		}
		c := scoreCells(pages, where, what)
		d, err := s.scoreFound(path, pages, where)
		if err != nil {
			return err
		}
		precision.add(c.precision())
		recall.add(c.recall())
		iou.add(f1(d.tables.hits, d.tables.got, d.tables.want))
		letterP.add(d.letters.precision())
		letterR.add(d.letters.recall())
		s.note(path, fmt.Sprintf("relations %d/%d/%d  tables %d/%d/%d  letters p %.3f r %.3f", c.hits, c.got, c.want,
			d.tables.hits, d.tables.got, d.tables.want, d.letters.precision(), d.letters.recall()))
	}
	s.row("table cells, region given, adjacency F1", harmonic(precision, recall), ">= 0.90")
	s.row("table detection, F1 of tables (IoU 0.5)", iou, ">= 0.80")
	s.row("table detection, F1 of letters", harmonic(letterP, letterR), "")
	return nil
}

func harmonic(a, b mean) mean {
	p, r := a.value(), b.value()
	if p+r == 0 {
		return mean{0, a.n}
	}
	return mean{2 * p * r / (p + r) * float64(a.n), a.n}
}

// count is how many of what was given and of what was wanted are the same.
type count struct{ hits, got, want int }

func (c count) precision() float64 { return share(c.hits, c.got) }
func (c count) recall() float64    { return share(c.hits, c.want) }

func share(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

func readPages(engine *pdf.Engine, path string) (map[int]*document.Page, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	doc, err := engine.Open(data, "")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	defer doc.Close()
	pages := map[int]*document.Page{}
	for n := 1; n <= doc.Pages(); n++ {
		if pages[n], err = doc.ReadPage(n); err != nil {
			return nil, fmt.Errorf("read page %d of %s: %w", n, filepath.Base(path), err)
		}
	}
	return pages, nil
}

// scoreCells compares the relations of cells, table by table. Regions of one
// table are compared one by one: relations across them are few.
func scoreCells(pages map[int]*document.Page, where, what *competition) count {
	var all count
	for i, t := range what.Tables {
		for j, r := range t.Regions {
			want := relations(wanted(r.Cells))
			var got map[relation]int
			if page := pages[r.Page]; page != nil && i < len(where.Tables) && j < len(where.Tables[i].Regions) {
				got = relations(found(document.TableIn(page, where.Tables[i].Regions[j].box(page))))
			}
			for rel, n := range got {
				all.hits += min(n, want[rel])
				all.got += n
			}
			for _, n := range want {
				all.want += n
			}
		}
	}
	return all
}

// box is the region with the origin at the top of the page.
func (r *region) box(p *document.Page) document.Box {
	return document.Box{Left: r.Box.X1, Top: p.Height - r.Box.Y2, Right: r.Box.X2, Bottom: p.Height - r.Box.Y1}
}

// scoreFound compares where tables are: detected are boxes that overlap a
// wanted one by half of what both cover, and the letters in any table.
func (s *scorer) scoreFound(path string, pages map[int]*document.Page, where *competition) (found struct{ tables, letters count }, err error) {
	p, err := s.parse(path)
	if err != nil {
		return found, err
	}
	ours, theirs := map[int][]document.Box{}, map[int][]document.Box{}
	for _, seg := range p.segments {
		if seg.SegmentType == document.TableSegment {
			b := seg.BBox
			ours[seg.PageNumber] = append(ours[seg.PageNumber], document.Box{
				Left: b.Left / 2, Top: b.Top / 2, Right: (b.Left + b.Width) / 2, Bottom: (b.Top + b.Height) / 2,
			})
		}
	}
	for _, t := range where.Tables {
		for _, r := range t.Regions {
			if page := pages[r.Page]; page != nil {
				theirs[r.Page] = append(theirs[r.Page], r.box(page))
			}
		}
	}
	for n, page := range pages {
		found.tables.got += len(ours[n])
		found.tables.want += len(theirs[n])
		found.tables.hits += pairs(ours[n], theirs[n])
		for _, w := range page.Words {
			got, want := inside(w.Box, ours[n]), inside(w.Box, theirs[n])
			if got {
				found.letters.got += len(w.Text)
			}
			if want {
				found.letters.want += len(w.Text)
			}
			if got && want {
				found.letters.hits += len(w.Text)
			}
		}
	}
	return found, nil
}

func pairs(got, want []document.Box) int {
	n, used := 0, map[int]bool{}
	for _, g := range got {
		for i, w := range want {
			if !used[i] && overlap(g, w) >= 0.5 {
				used[i] = true
				n++
				break
			}
		}
	}
	return n
}

// overlap is the intersection of two boxes as a share of their union.
func overlap(a, b document.Box) float64 {
	w, h := min(a.Right, b.Right)-max(a.Left, b.Left), min(a.Bottom, b.Bottom)-max(a.Top, b.Top)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (a.Width()*a.Height() + b.Width()*b.Height() - w*h)
}

func inside(b document.Box, boxes []document.Box) bool {
	x, y := (b.Left+b.Right)/2, (b.Top+b.Bottom)/2
	for _, o := range boxes {
		if x >= o.Left && x <= o.Right && y >= o.Top && y <= o.Bottom {
			return true
		}
	}
	return false
}
