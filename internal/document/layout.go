package document

import (
	"cmp"
	"slices"
)

// layout finds what stands on a page, in reading order: paragraphs, tables and
// pictures; text in the direction of most of it first.
func layout(p *Page) []paragraph {
	s := newSurface(p)
	drawn := s.drawn()
	if all, rest, ok := s.tagged(); ok {
		all = withPictures(all, append(s.pictures(), drawn...))
		for i := range all {
			all[i].place(s)
		}
		all = aroundTagged(all, s.read(phrases(rest)))
		return append(all, s.asides()...)
	}
	tables, words := s.ruledTables()
	figures := append(s.pictures(), drawn...)
	for _, t := range tables {
		figures = append(figures, figure{box: t.Box, table: t})
	}
	items := phrases(words)
	for i := range figures {
		items = append(items, phrase{box: figures[i].box, figure: &figures[i]})
	}
	return append(s.read(items), s.asides()...)
}

// asides are the texts in other directions, those with most words first.
func (s *surface) asides() []paragraph {
	var all []paragraph
	others := leftOver(s.turned)
	turns := []int{0, 1, 2, 3}
	slices.SortStableFunc(turns, func(a, b int) int { return cmp.Compare(len(others[b]), len(others[a])) })
	for _, turn := range turns {
		aside := &surface{fonts: s.page.Fonts, page: s.page, turn: turn}
		all = append(all, aside.read(phrases(others[turn]))...)
	}
	return all
}

// read puts items into reading order and makes paragraphs of them.
func (s *surface) read(items []phrase) []paragraph {
	if len(items) == 0 {
		return nil
	}
	var all []paragraph
	for _, part := range columns(items, 0) {
		all = append(all, s.column(part)...)
	}
	for i := range all {
		all[i].place(s)
	}
	return all
}

// column reads the items of one column from top to bottom.
func (s *surface) column(items []phrase) []paragraph {
	var texts []phrase
	var figures []*figure
	for _, p := range items {
		if p.figure != nil {
			figures = append(figures, p.figure)
		} else {
			texts = append(texts, p)
		}
	}
	slices.SortStableFunc(figures, func(a, b *figure) int { return cmp.Compare(a.box.Top+a.box.Bottom, b.box.Top+b.box.Bottom) })
	c := newColumn(s.lines(texts))
	runs := s.tableRuns(c.lines)
	s.drawnBullets(c.lines, runs)
	var all []paragraph
	for i := 0; i < len(c.lines); {
		if len(figures) > 0 && figures[0].before(&c.lines[i]) {
			all, figures = append(all, newFigure(figures[0])), figures[1:]
			continue
		}
		if run, ok := inTable(runs, i); ok {
			all = append(all, s.run(run)...)
			i = run.last
			continue
		}
		first := i
		for i++; i < len(c.lines); i++ {
			_, table := inTable(runs, i)
			if table || len(figures) > 0 && figures[0].before(&c.lines[i]) {
				break
			}
		}
		for _, ls := range c.paragraphs(c.lines[first:i]) {
			all = append(all, newParagraph(ls))
		}
	}
	for _, f := range figures {
		all = append(all, newFigure(f))
	}
	return all
}

// run is a table, or blocks of text one after the other.
func (s *surface) run(r tableRun) []paragraph {
	if r.table != nil {
		return []paragraph{newFigure(&figure{box: r.table.Box, table: r.table})}
	}
	var all []paragraph
	for _, block := range r.blocks {
		c := newColumn(s.lines(block))
		for _, ls := range c.paragraphs(c.lines) {
			all = append(all, newParagraph(ls))
		}
	}
	return all
}

// before says whether the figure is read before the line.
func (f *figure) before(l *line) bool {
	return f.box.Top+f.box.Bottom < l.box.Top+l.box.Bottom
}

// newFigure stands for a figure among paragraphs.
func newFigure(f *figure) paragraph {
	p := paragraph{box: f.box, table: f.table, kind: Picture}
	if len(f.lines) > 0 {
		p = newParagraph(f.lines)
		p.box, p.kind = f.box, Picture
	}
	if f.table != nil {
		p.kind = TableSegment
	}
	return p
}

// place turns the paragraph back to where it stands on the page.
func (p *paragraph) place(s *surface) {
	on := s.page
	p.page, p.width, p.height, p.turned = on.Number, on.Width, on.Height, s.turn != 0
	p.box = on.OnPage(s.toPage(p.box))
	for i := range p.lines {
		p.lines[i].box = on.OnPage(s.toPage(p.lines[i].box))
	}
	if p.table != nil {
		p.table.place(s)
	}
}

// upright turns a word so that it is read from left to right, on a page whose
// origin may be anywhere.
func upright(w Word, turn int) Word {
	b := w.Box
	switch turn {
	case 1:
		w.Box = Box{Left: b.Top, Top: -b.Right, Right: b.Bottom, Bottom: -b.Left}
		w.Baseline = -w.Baseline
	case 2:
		w.Box = Box{Left: -b.Right, Top: -b.Bottom, Right: -b.Left, Bottom: -b.Top}
		w.Baseline = -w.Baseline
	case 3:
		w.Box = Box{Left: -b.Bottom, Top: b.Left, Right: -b.Top, Bottom: b.Right}
	}
	return w
}

// turnBack undoes upright for a box.
func turnBack(b Box, turn int) Box {
	switch turn {
	case 1:
		return Box{Left: -b.Bottom, Top: b.Left, Right: -b.Top, Bottom: b.Right}
	case 2:
		return Box{Left: -b.Right, Top: -b.Bottom, Right: -b.Left, Bottom: -b.Top}
	case 3:
		return Box{Left: b.Top, Top: -b.Right, Right: b.Bottom, Bottom: -b.Left}
	}
	return b
}
