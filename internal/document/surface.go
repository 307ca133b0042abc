package document

import (
	"cmp"
	"slices"
)

// surface is what stands on a page, turned so that most of its text is upright.
type surface struct {
	words []Word
	fonts []Font
	// across and down are the rulings that run level and upright.
	across, down []ruling
	// shades are the same with the edges of filled areas, which may be no more
	// than the paper behind a line of text.
	shadeAcross, shadeDown []ruling
	images                 []Box
	dots                   []Box // from top to bottom
	grounds                []ground
	turned                 []turnedText
	// turn is the direction of the text on the page, and mirrored says that it
	// runs from right to left: then left and right are exchanged here, so that
	// columns, indents and cells need not know.
	turn     int
	mirrored bool
	page     *Page
}

// newSurface turns the page; words that stand in other directions are its
// turned texts.
func newSurface(p *Page) *surface {
	var turned [4][]Word
	words := p.Painted()
	for _, w := range words {
		turn := w.Turn & 3
		if turned[turn] == nil {
			// Most pages have words of one direction alone.
			turned[turn] = make([]Word, 0, len(words))
		}
		turned[turn] = append(turned[turn], upright(w, turn))
	}
	s := &surface{fonts: symbols(p.Words, monospaced(p.Words, p.Fonts)), page: p}
	for turn := range turned {
		if len(turned[turn]) > len(turned[s.turn]) {
			s.turn = turn
		}
	}
	s.words, turned[s.turn] = turned[s.turn], nil
	if s.mirrored = rightToLeft(s.words); s.mirrored {
		s.words = slices.Clone(s.words)
		for i := range s.words {
			s.words[i].Box = mirror(s.words[i].Box)
		}
	}
	s.rule(p)
	for _, i := range p.Images {
		s.images = append(s.images, s.toSurface(i.Box))
	}
	s.dots, s.grounds = s.dotsOf(p), s.groundsOf(p)
	s.turned = s.turnedTexts(turned)
	return s
}

// maxRulings bounds the rulings of a page in one direction: with more of them
// it is a drawing.
const maxRulings = 2000

// rule collects rulings: thin lines and the edges of rectangles.
func (s *surface) rule(p *Page) {
	var drawn, shaded rulings
	for _, r := range p.Rules {
		drawn.add(s.toSurface(r.Box))
	}
	for _, r := range p.Rects {
		if b := r.Box; max(b.Width(), b.Height()) < minFrame || b.Width()*b.Height() > 0.9*p.Width*p.Height {
			continue // a bullet or the paper
		}
		if r.Stroked {
			drawn.frame(s.toSurface(r.Box))
		} else {
			shaded.frame(s.toSurface(r.Box))
		}
	}
	s.across, s.down = joinRulings(drawn.across), joinRulings(drawn.down)
	s.shadeAcross = joinRulings(append(drawn.across, shaded.across...))
	s.shadeDown = joinRulings(append(drawn.down, shaded.down...))
}

// rulings are those of both directions.
type rulings struct{ across, down []ruling }

func (r *rulings) add(b Box) {
	if b.Width() >= b.Height() {
		r.across = append(r.across, ruling{(b.Top + b.Bottom) / 2, b.Left, b.Right})
	} else {
		r.down = append(r.down, ruling{(b.Left + b.Right) / 2, b.Top, b.Bottom})
	}
}

// frame adds the four edges.
func (r *rulings) frame(b Box) {
	r.add(Box{b.Left, b.Top, b.Right, b.Top})
	r.add(Box{b.Left, b.Bottom, b.Right, b.Bottom})
	r.add(Box{b.Left, b.Top, b.Left, b.Bottom})
	r.add(Box{b.Right, b.Top, b.Right, b.Bottom})
}

// minFrame is the length in points from which the edges of a rectangle are
// rulings.
const minFrame = 9.0

// ruling is a straight line along an axis: at y from left to right, or at x
// from top to bottom.
type ruling struct{ at, from, to float64 }

// Two rulings are one when they lie as near as rulingSnap across their
// direction and their ends as near as rulingGap along it.
const (
	rulingSnap = 1.6
	rulingGap  = 4.0
)

// joinRulings makes one ruling of those that continue or cover each other.
func joinRulings(all []ruling) []ruling {
	slices.SortFunc(all, func(a, b ruling) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.from, b.from)) })
	var joined []ruling
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].at-all[n-1].at <= rulingSnap && all[n].at-all[0].at <= 2*rulingSnap {
			n++
		}
		joined = append(joined, joinLevel(all[:n])...)
		all = all[n:]
	}
	if len(joined) > maxRulings {
		return nil
	}
	return joined
}

// joinLevel joins rulings that lie on one level.
func joinLevel(level []ruling) []ruling {
	slices.SortFunc(level, func(a, b ruling) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.at, b.at)) })
	var joined []ruling
	for _, r := range level {
		if n := len(joined); n > 0 && r.from <= joined[n-1].to+rulingGap {
			joined[n-1].to = max(joined[n-1].to, r.to)
			continue
		}
		joined = append(joined, r)
	}
	return joined
}

// covers says whether the ruling runs along most of the way from a to b.
func (r ruling) covers(a, b float64) bool {
	return min(r.to, b)-max(r.from, a) >= 0.7*(b-a)
}

// toSurface is where a box of the page stands on the surface.
func (s *surface) toSurface(b Box) Box {
	b = upright(Word{Box: b}, s.turn).Box
	if s.mirrored {
		return mirror(b)
	}
	return b
}

// toPage undoes toSurface.
func (s *surface) toPage(b Box) Box {
	if s.mirrored {
		b = mirror(b)
	}
	return turnBack(b, s.turn)
}

// mirror exchanges left and right.
func mirror(b Box) Box { return Box{-b.Right, b.Top, -b.Left, b.Bottom} }

func (b Box) contains(o Box) bool {
	x, y := (o.Left+o.Right)/2, (o.Top+o.Bottom)/2
	return x >= b.Left && x <= b.Right && y >= b.Top && y <= b.Bottom
}

func (b Box) grow(by float64) Box {
	return Box{b.Left - by, b.Top - by, b.Right + by, b.Bottom + by}
}

// wordsIn are the words whose middle lies in the box.
func wordsIn(words []Word, b Box) []Word {
	var in []Word
	for _, w := range words {
		if b.contains(w.Box) {
			in = append(in, w)
		}
	}
	return in
}
