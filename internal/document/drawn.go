package document

import (
	"slices"
	"unicode/utf8"
)

// What a drawing must be like to count as a picture: a chart or diagram, and
// not an ornament, a frame or the ground that text is printed on.
const (
	fewestPaths    = 5
	minDrawn       = 40.0 // points, each way
	largestDrawn   = 0.6  // of the page
	drawnText      = 0.15 // of it that letters cover
	longestCaption = 40   // letters that its labels have, each
)

// drawn finds the pictures among the page's drawings, and takes the words and
// rulings inside off the surface: they are labels and grids, and neither text
// nor tables.
func (s *surface) drawn() []figure {
	page := s.page.Width * s.page.Height
	var all []figure
	for _, d := range s.page.Drawings {
		box := s.toSurface(d.Box)
		if d.Paths < fewestPaths || box.Width() < minDrawn || box.Height() < minDrawn || box.Width()*box.Height() > largestDrawn*page {
			continue
		}
		if slices.ContainsFunc(all, func(f figure) bool { return touches(f.box, box) }) {
			continue
		}
		in := wordsIn(s.words, box)
		if !labels(in, box) {
			continue
		}
		f := figure{box: box}
		if len(in) > 0 {
			f.lines = s.lines(phrases(in))
			f.box = f.box.Union(boxOf(in))
		}
		all = append(all, f)
		s.clear(f.box)
	}
	return all
}

// labels says whether words are few and short enough to be those of a drawing.
func labels(words []Word, box Box) bool {
	covered := 0.0
	for i := range words {
		covered += words[i].Box.Width() * words[i].Box.Height()
	}
	if covered > drawnText*box.Width()*box.Height() {
		return false
	}
	for _, p := range phrases(words) {
		letters := 0
		for i := range p.words {
			letters += utf8.RuneCountInString(p.words[i].Text)
		}
		if letters > longestCaption {
			return false
		}
	}
	return true
}

// clear takes words, rulings and dots inside a box off the surface.
func (s *surface) clear(box Box) {
	s.words = slices.DeleteFunc(slices.Clone(s.words), func(w Word) bool { return box.contains(w.Box) })
	s.dots = slices.DeleteFunc(s.dots, box.contains)
	across := func(r ruling) bool { return box.contains(Box{r.from, r.at, r.to, r.at}) }
	down := func(r ruling) bool { return box.contains(Box{r.at, r.from, r.at, r.to}) }
	s.across, s.shadeAcross = slices.DeleteFunc(s.across, across), slices.DeleteFunc(s.shadeAcross, across)
	s.down, s.shadeDown = slices.DeleteFunc(s.down, down), slices.DeleteFunc(s.shadeDown, down)
}
