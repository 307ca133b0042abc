package pdf

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
)

const (
	// hyphen is what PDFium puts for a hyphen that it takes for hyphenation at
	// a line's end.
	hyphen     = '\u0002'
	softHyphen = '\u00ad'
	// standIn is what the text as a whole has for a hyphen of that kind, and
	// for letters without a meaning.
	standIn = '\ufffe'
)

// chars returns one rune for each character index of the text page. PDFium
// counts UTF-16 units: a rune of two units has two indices, of which the first
// gets the rune and the second a 0. The text is asked for as a whole, which is
// many times faster, wherever that has as many units; it has fewer when the
// page has characters that are not text.
func (r *pageReader) chars(text uint64, n int) []rune {
	runes := r.bulk(text, n)
	if len(runes) != n {
		runes = make([]rune, n)
		for i := range runes {
			runes[i] = r.unicode(text, i)
		}
	}
	for i, c := range runes {
		if c == standIn {
			runes[i] = r.unicode(text, i)
		}
		if i == 0 || !utf16.IsSurrogate(c) {
			continue
		}
		if pair := utf16.DecodeRune(runes[i-1], c); pair != unicode.ReplacementChar {
			runes[i-1], runes[i] = pair, 0
		}
	}
	return runes
}

func (r *pageReader) unicode(text uint64, i int) rune {
	return rune(integer(r.e.call("FPDFText_GetUnicode", text, uint64(i))))
}

// bulk is the text of the page by UTF-16 units; there may be fewer than n.
func (r *pageReader) bulk(text uint64, n int) []rune {
	d, e := r.d, r.e
	size := 2 * (n + 1)
	if d.textSz < size {
		e.free(d.text)
		d.textSz = size + size/2
		if d.text = e.malloc(d.textSz); d.text == 0 {
			d.textSz = 0
			return nil
		}
	}
	units := integer(e.call("FPDFText_GetText", text, 0, uint64(n), uint64(d.text)))
	if units < 1 || units > n+1 {
		return nil
	}
	b := e.read(d.text, 2*(units-1)) // the last unit is the final NUL
	runes := make([]rune, units-1)
	for i := range runes {
		runes[i] = rune(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return runes
}

// isRightToLeft says whether r is a letter of Hebrew, Arabic or their kin.
func isRightToLeft(r rune) bool {
	return r >= 0x590 && r <= 0x8ff || r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfefc
}

// isBreak says whether r separates words.
func isBreak(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' }

// isHyphen says whether r is a hyphen that breaks a word at a line's end: the
// mark of PDFium, or a soft hyphen, which fonts show as a hyphen there.
func isHyphen(r rune) bool { return r == hyphen || r == softHyphen }

// isText says whether r may appear in text: not NUL, controls, halves of
// surrogate pairs, noncharacters and invisible marks of direction.
func isText(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0, r > unicode.MaxRune:
		return false
	case utf16.IsSurrogate(r), r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef:
		return false
	case r == '\ufeff', r == '\u2060', r >= 0x200e && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return false
	}
	return true
}

// clean makes one line of text fit for storage out of any string.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if isBreak(r) {
			return ' '
		}
		if !isText(r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// decodeUTF16 reads little-endian UTF-16 up to a NUL.
func decodeUTF16(b []byte) string {
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		u := binary.LittleEndian.Uint16(b[i:])
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return string(utf16.Decode(units))
}

// cText reads a C string of any encoding, keeping what is valid UTF-8.
func cText(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return clean(strings.ToValidUTF8(string(b), ""))
}
