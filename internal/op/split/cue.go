package split

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"docket/internal/op"
)

// cue is what a page says of its place in a document.
type cue struct {
	number, total int    // "Page 2 of 3"; 0 when it does not say
	head          string // its first line, digits masked
	title         string // its largest line near the top, if it stands out
}

// pageOf finds "Page 2 of 3", "Seite 2 von 3", "Page 2/3" and "Seite 2".
var pageOf = regexp.MustCompile(`(?i)\b(?:page|seite|pagina|página|pag\.|blatt)\s*:?\s*(\d{1,4})(?:\s*(?:of|von|de|van|di|sur|/)\s*(\d{1,4}))?\b`)

// maxNumberCell is the most characters of a cell that numbers a page; longer
// ones only mention a number.
const maxNumberCell = 40

// newCue looks at a page of that height, in points.
func newCue(lines []op.Line, height float64) cue {
	var c cue
	if len(lines) > 0 {
		c.head = masked(lines[0].Text())
	}
	largest := 0.0
	var sizes float64
	for i := range lines {
		l := &lines[i]
		sizes += l.Size
		if l.Box.Top < height/4 && l.Size > largest {
			largest, c.title = l.Size, masked(l.Text())
		}
		for _, cell := range l.Cells {
			if c.number == 0 && len(cell.Text) <= maxNumberCell {
				c.read(cell.Text)
			}
		}
	}
	if largest < 1.3*sizes/float64(max(len(lines), 1)) {
		c.title = ""
	}
	return c
}

func (c *cue) read(text string) {
	m := pageOf.FindStringSubmatch(text)
	if m == nil {
		return
	}
	// Both are of at most four digits.
	c.number, _ = strconv.Atoi(m[1])
	c.total, _ = strconv.Atoi(m[2])
	if c.total > 0 && c.number > c.total {
		c.number, c.total = 0, 0
	}
}

// masked is the text in lower case with every digit a 0, so that it is the
// same on pages that differ in their number.
func masked(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '0'
		}
		return unicode.ToLower(r)
	}, text)
}

// The cost of taking a page for the beginning of another kind of document,
// against scores of 0 to 1.
const (
	costFirst    = 0.0
	costTitle    = 0.1
	costUsual    = 0.25
	costSameHead = 0.45
	costNext     = 0.9
)

// change is what it costs to begin something else at the page with cue c,
// after the one with cue before.
func (c cue) change(before cue) float64 {
	switch {
	case c.number == 1:
		return costFirst
	case c.number > 1 && c.number == before.number+1 && c.total == before.total:
		return costNext
	case len(c.head) > 3 && c.head == before.head:
		return costSameHead
	case c.title != "" && c.title != before.title:
		return costTitle
	}
	return costUsual
}
