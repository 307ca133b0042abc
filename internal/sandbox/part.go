package sandbox

import (
	"cmp"
	"fmt"
	"image"
	"slices"

	"docket/internal/document"
	images "docket/internal/document/image"
)

// What a picture on a page that has text must be like to be looked at as a scan
// of more text.
const (
	leastPart     = 0.1  // of the page
	leastPartSide = 48.0 // points, each way
	mostCovered   = 0.02 // of it that the page's own words cover
	maxParts      = 4
	maxPictures   = 200 // of a page that are looked at
	maxScans      = 8   // of a page that a child may send
)

// parts are the places of pictures that may hold text of their own, beside the
// text that the page has.
func (o recognition) parts(p *document.Page) []document.Box {
	if o.Never || o.Force || !o.Available || p.Unreadable {
		return nil
	}
	var all []document.Box
	for _, i := range p.Images[:min(len(p.Images), maxPictures)] {
		all = joinTouching(all, i.Box)
	}
	all = slices.DeleteFunc(all, func(b document.Box) bool {
		return min(b.Width(), b.Height()) < leastPartSide || b.Width()*b.Height() < leastPart*p.Width*p.Height || hasText(p, b)
	})
	slices.SortStableFunc(all, func(a, b document.Box) int {
		return cmp.Compare(b.Width()*b.Height(), a.Width()*a.Height())
	})
	return all[:min(len(all), maxParts)]
}

// joinTouching adds a picture; those that touch are pieces of one.
func joinTouching(all []document.Box, b document.Box) []document.Box {
	const near = 1.5
	for i := 0; i < len(all); i++ {
		a := all[i]
		if a.Left <= b.Right+near && b.Left <= a.Right+near && a.Top <= b.Bottom+near && b.Top <= a.Bottom+near {
			b, all, i = b.Union(a), slices.Delete(all, i, i+1), -1
		}
	}
	return append(all, b)
}

// hasText says whether the page itself has the text of a picture: hidden, or so
// much that the picture is only its ground.
func hasText(p *document.Page, b document.Box) bool {
	covered := 0.0
	for i := range p.Words {
		if w := &p.Words[i]; inside(b, w.Box) {
			if w.Hidden {
				return true
			}
			covered += w.Box.Width() * w.Box.Height()
		}
	}
	return covered > mostCovered*b.Width()*b.Height()
}

// inside says whether the middle of b lies in a box.
func inside(box, b document.Box) bool {
	x, y := (b.Left+b.Right)/2, (b.Top+b.Bottom)/2
	return x >= box.Left && x <= box.Right && y >= box.Top && y <= box.Bottom
}

// scanParts paints the parts of page n that look like paper with writing on it.
func (p *pdfPages) scanParts(parts []document.Box, n int) ([]*scan, error) {
	var all []*scan
	for _, part := range parts {
		picture, err := p.doc.RenderPart(n, scanDPI, part)
		if err != nil {
			return all, fmt.Errorf("render a part of page %d: %w", n, err)
		}
		if grey := images.Grey(picture); looksWritten(grey) {
			all = append(all, &scan{picture: grey, dpi: scanDPI, part: part})
		}
	}
	return all, nil
}

// What is light and dark in shades of grey, and how much of each paper with
// writing has.
const (
	lightShade, darkShade   = 160, 110
	leastLight              = 0.55
	leastDark, mostDark     = 0.004, 0.4
	fewestWritten           = 2 // lines
	wordsOfLine             = 3 // that count
	leastSure, leastLetters = 70, 20
)

// looksWritten tells paper from photos by its shades.
func looksWritten(g *image.Gray) bool {
	light, dark := 0, 0
	for _, v := range g.Pix {
		if v >= lightShade {
			light++
		} else if v <= darkShade {
			dark++
		}
	}
	n := float64(len(g.Pix))
	return float64(light) >= leastLight*n && float64(dark) >= leastDark*n && float64(dark) <= mostDark*n
}

// written says whether what was recognized is text in lines, and not the labels
// of a chart or what a photo was taken for.
func (r *recognized) written() bool {
	letters, lines := 0, map[[2]float64]int{}
	for i := range r.words {
		w := &r.words[i]
		letters += len(w.Text)
		at := w.Box.Top
		if w.Turn%2 == 1 {
			at = w.Box.Left
		}
		lines[[2]float64{float64(w.Turn), at}]++
	}
	n := 0
	for _, words := range lines {
		if words >= wordsOfLine {
			n++
		}
	}
	return n >= fewestWritten && letters >= leastLetters && r.sure() >= leastSure
}

// beside gives the words of a part of the page, but for those that the page has
// itself.
func (r *recognized) beside(p *document.Page) []document.Word {
	if !r.written() {
		return nil
	}
	var own []document.Box
	for i := range p.Words {
		if b := p.Words[i].Box; inside(r.part, b) {
			own = append(own, b)
		}
	}
	return slices.DeleteFunc(r.on(p), func(w document.Word) bool {
		return slices.ContainsFunc(own, func(b document.Box) bool { return inside(b, w.Box) || inside(w.Box, b) })
	})
}
