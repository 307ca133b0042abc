package document

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
)

// dpi144 is the number of pixels to a point in everything that is sent.
const dpi144 = 2

// segment renders a paragraph; index counts the segments of its page from 0.
// linked says whether links are marked up.
func (p *paragraph) segment(kind SegmentType, index int, linked bool) Segment {
	item, lines := p.item(kind, linked), p.lines
	if p.table != nil {
		lines = p.table.lines()
	}
	s := Segment{
		SegmentType: kind,
		Content:     item.content,
		HTML:        item.html(),
		Markdown:    item.markdown(),
		PageNumber:  p.page,
		PageWidth:   pixels(p.width),
		PageHeight:  pixels(p.height),
		BBox:        rectangle(p.box, Box{}),
		OCR:         make([]OCRResult, len(lines)),
	}
	for i, l := range lines {
		s.OCR[i] = OCRResult{Text: l.text, BBox: rectangle(l.box, p.box)}
		if l.confidence > 0 {
			s.OCR[i].Confidence = &lines[i].confidence
		}
		if linked && len(l.links) > 0 {
			s.OCR[i].Link = l.links[0].link
		}
	}
	s.Confidence = confidenceOf(lines)
	s.SegmentID = positionID("segment", p.page, index, s.Content)
	return s
}

// confidenceOf is how sure the recognition of lines was, on average over their
// letters; nil when none was recognized.
func confidenceOf(lines []paragraphLine) *float64 {
	sum, letters := 0.0, 0
	for i := range lines {
		if l := &lines[i]; l.confidence > 0 {
			sum, letters = sum+l.confidence*float64(len(l.text)), letters+len(l.text)
		}
	}
	if letters == 0 {
		return nil
	}
	mean := round(sum / float64(letters))
	return &mean
}

// rectangle is b in pixels, its place relative to the corner of origin.
func rectangle(b, origin Box) Rectangle {
	left, top := pixels(b.Left), pixels(b.Top)
	return Rectangle{
		Left:   round(left - pixels(origin.Left)),
		Top:    round(top - pixels(origin.Top)),
		Width:  round(pixels(b.Right) - left),
		Height: round(pixels(b.Bottom) - top),
	}
}

func pixels(points float64) float64 { return round(points * dpi144) }

// round keeps two decimals: a fiftieth of a pixel is below what a reader of
// boxes can see, and longer numbers only swell the JSON.
func round(v float64) float64 { return math.Round(v*100) / 100 }

// positionID is a UUID made of a place and what stands there, so that the same
// document always has the same ids. It is of version 8, the one for hashes
// other than those of versions 3 and 5.
func positionID(kind string, page, index int, content string) string {
	key := append([]byte(kind), 0)
	key = binary.AppendUvarint(key, uint64(page))
	key = binary.AppendUvarint(key, uint64(index))
	key = append(key, content...)
	u := sha256.Sum256(key)
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[:], u[:4])
	hex.Encode(text[9:], u[4:6])
	hex.Encode(text[14:], u[6:8])
	hex.Encode(text[19:], u[8:10])
	hex.Encode(text[24:], u[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}
