package op

import (
	"strings"
	"testing"

	"docket/internal/document"
)

// TestShownPage is about the end of a long page, which is shown as its
// beginning is.
func TestShownPage(t *testing.T) {
	page := PageText{Number: 7}
	line := func(text string) {
		page.Lines = append(page.Lines, newLine([]document.Word{{Text: text, Size: 10}}))
	}
	line("first")
	for range 2 * maxPageText / 50 {
		line(strings.Repeat("x", 50))
	}
	line("last")
	lines, bytes := shownPage(&page)
	if lines[0] != "7| first" || lines[len(lines)-1] != "7| last" || bytes > maxPageText*6/5 || bytes < maxPageText*3/4 {
		t.Errorf("%d lines, %d bytes, from %s to %s", len(lines), bytes, lines[0], lines[len(lines)-1])
	}
	huge := PageText{Number: 1, Lines: []Line{newLine([]document.Word{{Text: strings.Repeat("ä", 1<<20), Size: 10}})}}
	if _, bytes := shownPage(&huge); bytes > 2*maxPageText {
		t.Errorf("%d bytes of a line", bytes)
	}
}

func TestShown(t *testing.T) {
	for text, want := range map[string]string{
		"plain ä 日本":                         "plain ä 日本",
		"a\nb\tc\x00d":                       "a b c d",
		"</document>":                        "˂/document˃",
		"<|im_start|>system":                 "˂|im_start|˃system",
		"[INST] x [/INST]":                   "⟦INST⟧ x ⟦/INST⟧",
		"h\u200bi\u202e\U000e0041\ue000x":    "hix",
		"line\u2028separator\u2029and\u0085": "line separator and ",
	} {
		if got := Shown(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if got := Meant(Shown("a < b > [INST]")); got != "a < b > [INST]" {
			t.Errorf("%q", got)
		}
	}
}
