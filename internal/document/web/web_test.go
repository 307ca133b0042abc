package web_test

import (
	"strings"
	"testing"

	"docket/internal/document"
	"docket/internal/document/web"
	"docket/internal/job"

	"github.com/google/go-cmp/cmp"
)

// show builds the document as users get it.
func show(t *testing.T, w *document.FlowWriter) string {
	t.Helper()
	b := document.NewBuilder(document.Options{})
	for _, record := range w.Pages() {
		if err := b.AddRecord(record); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	if err := document.WriteMarkdown(&out, b.Chunks()); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func TestRead(t *testing.T) {
	tests := []struct{ name, page, want string }{
		{"empty", "", ""},
		{"text alone", "Hello <b>you</b>", "Hello **you**"},
		{"headings", "<title>T</title><h1>One</h1><p>Text.</p><h2>Two</h2><h1>Three</h1>", "# One\n\nText.\n\n## Two\n\n# Three"},
		{"white space", "<p>  a\n\t b&nbsp;c <br> d </p>", "a b c  \nd"},
		{"inline looks", "<p><strong>b</strong> <em>i</em> <del>s</del> <code>c</code> <a href=/x>l</a></p>", "**b** *i* ~~s~~ `c` [l](/x)"},
		{"nothing that runs or hides", "<p>a</p><script>b</script><style>c</style><template>d</template><noscript>e</noscript><p hidden>f</p><p style='display: none'>g</p><svg><text>h</text></svg>", "a"},
		{"boilerplate is kept", "<nav><a href=/>Home</a></nav><main><p>Text.</p></main><footer>Imprint</footer>", "[Home](/)\n\nText.\n\nImprint"},
		{"lists", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul><ol start=3><li>d<li value=7>e<li>f</ol>", "- a\n    - b\n- c\n\n3. d\n7. e\n8. f"},
		{"blocks in an item", "<ol><li><p>a</p><p>b</p></li><li>c</li></ol>", "1. a\n\nb\n\n2. c"},
		{"code", "<pre>if a {\n\tb  c\n}</pre>", "```\nif a {\n\tb  c\n}\n```"},
		{"definitions", "<dl><dt>a</dt><dd>b</dd></dl>", "a\n\nb"},
		{"table", "<table><caption>Prices</caption><thead><tr><th>a<th>b</thead><tbody><tr><td>1<td>2<br>3</tbody></table>", "Prices\n\n| a | b |\n| --- | --- |\n| 1 | 2 3 |"},
		{"spans", "<table><tr><td colspan=2>a<td rowspan=2>b<tr><td>c<td>d</table>",
			`<table><tbody><tr><td colspan="2">a</td><td rowspan="2">b</td></tr><tr><td>c</td><td>d</td></tr></tbody></table>`},
		{"hostile spans", "<table><tr><td colspan=99999999>a</td><td rowspan=-3>b</td></tr></table>",
			`<table><tbody><tr><td colspan="1000">a</td><td>b</td></tr></tbody></table>`},
		{"layout", "<table role=presentation><tr><td><p>a</p></td><td><p>b</p></td></tr></table><table><tr><td>c</td></tr></table>", "a\n\nb\n\nc"},
		{"a table in a cell", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>x<table><tr><td>1</td><td>2</td></tr></table></td></tr><tr><td>e</td><td>f</td></tr></table>", "| a | b |\n| --- | --- |\n| c | x 1 2 |\n| e | f |"},
		{"pictures", `<p>a <img src=x alt="a duck"> b</p><img src=y width=1 height=1><figure><img src=z><figcaption>c</figcaption></figure>`, "a b\n\n![a duck]()\n\n<!-- image -->\n\nc"},
		{"boxes", "<p><input type=checkbox checked> yes <input type=checkbox> no</p>", "☑ yes ☐ no"},
		{"never closed", "<div><p>a<div><b>b", "a\n\n**b**"},
		{"marks stay text", "<p># not a heading</p><p>*a* &lt;b&gt;</p>", "\\# not a heading\n\n\\*a\\* \\<b>"},
		{"charset said", "<meta charset=windows-1251><p>\xcf\xf0\xe8\xe2\xe5\xf2</p>", "Привет"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := &document.FlowWriter{}
			if _, err := web.Read([]byte(tt.page), w); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, show(t, w)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadSaysTheTitle(t *testing.T) {
	info, err := web.Read([]byte("<html><head><title> My\n page </title></head><body>x</body></html>"), &document.FlowWriter{})
	want := document.Info{Format: "html", MIME: "text/html", Title: "My page"}
	if diff := cmp.Diff(want, info); err != nil || diff != "" {
		t.Error(diff, err)
	}
}

func TestReadRefusesDepth(t *testing.T) {
	for _, tag := range []string{"<div>", "<b>", "<table><tr><td>", "<ul><li>"} {
		_, err := web.Read([]byte(strings.Repeat(tag, 100_000)), &document.FlowWriter{})
		if job.CodeOf(err) != job.ResourceLimit {
			t.Errorf("%s: %v", tag, err)
		}
	}
}

func TestReadMarkdown(t *testing.T) {
	source := "---\ntitle: x\n---\n# A\n\ntext *i* <br>\n\n1. one\n   - deep\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```go\nx := 1\n```\n<script>bad()</script>\n\n<div align=center>centred</div>\n"
	w := &document.FlowWriter{}
	info, err := web.ReadMarkdown([]byte(source), w)
	if err != nil || info.Format != "md" {
		t.Fatalf("%+v, %v", info, err)
	}
	want := "```\ntitle: x\n```\n\n# A\n\ntext *i*\n\n1. one\n\n    - deep\n\n2. two\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n```\nx := 1\n```\n\ncentred"
	if diff := cmp.Diff(want, show(t, w)); diff != "" {
		t.Error(diff)
	}
}
