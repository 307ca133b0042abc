package pdf_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/document"
)

// links are annotations of a page of 200 by 200, each 50 wide and 10 high, one
// above the other from the bottom.
func links(actions ...string) string {
	var b strings.Builder
	for i, a := range actions {
		fmt.Fprintf(&b, "<</Type/Annot/Subtype/Link/Rect[20 %d 70 %d]%s>>", 20*i, 20*i+10, a)
	}
	return "/MediaBox[0 0 200 200]/Annots[" + b.String() + "]"
}

func TestLinks(t *testing.T) {
	uri := func(s string) string { return "/A<</S/URI/URI(" + s + ")>>" }
	tests := map[string]struct {
		action string
		want   []document.Link
	}{
		"an address":           {uri("https://example.org/a?b=c"), []document.Link{{URI: "https://example.org/a?b=c"}}},
		"a script's address":   {uri("javascript:alert\\(1\\)"), []document.Link{{URI: "javascript:alert(1)"}}},
		"a page":               {"/Dest[3 0 R/Fit]", []document.Link{{Page: 1}}},
		"a page by its action": {"/A<</S/GoTo/D[3 0 R/XYZ 0 0 0]>>", []document.Link{{Page: 1}}},
		"a page that is not":   {"/Dest[99 0 R/Fit]", nil},
		"a program":            {"/A<</S/Launch/F(cmd.exe)>>", nil},
		"a script":             {"/A<</S/JavaScript/JS(app.alert\\(1\\))>>", nil},
		"nothing":              {"", nil},
		"hidden":               {"/F 2" + uri("https://example.org"), nil},
		"control signs":        {uri("https://example.org/\\001\\000x"), []document.Link{{URI: "https://example.org/"}}},
		"a long address":       {uri("https://example.org/" + strings.Repeat("x", 5000)), []document.Link{{URI: "https://example.org/" + strings.Repeat("x", 5000)}}},
	}
	e := newEngine(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := read(t, open(t, e, raw(links(tt.action), "BT /F1 8 Tf 22 2 Td (here and there) Tj ET BT 100 100 Td (not) Tj ET")), 1)
			for i := range tt.want {
				tt.want[i].Box = document.Box{Left: 20, Top: 190, Right: 70, Bottom: 200}
			}
			if diff := cmp.Diff(tt.want, p.Links, cmp.Comparer(nearBox)); diff != "" {
				t.Errorf("links (-want +got):\n%s", diff)
			}
			for _, w := range p.Words {
				if want := min(len(tt.want), 1); w.Text != "not" && w.Link != want || w.Text == "not" && w.Link != 0 {
					t.Errorf("%q stands in link %d", w.Text, w.Link)
				}
			}
		})
	}
}

// Twenty thousand links that each cover the whole page.
func TestManyLinks(t *testing.T) {
	one := "<</Type/Annot/Subtype/Link/Rect[0 0 200 200]/A<</S/URI/URI(https://example.org)>>>>"
	data := raw("/MediaBox[0 0 200 200]/Annots["+strings.Repeat(one, 20_000)+"]", strings.Repeat("BT /F1 8 Tf 22 2 Td (a b c d e f g h) Tj ET\n", 2000))
	begin := time.Now()
	p := read(t, open(t, newEngine(t), data), 1)
	if len(p.Links) != 5000 || len(p.Words) == 0 || p.Words[0].Link != 5000 {
		t.Errorf("%d links", len(p.Links))
	}
	if len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "20000 annotations") {
		t.Errorf("warnings %q", p.Warnings)
	}
	if took := time.Since(begin); took > time.Minute {
		t.Errorf("took %s", took)
	}
}
