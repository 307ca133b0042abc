package pdf

import (
	"math"
	"slices"
	"unicode/utf8"

	"docket/internal/document"
)

// wordReader cuts the characters of a page into words.
type wordReader struct {
	*pageReader
	text   uint64 // the FPDF_TEXTPAGE
	object uint32 // the text object of the last word
	style  style  // and what was found for it

	word   document.Word
	letter []byte
	at     span         // the place of word
	glyph  int          // where the last sign begins in letter
	signed document.Box // and its place
	hyphen bool         // the last character is a hyphen that breaks a word
	soft   bool         // and it is a soft one
}

// style is what the characters of one text object share.
type style struct {
	size   float64
	font   int
	turn   int
	hidden bool
	tag    int
}

// lettersPerWord is how many characters a word takes on most pages, the space
// behind it included.
const lettersPerWord = 5

func (r *pageReader) readText() {
	e := r.e
	text := uint64(uint32(e.call("FPDFText_LoadPage", r.handle)))
	if text == 0 {
		r.warn("the text of page %d could not be read", r.page.Number)
		return
	}
	n := integer(e.call("FPDFText_CountChars", text))
	if most := r.e.limits.PageCharacters; n > most {
		r.warn("page %d has %d characters; only %d were read", r.page.Number, n, most)
		n = most
	}
	w := &wordReader{pageReader: r, text: text}
	w.page.Words = make([]document.Word, 0, max(n, 0)/lettersPerWord+8)
	for i, c := range r.chars(text, max(n, 0)) {
		w.add(i, c)
	}
	w.flush()
	e.call("FPDFText_ClosePage", text)
}

// add takes the character c, which has index i on the page.
func (w *wordReader) add(i int, c rune) {
	if isBreak(c) {
		w.flush()
		return
	}
	mark, soft := isHyphen(c), c == softHyphen
	if mark {
		c = '-'
	}
	if !isText(c) {
		return
	}
	box, ok := w.charBox(i)
	if !ok {
		return
	}
	if len(w.letter) > 0 {
		if at := along(box, w.word.Turn); at.follows(w.at) {
			w.grow(c, box, at)
			w.hyphen, w.soft = mark, soft
			return
		}
		w.flush()
	}
	w.begin(i, box)
	w.grow(c, box, w.at)
	w.hyphen, w.soft = mark, soft
}

// begin starts a word at character i.
func (w *wordReader) begin(i int, box document.Box) {
	e := w.e
	if object := uint32(e.call("FPDFText_GetTextObject", w.text, uint64(i))); object != w.object || object == 0 {
		w.object, w.style = object, w.styleOf(object, i, box)
	}
	w.word = document.Word{
		Box: box, Size: w.style.size, Font: w.style.font, Turn: w.style.turn, Hidden: w.style.hidden, Tag: w.style.tag,
		Baseline: w.baseline(i, box),
	}
	w.at = along(box, w.word.Turn)
}

func (w *wordReader) grow(c rune, box document.Box, at span) {
	if w.soft {
		// A soft hyphen inside a line is not shown.
		w.letter = w.letter[:len(w.letter)-1]
	}
	// The letters that one sign stands for, such as lam and alef, come in the
	// order of the page, which is not theirs.
	if len(w.letter) > 0 && box == w.signed && isRightToLeft(c) {
		w.letter = slices.Insert(w.letter, w.glyph, utf8.AppendRune(nil, c)...)
	} else {
		w.glyph, w.signed = len(w.letter), box
		w.letter = utf8.AppendRune(w.letter, c)
	}
	w.word.Box = w.word.Box.Union(box)
	w.at = span{min(w.at.start, at.start), max(w.at.end, at.end), min(w.at.lo, at.lo), max(w.at.hi, at.hi)}
}

// flush ends the word.
func (w *wordReader) flush() {
	if len(w.letter) > 0 && w.visible(w.word.Box) {
		w.word.Text = string(w.letter)
		w.word.Hyphen = w.hyphen && len(w.letter) > 1
		w.page.Words = append(w.page.Words, w.word)
	}
	w.letter, w.hyphen, w.soft = w.letter[:0], false, false
}

// charBox is the box of character i from ascent to descent. PDFium has none
// for characters that it made up.
func (w *wordReader) charBox(i int) (document.Box, bool) {
	e := w.e
	e.stack[0], e.stack[1], e.stack[2] = w.text, uint64(i), uint64(e.scratch)
	if !boolean(e.run("FPDFText_GetLooseCharBox", e.looseFn)) {
		return document.Box{}, false
	}
	var b [4]float64 // left, top, right, bottom
	e.floats(b[:])
	box := w.view.box(b[0], b[3], b[2], b[1])
	return box, finite(box)
}

// baseline is the distance of character i's origin from the top of the page,
// or from its left for text that runs up or down.
func (w *wordReader) baseline(i int, box document.Box) float64 {
	e := w.e
	sideways := w.style.turn%2 == 1
	if !boolean(e.call("FPDFText_GetCharOrigin", w.text, uint64(i), uint64(e.scratch), uint64(e.scratch+8))) {
		if sideways {
			return box.Left
		}
		return box.Bottom
	}
	x, _ := e.mem.ReadFloat64Le(e.scratch)
	y, _ := e.mem.ReadFloat64Le(e.scratch + 8)
	x, y = w.view.point(x, y)
	if sideways {
		return x
	}
	return y
}

// invisible is the text render mode of text that is neither filled nor
// stroked nor clipped to.
const invisible = 3

// styleOf reads the style of a text object, by its character i.
func (w *wordReader) styleOf(object uint32, i int, box document.Box) style {
	e := w.e
	s := style{size: min(box.Width(), box.Height()), font: -1}
	if object == 0 {
		return s
	}
	s.font = w.fontOf(uint32(e.call("FPDFTextObj_GetFont", uint64(object))))
	s.tag = w.tagOf(uint64(object))
	s.hidden = integer(e.call("FPDFTextObj_GetTextRenderMode", uint64(object))) == invisible
	var size [1]float64
	if !boolean(e.call("FPDFTextObj_GetFontSize", uint64(object), uint64(e.scratch))) {
		return s
	}
	e.floats(size[:])
	var m [6]float64
	if !boolean(e.call("FPDFText_GetMatrix", w.text, uint64(i), uint64(e.scratch))) {
		return s
	}
	e.floats(m[:])
	// A negative font size turns the text by half a turn.
	s.turn = quarterTurns(w.view.vector(m[0]*size[0], m[1]*size[0]))
	if shown := math.Abs(size[0]) * math.Hypot(m[2], m[3]); shown > 0 && shown < 1e5 {
		s.size = shown
	}
	return s
}
