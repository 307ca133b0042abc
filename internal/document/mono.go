package document

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// knownWords is how many words tell whether a font's letters have one width.
const knownWords = 8

// monospaced gives the page's fonts, those marked as Mono whose letters all
// have one width although the file does not say so. On a page that is typed
// throughout such a font means nothing, and none is marked.
func monospaced(words []Word, fonts []Font) []Font {
	least, most, seen := make([]float64, len(fonts)), make([]float64, len(fonts)), make([]int, len(fonts))
	for i := range words {
		w := &words[i]
		n := utf8.RuneCountInString(w.Text)
		if n < 3 || w.Font < 0 || w.Font >= len(fonts) || w.Size <= 0 {
			continue
		}
		width := w.Box.Width() / float64(n) / w.Size
		if seen[w.Font] == 0 {
			least[w.Font], most[w.Font] = width, width
		}
		least[w.Font], most[w.Font] = min(least[w.Font], width), max(most[w.Font], width)
		seen[w.Font]++
	}
	fonts = slices.Clone(fonts)
	for i := range fonts {
		if seen[i] >= knownWords && most[i] < 1.04*least[i] && least[i] > 0.3 && !isIdeographicFont(words, i) {
			fonts[i].Mono = true
		}
	}
	n := 0
	for i := range words {
		if f := words[i].Font; f >= 0 && f < len(fonts) && fonts[f].Mono {
			n++
		}
	}
	if 2*n > len(words) {
		for i := range fonts {
			fonts[i].Mono = false
		}
	}
	return fonts
}

// isIdeographicFont is true for fonts of scripts whose signs all have one
// width in any font.
func isIdeographicFont(words []Word, font int) bool {
	for i := range words {
		if words[i].Font != font {
			continue
		}
		for _, r := range words[i].Text {
			if r > 0x2e80 {
				return true
			}
		}
	}
	return false
}

// isCode is true for lines in a font of one width, as programs are printed.
func (p *paragraph) isCode() bool { return p.mono && p.kind == "" && !p.row && !p.turned }

// code is the text of the lines as they stand below each other, with the
// spaces that set them in.
func (p *paragraph) code() string {
	width := 0.0
	for i := range p.lines {
		l := &p.lines[i]
		width = max(width, l.box.Width()/float64(max(utf8.RuneCountInString(l.text), 1)))
	}
	var b strings.Builder
	for i := range p.lines {
		l := &p.lines[i]
		if i > 0 {
			b.WriteByte('\n')
		}
		if in := (l.box.Left - p.box.Left) / max(width, 1); in >= 0.5 && in < 200 {
			b.WriteString(strings.Repeat(" ", int(math.Round(in))))
		}
		b.WriteString(l.text)
	}
	return b.String()
}

// fence is a line of backticks longer than any in the text.
func fence(text string) string {
	longest, run := 2, 0
	for _, r := range text {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return strings.Repeat("`", longest+1)
}
