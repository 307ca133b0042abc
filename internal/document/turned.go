package document

// turnedText is a line of text that stands across most of the page's text,
// such as the name of a narrow column.
type turnedText struct {
	text  string
	box   Box // on the surface
	words []Word
	turn  int
	taken bool // by a cell
}

// turnedTexts are the lines of the words that stand in other directions.
func (s *surface) turnedTexts(others [4][]Word) []turnedText {
	var all []turnedText
	for turn, words := range others {
		if len(words) == 0 {
			continue
		}
		aside := &surface{fonts: s.fonts, page: s.page, turn: turn}
		for _, p := range phrases(words) {
			for _, l := range aside.lines([]phrase{p}) {
				all = append(all, turnedText{text: l.text(), box: s.toSurface(aside.toPage(l.box)), words: p.words, turn: turn})
			}
		}
	}
	return all
}

// leftOver are the words of the turned texts that no cell has taken, by their
// turns.
func leftOver(turned []turnedText) [4][]Word {
	var others [4][]Word
	for i := range turned {
		if t := &turned[i]; !t.taken {
			others[t.turn] = append(others[t.turn], t.words...)
		}
	}
	return others
}

// takeTurned puts the turned texts that stand in a ruled cell into it. They
// are only taken for good when the table is: see claimTurned.
func (r *tableReader) takeTurned(g *grid, t *Table) {
	for i := range r.turned {
		text := &r.turned[i]
		if text.taken || !r.region.contains(text.box) {
			continue
		}
		x, y := (text.box.Left+text.box.Right)/2, (text.box.Top+text.box.Bottom)/2
		t.turned = append(t.turned, i)
		t.inCell(g.find(columnAt(g.ys, y)*g.columns()+columnAt(g.xs, x)), g, text)
	}
}

// inCell adds a text to the cell that begins at a place of the grid.
func (t *Table) inCell(root int, g *grid, text *turnedText) {
	for i := range t.Cells {
		c := &t.Cells[i]
		if c.Row*g.columns()+c.Column != root {
			continue
		}
		if c.Text == "" {
			c.Text, c.Box = text.text, text.box
		} else {
			c.Text, c.Box = c.Text+" "+text.text, c.Box.Union(text.box)
			if len(c.runs) > 0 {
				c.runs = AppendRun(c.runs, Run{Text: " " + text.text})
			}
		}
		t.Box = t.Box.Union(text.box)
	}
}

// claimTurned marks the turned texts of a table that was found.
func (s *surface) claimTurned(t *Table) {
	for _, i := range t.turned {
		s.turned[i].taken = true
	}
}
