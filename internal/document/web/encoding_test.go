package web_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"docket/internal/document"
	"docket/internal/document/web"
)

// Pages in many encodings, said rightly, wrongly or not at all.
func TestPageEncodings(t *testing.T) {
	meta := func(name string) string { return `<html><head><meta charset=` + name + `></head><p>` }
	for name, test := range map[string]struct {
		head, text string
		in         encoding.Encoding
	}{
		"utf-8":                 {meta("utf-8"), "Grüße 日本", encoding.Nop},
		"utf-8 that says other": {meta("iso-8859-1"), "Grüße 日本", encoding.Nop},
		"an unknown name":       {meta("x-unknown-9"), "Grüße", encoding.Nop},
		"gb2312":                {meta("gb2312"), "中文測試朱镕基", simplifiedchinese.GBK},
		"shift_jis":             {meta("Shift_JIS"), "日本語テキスト", japanese.ShiftJIS},
		"iso-2022-jp":           {meta("iso-2022-jp"), "日本語", japanese.ISO2022JP},
		"euc-kr":                {meta("euc-kr"), "한국어 문서", korean.EUCKR},
		"windows-1251":          {`<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"></head><p>`, "Привет", charmap.Windows1251},
		"windows-1252":          {meta("windows-1252"), "5 € – “x”", charmap.Windows1252},
		"latin, not said":       {"<html><p>", "Grüße — “quoted” €5", charmap.Windows1252},
		"cyrillic, not said":    {"<html><p>", "Съешь же ещё этих мягких французских булок, да выпей чаю", charmap.Windows1251},
		"utf-16 with mark":      {"<html><p>", "Grüße 日本", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
		"utf-16 without":        {"<html><p>", "Grüße", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
	} {
		data, err := test.in.NewEncoder().String(test.head + test.text + "</p></html>")
		if err != nil {
			t.Fatal(name, err)
		}
		w := &document.FlowWriter{}
		if _, err := web.Read([]byte(data), w); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := show(t, w); got != test.text {
			t.Errorf("%s: %q, want %q", name, got, test.text)
		}
	}
}

func TestMarkdownSettingsAndNotes(t *testing.T) {
	for source, want := range map[string]string{
		"---\ntitle: \"Über\"\ntags:\n  - a\n\n  - b\n---\n# H\n": "```\ntitle: \"Über\"\ntags:\n  - a\n\n  - b\n```\n\n# H",
		"+++\ntitle = \"x\"\n[a]\n+++\n# H\n":                     "```\ntitle = \"x\"\n[a]\n```\n\n# H",
		"---\na: b\n---":                                          "```\na: b\n```",
		"---\nSome text.\n\n---\nmore":                            "Some text.\n\nmore",
		"---\nopen: and never closed\n":                           "open: and never closed",
		"Text[^1] and[^n].\n\n[^1]: The note.\n[^n]: Another.\n":  "Text\\[1\\] and\\[2\\].\n\n1\\. The note.\n\n2\\. Another.",
	} {
		w := &document.FlowWriter{}
		if _, err := web.ReadMarkdown([]byte(source), w); err != nil {
			t.Errorf("%q: %v", source, err)
			continue
		}
		kinds := 0
		for b := range w.Blocks() {
			if b.Type == document.Footnote {
				kinds++
			}
		}
		if got := show(t, w); strings.TrimSpace(got) != want || strings.Contains(source, "[^") != (kinds == 2) {
			t.Errorf("%q:\n%q, want\n%q; %d notes", source, got, want, kinds)
		}
	}
}
