package document

import (
	"cmp"
	"slices"
)

// layout finds the paragraphs of a page in reading order: upright text first,
// unless most of the page is turned.
func layout(p *Page) []paragraph {
	var turned [4][]Word
	for _, w := range painted(p.Words) {
		turn := w.Turn & 3
		turned[turn] = append(turned[turn], upright(w, turn))
	}
	turns := []int{0, 1, 2, 3}
	slices.SortStableFunc(turns, func(a, b int) int { return cmp.Compare(len(turned[b]), len(turned[a])) })
	var all []paragraph
	for _, turn := range turns {
		if len(turned[turn]) == 0 {
			continue
		}
		for _, part := range columns(phrases(turned[turn]), 0) {
			c := newColumn(lines(part, p.Fonts))
			for _, ls := range c.paragraphs() {
				paragraph := newParagraph(ls)
				paragraph.place(p, turn)
				all = append(all, paragraph)
			}
		}
	}
	return all
}

// painted leaves out hidden text, unless the page is a scan whose text is all
// hidden but for a stamp.
func painted(words []Word) []Word {
	hidden := 0
	for i := range words {
		if words[i].Hidden {
			hidden++
		}
	}
	if hidden == 0 || hidden > len(words)/2 {
		return words
	}
	return slices.DeleteFunc(slices.Clone(words), func(w Word) bool { return w.Hidden })
}

// place turns the paragraph back to where it stands on the page.
func (p *paragraph) place(on *Page, turn int) {
	p.page, p.width, p.height, p.turned = on.Number, on.Width, on.Height, turn != 0
	p.box = turnBack(p.box, turn)
	for i := range p.lines {
		p.lines[i].box = turnBack(p.lines[i].box, turn)
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
