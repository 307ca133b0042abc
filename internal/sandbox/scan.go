package sandbox

import (
	"fmt"
	"image"
	"slices"
	"unicode"
	"unicode/utf8"

	"docket/internal/document"
	images "docket/internal/document/image"
)

// ocrUnavailable is the warning of a page whose text is in a picture that
// nobody here can read.
const ocrUnavailable = "ocr_unavailable"

// recognition says whether text in pictures is recognized.
type recognition struct {
	Available bool // there is a program for it
	Force     bool // on every page, also on those that have text
	Never     bool
}

// A page is taken for a scan when it has fewer letters than these and a
// picture on more than half of it, or when too many of its letters mean
// nothing.
const (
	fewLetters    = 20
	mostOfPage    = 0.5
	unmappedShare = 0.2
)

// wants says whether the text of a page is to be recognized.
func (o recognition) wants(p *document.Page) bool {
	if o.Never || p.Unreadable {
		return false
	}
	if o.Force {
		return true
	}
	letters, unmapped := 0, 0
	for i := range p.Words {
		for _, r := range p.Words[i].Text {
			letters++
			if r == utf8.RuneError || unicode.Is(unicode.Co, r) {
				unmapped++
			}
		}
	}
	if letters >= fewLetters {
		return float64(unmapped) > unmappedShare*float64(letters)
	}
	for _, i := range p.Images {
		if i.Box.Width()*i.Box.Height() > mostOfPage*p.Width*p.Height {
			return true
		}
	}
	return false
}

// scan is a page, or a part of it, as a picture in shades of grey.
type scan struct {
	picture *image.Gray
	dpi     int          // of the picture, or 0 when that is not known
	part    document.Box // of the page, in points; zero is all of it
}

// pgm is the scan as a file that every program for pictures reads.
func (s *scan) pgm() []byte {
	b := s.picture.Bounds()
	out := slices.Grow(fmt.Appendf(nil, "P5\n%d %d\n255\n", b.Dx(), b.Dy()), b.Dx()*b.Dy())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		from := s.picture.PixOffset(b.Min.X, y)
		out = append(out, s.picture.Pix[from:from+b.Dx()]...)
	}
	return out
}

// scanDPI is the resolution that pages are rendered in to be recognized. What a
// scanner made at 100 or 150 dpi is read better when it is made larger, and what
// it made at 300 as well, and in less time, when it is made smaller.
const scanDPI = 200

func (p *pdfPages) scan(page *document.Page, n int) (*scan, error) {
	picture, err := p.doc.Render(n, scanDPI)
	if err != nil {
		return nil, fmt.Errorf("render page %d: %w", n, err)
	}
	s := &scan{picture: images.Grey(picture)}
	if page.Width > 0 { // large pages are rendered at less
		s.dpi = int(float64(picture.Rect.Dx()) * 72 / page.Width)
	}
	return s, nil
}

// pictures is a source of pages that are pictures.
type pictures struct {
	doc  *images.Document
	ocr  recognition
	most int64 // pixels of a picture that is recognized or shown
}

func (p *pictures) info() document.Info { return p.doc.Info() }

func (p *pictures) page(n, number int) ([]byte, []*scan, error) {
	page, picture, err := p.doc.Page(n)
	if err != nil {
		return nil, nil, fmt.Errorf("read page %d: %w", n, err)
	}
	page.Number = number
	var s []*scan
	switch {
	case p.ocr.Never:
	case !p.ocr.Available:
		page.Warnings = append(page.Warnings, ocrUnavailable)
	default:
		for p.tooLarge(picture) {
			picture = images.Halve(picture)
		}
		s = []*scan{{picture: picture}}
	}
	return page.Append(nil), s, nil
}

func (p *pictures) tooLarge(picture *image.Gray) bool {
	return int64(picture.Rect.Dx())*int64(picture.Rect.Dy()) > p.most
}

func (p *pictures) close() {}
