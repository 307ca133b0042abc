package pdf

import (
	"slices"
	"strings"

	"docket/internal/document"
)

// Bits of a font descriptor's flags.
const (
	flagFixedPitch = 1 << 0
	flagItalic     = 1 << 6
	flagForceBold  = 1 << 18
)

// semibold is the weight from which a font counts as bold.
const semibold = 600

// fontOf is the index of a font in the page's table.
func (r *pageReader) fontOf(handle uint32) int {
	if handle == 0 {
		return -1
	}
	i, ok := r.fonts[handle]
	if ok {
		return i
	}
	font := r.describe(uint64(handle))
	if i = slices.Index(r.page.Fonts, font); i < 0 {
		i = len(r.page.Fonts)
		r.page.Fonts = append(r.page.Fonts, font)
	}
	r.fonts[handle] = i
	return i
}

func (r *pageReader) describe(handle uint64) document.Font {
	e := r.e
	name := withoutSubsetTag(cText(e.text("FPDFFont_GetBaseFontName", handle)))
	flags := max(integer(e.call("FPDFFont_GetFlags", handle)), 0)
	weight := integer(e.call("FPDFFont_GetWeight", handle))
	lower := strings.ToLower(name)
	return document.Font{
		Name:   name,
		Bold:   weight >= semibold || flags&flagForceBold != 0 || isBoldName(lower),
		Italic: flags&flagItalic != 0 || containsAny(lower, "italic", "oblique", "cmti", "sfti", "ecti"),
		Mono:   flags&flagFixedPitch != 0 || containsAny(lower, "courier", "mono", "consol", "cmtt"),
	}
}

// withoutSubsetTag cuts "ABCDEF+" off the name of an embedded subset.
func withoutSubsetTag(name string) string {
	if len(name) > 7 && name[6] == '+' && strings.ToUpper(name[:6]) == name[:6] {
		return name[7:]
	}
	return name
}

// isBoldName knows the names that carry no usable weight: those of TeX's
// Computer Modern ("bx") and of Nimbus, whose bold is called "Medi".
func isBoldName(lower string) bool {
	return containsAny(lower, "bold", "black", "heavy", "demi", "cmbx", "sfbx", "ecbx") ||
		strings.Contains(lower, "-medi") && !strings.Contains(lower, "-medium")
}

func containsAny(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}
