package extract

import (
	"math"
	"strings"
)

// between are the marks between the items of a list on one line.
const between = ",;•|·"

// listBeside splits what stands behind a label.
func (s *sheet) listBeside(f *field, m mention) []candidate {
	r := &s.rows[m.row]
	c := &r.cells[m.cell]
	start, end := m.end, c.end
	if strings.TrimFunc(r.text[start:end], isPadding) == "" {
		if m.cell+1 >= len(r.cells) {
			return nil
		}
		start, end = r.cells[m.cell+1].start, r.cells[m.cell+1].end
	} else if !strings.HasPrefix(strings.TrimSpace(r.text[start:end]), ":") && !strings.ContainsAny(r.text[start:end], between) {
		return nil
	}
	var all []candidate
	for start < end {
		stop := end
		if at := strings.IndexAny(r.text[start:end], between); at >= 0 {
			stop = start + at
		}
		all = append(all, s.item(f, r, start, stop, m.quality*insideCell)...)
		_, size := runeAt(r.text, stop)
		start = stop + size
	}
	return all
}

// runeAt is the size of the letter at a place, at least 1.
func runeAt(text string, at int) (rune, int) {
	for i, r := range text[min(at, len(text)):] {
		if i == 0 {
			return r, len(string(r))
		}
	}
	return 0, 1
}

// item takes one value of a part of a row.
func (s *sheet) item(f *field, r *row, start, end int, quality float64) []candidate {
	text := r.text[start:end]
	trimmed := strings.TrimLeftFunc(text, func(r rune) bool { return isPadding(r) || strings.ContainsRune("-–▪■●○‣➢✓", r) })
	start += len(text) - len(trimmed)
	if start >= end {
		return nil
	}
	found := f.finds(r.text[start:end], s.loc)
	if len(found) == 0 {
		return nil
	}
	x := found[0]
	return []candidate{s.candidate(r, start+x.start, start+x.end, x.value, quality*x.certainty)}
}

// listBelow takes the lines under a label that stands alone, until a wider gap
// or the next label.
func (s *sheet) listBelow(f *field, m mention) []candidate {
	r := &s.rows[m.row]
	c := &r.cells[m.cell]
	if strings.TrimFunc(r.text[m.end:c.end], isPadding) != "" || r.tokensBetween(c.start, m.start) > 0 {
		return nil
	}
	var all []candidate
	bottom, left := c.box.Bottom, math.Inf(1)
	for i := m.row + 1; i < len(s.rows); i++ {
		under := &s.rows[i]
		if under.box.Top-bottom > 1.2*c.box.Height() {
			break
		}
		for n := range under.cells {
			u := &under.cells[n]
			if u.box.Left < c.box.Left-6 || u.box.Left > c.box.Left+60 || !math.IsInf(left, 1) && math.Abs(u.box.Left-left) > 20 {
				continue
			}
			text := under.text[u.start:u.end]
			if strings.HasSuffix(text, ":") {
				return all
			}
			left, bottom = min(left, u.box.Left), u.box.Bottom
			all = append(all, s.item(f, under, u.start, u.end, m.quality*belowCell)...)
			break
		}
		if bottom < under.box.Top {
			break
		}
	}
	return all
}
