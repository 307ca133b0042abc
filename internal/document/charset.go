package document

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"github.com/wlynxg/chardet/lookup"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"
)

// charsetReach is how much of a text is looked at to find its encoding.
const charsetReach = 64 << 10

// DecodeText makes UTF-8 of text in an encoding that is found from the bytes,
// and names it. What is in no encoding is replaced by U+FFFD.
func DecodeText(data []byte) (text, charset string) {
	enc, name := charsetOf(data)
	if enc == nil {
		return string(bytes.ToValidUTF8(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), []byte("\ufffd"))), name
	}
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return string(bytes.ToValidUTF8(data, []byte("\ufffd"))), "utf-8"
	}
	return string(out), name
}

// charsetOf is nil for UTF-8.
func charsetOf(data []byte) (encoding.Encoding, string) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16le"
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf-16be"
	}
	head := data[:min(len(data), charsetReach)]
	if little, ok := utf16Order(head); ok {
		if little {
			return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le"
		}
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be"
	}
	if utf8.Valid(head) || len(head) < len(data) && utf8.Valid(wholeRunes(head)) {
		return nil, "utf-8"
	}
	if name := chardet.Detect(head).Encoding; name != "" && (!isForeign(name) || !mostlyLatin(head)) {
		switch strings.ToLower(name) {
		case "cp932":
			return japanese.ShiftJIS, "shift_jis"
		case "cp949":
			return korean.EUCKR, "euc-kr"
		case "maccyrillic", "x-mac-cyrillic": // nobody writes that any more
			return charmap.Windows1251, "windows-1251"
		}
		if enc, err := lookup.LookupEncoding(name); err == nil && enc != nil {
			return enc, strings.ToLower(name)
		}
	}
	return charmap.Windows1252, "windows-1252"
}

// isForeign is true for encodings of one byte a letter whose letters beyond
// ASCII are not Latin ones.
func isForeign(name string) bool {
	name = strings.ToLower(name)
	for _, script := range []string{"1251", "1253", "1255", "1256", "koi8", "8859-5", "8859-6", "8859-7", "8859-8", "cyrillic", "874", "tis"} {
		if strings.Contains(name, script) {
			return true
		}
	}
	return false
}

// mostlyLatin says of text in an unknown encoding, marks of HTML left out, that
// few of its letters are beyond ASCII, as in no language but those of Latin
// letters.
func mostlyLatin(head []byte) bool {
	latin, beyond, inTag := 0, 0, false
	for _, c := range head {
		switch {
		case c == '<':
			inTag = true
		case c == '>':
			inTag = false
		case inTag:
		case c >= 0xc0: // signs stand below
			beyond++
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			latin++
		}
	}
	return latin > 2*beyond
}

// wholeRunes drops the last bytes of text that was cut inside a letter.
func wholeRunes(b []byte) []byte {
	for i := 1; i <= min(3, len(b)); i++ {
		if utf8.RuneStart(b[len(b)-i]) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			return b
		}
	}
	return b
}

func isUTF16(data []byte) bool {
	_, ok := utf16Order(data[:min(len(data), 4096)])
	return ok
}

// utf16Order recognizes UTF-16 without a mark by the zero bytes that stand
// beside its Latin letters.
func utf16Order(head []byte) (little, ok bool) {
	even, odd := 0, 0
	for i, c := range head {
		if c != 0 {
			continue
		}
		if i%2 == 0 {
			even++
		} else {
			odd++
		}
	}
	half := len(head) / 2
	if len(head) < 8 || (even > 0) == (odd > 0) && min(even, odd)*20 > max(even, odd) {
		return false, false
	}
	return odd > even, max(even, odd)*2 > half
}
