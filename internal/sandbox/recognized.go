package sandbox

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"docket/internal/document"
)

// recognized is the text that was found in the picture of a page. Places are
// pixels of the picture.
type recognized struct {
	width, height int          // of the picture
	part          document.Box // of the page that the picture shows, in points; zero is all of it
	words         []document.Word
	failed        bool
	tilt          float64 // by so many degrees clockwise the picture lies askew; words stand as if it did not

	seen               int     // words, those left out included
	lying              int     // of them, in lines that run up or down the picture
	letters, certainty float64 // of them, and how sure the program was of each in percent, added up
}

// ocrFailed is the warning of a page whose text could not be recognized.
const ocrFailed = "ocr_failed"

// leastConfidence is what the program must be sure of a word, in percent, for
// the word to count.
const leastConfidence = 30

// scanned has the text of a picture recognized, ahead of the page's record.
// When that fails the page goes without.
func (c *call) scanned(page int, payload []byte) error {
	if c.recognize == nil {
		return fmt.Errorf("picture of page %d that nobody asked for: %w", page, errProtocol)
	}
	dpi, picture := int(binary.BigEndian.Uint32(payload)), payload[scanHead-4:]
	var part [4]float64
	for i := range part {
		part[i] = math.Float64frombits(binary.BigEndian.Uint64(payload[4+8*i:]))
	}
	width, height, ok := pgmSize(picture)
	if !ok {
		return fmt.Errorf("picture of page %d: %w", page, errProtocol)
	}
	return c.outside(func() error {
		text, err := c.recognize(picture, dpi, part == [4]float64{})
		if err != nil {
			if c.ctx.Err() != nil {
				return context.Cause(c.ctx)
			}
			c.log.Warn("text recognition failed", "page", page, "error", err)
			text = &recognized{failed: true}
		}
		text.width, text.height = width, height
		text.part = document.Box{Left: part[0], Top: part[1], Right: part[2], Bottom: part[3]}
		c.texts = append(c.texts, text)
		return nil
	})
}

// withText puts the text that was recognized into the record of its page.
func (c *call) withText(record []byte) ([]byte, error) {
	texts := c.texts
	c.texts = nil
	if len(texts) == 0 {
		return record, nil
	}
	err := c.outside(func() error {
		page, err := document.DecodePage(record)
		if err != nil {
			return fmt.Errorf("add recognized text: %w", err)
		}
		addTexts(page, texts)
		record = page.Append(nil)
		return nil
	})
	return record, err
}

// addTexts puts what was recognized of a page, or of parts of it, on it.
func addTexts(page *document.Page, texts []*recognized) {
	for _, text := range texts {
		switch {
		case text.failed:
			if !slices.Contains(page.Warnings, ocrFailed) {
				page.Warnings = append(page.Warnings, ocrFailed)
			}
		case text.part != document.Box{}:
			page.Words = append(page.Words, text.beside(page)...)
		case len(text.words) > 0:
			page.Words, page.Fonts, page.Tilt = text.on(page), nil, text.tilt
		}
	}
}

// on gives the words with their places on the page.
func (r *recognized) on(p *document.Page) []document.Word {
	part := r.part
	if (part == document.Box{}) {
		part = document.Box{Right: p.Width, Bottom: p.Height}
	}
	x, y := part.Width()/float64(r.width), part.Height()/float64(r.height)
	words := make([]document.Word, len(r.words))
	for i, w := range r.words {
		w.Box.Left, w.Box.Right = part.Left+w.Box.Left*x, part.Left+w.Box.Right*x
		w.Box.Top, w.Box.Bottom = part.Top+w.Box.Top*y, part.Top+w.Box.Bottom*y
		if w.Turn%2 == 1 {
			w.Baseline, w.Size = part.Left+w.Baseline*x, w.Size*x
		} else {
			w.Baseline, w.Size = part.Top+w.Baseline*y, w.Size*y
		}
		words[i] = w
	}
	return words
}

// pgmSize reads the head of a picture in shades of grey.
func pgmSize(picture []byte) (width, height int, ok bool) {
	var most int
	n, err := fmt.Sscanf(string(picture[:min(len(picture), 64)]), "P5\n%d %d\n%d\n", &width, &height, &most)
	return width, height, err == nil && n == 3 && width > 0 && height > 0
}

// tsvLine is a row of the program's table: a page, a block, a paragraph, a
// line or a word.
type tsvLine struct {
	level                    int
	block, paragraph         int
	left, top, width, height int
	confidence               float64
	text                     string
}

// The levels of rows.
const (
	tsvParagraph = 3
	tsvLineLevel = 4
	tsvWord      = 5
)

// parseTSV reads the program's table of words. The size of a word is that of
// most lines of its paragraph, since a line's own depends on its letters.
func parseTSV(tsv []byte) (*recognized, error) {
	r := &recognized{}
	var paragraph paragraphWords
	var line tsvLine
	for row := range bytes.Lines(tsv) {
		t, ok := parseRow(string(row))
		if !ok {
			continue
		}
		switch t.level {
		case tsvParagraph:
			r.words = append(r.words, paragraph.end()...)
		case tsvLineLevel:
			line = t
			paragraph.heights = append(paragraph.heights, t.height)
		case tsvWord:
			if t.text != "" && t.confidence >= 0 {
				r.seen++
				if line.height > 2*line.width {
					r.lying++
				}
				r.letters += float64(len(t.text))
				r.certainty += float64(len(t.text)) * t.confidence
			}
			if t.confidence >= leastConfidence && t.text != "" {
				paragraph.add(t, line)
			}
		}
		if len(r.words)+len(paragraph.words) > maxRecognized {
			return nil, fmt.Errorf("more than %d words on one page", maxRecognized)
		}
	}
	r.words = append(r.words, paragraph.end()...)
	return r, nil
}

// paragraphWords gathers the words of a paragraph.
type paragraphWords struct {
	words   []document.Word
	heights []int
}

func (p *paragraphWords) add(t, line tsvLine) {
	p.words = append(p.words, document.Word{
		Text: t.text, Font: -1, Confidence: int(min(t.confidence, 100)), Baseline: float64(line.top) + 0.8*float64(line.height),
		Box: document.Box{
			Left: float64(t.left), Right: float64(t.left + t.width),
			Top: float64(line.top), Bottom: float64(line.top + line.height),
		},
	})
}

func (p *paragraphWords) end() []document.Word {
	words := p.words
	if len(p.heights) > 0 {
		slices.Sort(p.heights)
		size := float64(p.heights[len(p.heights)/2])
		for i := range words {
			words[i].Size = size
		}
	}
	p.words, p.heights = nil, nil
	return words
}

func parseRow(row string) (tsvLine, bool) {
	fields := strings.SplitN(strings.TrimRight(row, "\r\n"), "\t", 12)
	if len(fields) < 11 {
		return tsvLine{}, false
	}
	var n [10]int
	for i := range n {
		v, err := strconv.Atoi(fields[i])
		if err != nil {
			return tsvLine{}, false
		}
		n[i] = v
	}
	t := tsvLine{level: n[0], block: n[2], paragraph: n[3], left: n[6], top: n[7], width: n[8], height: n[9]}
	confidence, err := strconv.ParseFloat(fields[10], 64)
	if err != nil {
		return tsvLine{}, false
	}
	t.confidence = confidence
	if len(fields) == 12 {
		t.text = strings.TrimSpace(strings.ToValidUTF8(fields[11], ""))
	}
	return t, true
}
