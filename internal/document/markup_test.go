package document

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestEscapeMarkdown(t *testing.T) {
	tests := map[string]string{
		"plain text, with (all) it's \"signs\"; 50% + 3 = 53!": "plain text, with (all) it's \"signs\"; 50% + 3 = 53!",
		"# not a heading":   `\# not a heading`,
		"#hash":             "#hash",
		"- not an item":     `\- not an item`,
		"-5 degrees":        "-5 degrees",
		"---":               `\---`,
		"+ 3":               `\+ 3`,
		"> quoted":          `\> quoted`,
		"12. of May":        `12\. of May`,
		"3) third":          `3\) third`,
		"3.5 percent":       "3.5 percent",
		"2024":              "2024",
		"a*b*c":             `a\*b\*c`,
		"snake_case_name":   "snake_case_name",
		"_stressed_":        `\_stressed\_`,
		"[link](to)":        `\[link\](to)`,
		"a < b, <b>":        `a < b, \<b>`,
		"R&D &amp; so on":   `R&D \&amp; so on`,
		"a | b":             `a \| b`,
		"`code` ~~no~~ ~5":  "\\`code\\` \\~\\~no\\~\\~ ~5",
		`C:\temp`:           `C:\\temp`,
		"Zürich_Straße _ 漢": `Zürich_Straße \_ 漢`,
		"":                  "",
	}
	for in, want := range tests {
		if got := escapeMarkdown(in); got != want {
			t.Errorf("escapeMarkdown(%q) = %q, want %q", in, got, want)
		}
	}
}

// mixed is a document with one of each type.
func mixed() *sheet {
	const body = "The body of the text is set in ten points & runs <on>"
	return newSheet(1).line(50, 60, 24, regular, "Report").
		line(50, 100, 14, regular, "Part_1_ one").lines(50, 130, body+".").
		line(60, 150, 10, regular, "• first").line(60, 162, 10, regular, "• second").
		line(60, 180, 10, regular, "7. seventh").line(60, 192, 10, regular, "8. eighth").
		lines(50, 220, body+".")
}

func TestWrite(t *testing.T) {
	b, _ := chunksOf(t, 3, mixed())
	var markdown, html, text strings.Builder
	err := errors.Join(WriteMarkdown(&markdown, b.Chunks()), WriteHTML(&html, b.Chunks()), WriteText(&text, b.Chunks()))
	if err != nil {
		t.Fatal(err)
	}
	const body = "The body of the text is set in ten points & runs <on>."
	wantMarkdown := "# Report\n\n## Part_1\\_ one\n\nThe body of the text is set in ten points & runs \\<on>.\n\n" +
		"- first\n- second\n7. seventh\n8. eighth\n\nThe body of the text is set in ten points & runs \\<on>.\n"
	wantMarkdown = strings.Replace(wantMarkdown, "second\n7", "second\n\n7", 1)
	wantHTML := "<h1>Report</h1>\n<h2>Part_1_ one</h2>\n<p>The body of the text is set in ten points &amp; runs &lt;on&gt;.</p>\n" +
		"<ul><li>first</li>\n<li>second</li>\n</ul>\n<ol start=\"7\"><li>seventh</li>\n<li>eighth</li>\n</ol>\n" +
		"<p>The body of the text is set in ten points &amp; runs &lt;on&gt;.</p>\n"
	wantText := strings.Join([]string{"Report", "Part_1_ one", body, "first", "second", "7. seventh", "8. eighth", body}, "\n\n") + "\n"
	for name, pair := range map[string][2]string{
		"markdown": {wantMarkdown, markdown.String()}, "html": {wantHTML, html.String()}, "text": {wantText, text.String()},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s:\n%s\nwant:\n%s", name, pair[1], pair[0])
		}
	}
}

func TestWriteNothing(t *testing.T) {
	var out strings.Builder
	none := slices.Values([]Chunk{})
	if err := errors.Join(WriteMarkdown(&out, none), WriteHTML(&out, none), WriteText(&out, none)); err != nil || out.Len() > 0 {
		t.Errorf("wrote %q, error %v; want nothing", out.String(), err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk is gone") }

func TestWriteReportsErrors(t *testing.T) {
	b, _ := chunksOf(t, 0, mixed())
	for name, err := range map[string]error{
		"markdown": WriteMarkdown(brokenWriter{}, b.Chunks()),
		"html":     WriteHTML(brokenWriter{}, b.Chunks()),
		"text":     WriteText(brokenWriter{}, b.Chunks()),
	} {
		if err == nil || !strings.Contains(err.Error(), "write "+name+": disk is gone") {
			t.Errorf("%s: error %v, want one that names the format and the cause", name, err)
		}
	}
}
