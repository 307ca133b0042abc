package office_test

import (
	"strings"
	"testing"

	"docket/internal/document"
	"docket/internal/document/office"
	"docket/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

// show builds the document as users get it, pages apart by "---".
func show(t *testing.T, w *document.FlowWriter) string {
	t.Helper()
	var all []string
	for _, record := range w.Pages() {
		b := document.NewBuilder(document.Options{})
		if err := b.AddRecord(record); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for s := range b.Segments() {
			line := s.Markdown
			switch s.SegmentType {
			case document.Footnote, document.PageHeader, document.PageFooter, document.Caption:
				line = string(s.SegmentType) + ": " + line
			}
			lines = append(lines, line)
		}
		for _, warning := range b.Summary().Warnings {
			if warning != document.NoText {
				lines = append(lines, "! "+warning)
			}
		}
		all = append(all, strings.Join(lines, "\n"))
	}
	return strings.Join(all, "\n---\n")
}

func p(props, text string) string {
	return `<w:p><w:pPr>` + props + `</w:pPr><w:r><w:t xml:space="preserve">` + text + `</w:t></w:r></w:p>`
}

func numbered(id, level, text string) string {
	return p(`<w:numPr><w:ilvl w:val="`+level+`"/><w:numId w:val="`+id+`"/></w:numPr>`, text)
}

const (
	styles = `<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="berschrift1"/></w:style>
<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Loop"/></w:style>
<w:style w:type="paragraph" w:styleId="Code"><w:name w:val="HTML Preformatted"/></w:style>
<w:style w:type="paragraph" w:styleId="Listed"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Bild"><w:name w:val="caption"/></w:style>`
	numbering = `<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="·"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>`
)

func docx(body string) []byte {
	return testkit.DOCX(body,
		testkit.WordPart("word/styles.xml", "styles", styles),
		testkit.WordPart("word/numbering.xml", "numbering", numbering),
		testkit.WordPart("word/header1.xml", "hdr", p("", "Secret")),
		testkit.WordPart("word/footer1.xml", "ftr", p("", "Page 1")),
		testkit.WordPart("word/footnotes.xml", "footnotes", `<w:footnote w:type="separator" w:id="-1">`+p("", "no")+`</w:footnote><w:footnote w:id="2">`+p("", "See there.")+`</w:footnote>`),
		testkit.Entry{Name: "word/chart1.xml", Content: `<c:chartSpace xmlns:c="c" xmlns:a="a"><c:chart><c:title><a:p><a:r><a:t>Sales</a:t></a:r></a:p></c:title><c:plotArea><c:barChart><c:ser><c:tx><c:v>2024</c:v></c:tx><c:cat><c:pt idx="0"><c:v>North</c:v></c:pt></c:cat><c:val><c:pt idx="0"><c:v>7</c:v></c:pt></c:val></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>`},
		testkit.Relations("word/_rels/document.xml.rels",
			[3]string{"rId1", "styles", "styles.xml"}, [3]string{"rId2", "numbering", "numbering.xml"}, [3]string{"rId3", "footnotes", "/word/footnotes.xml"},
			[3]string{"rId4", "hyperlink", "https://example.com/"}, [3]string{"rId5", "header", "header1.xml"}, [3]string{"rId6", "footer", "footer1.xml"},
			[3]string{"rId7", "chart", "chart1.xml"}))
}

func TestReadDOCX(t *testing.T) {
	const around = "PageHeader: Secret\n%\nPageFooter: Page 1"
	tests := []struct{ name, body, want string }{
		{"paragraphs", p("", " One  two ") + p("", "") + p("", "Three."), "One two\nThree."},
		{"title and headings", p(`<w:pStyle w:val="Titel"/>`, "T") + p(`<w:pStyle w:val="berschrift1"/>`, "A") + p(`<w:pStyle w:val="Mine"/>`, "B") + p(`<w:outlineLvl w:val="2"/>`, "C") + p(`<w:pStyle w:val="Loop"/>`, "D"),
			"# T\n## A\n## B\n#### C\nD"},
		{"looks", `<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>b</w:t></w:r><w:r><w:rPr><w:b w:val="0"/><w:i/></w:rPr><w:t xml:space="preserve"> i</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>gone</w:t></w:r><w:r><w:tab/><w:t>c</w:t><w:br/><w:t>d</w:t></w:r></w:p>`, "**b** *i* c  \nd"},
		{"tracked changes", `<w:p><w:r><w:t>a</w:t></w:r><w:ins><w:r><w:t>b</w:t></w:r></w:ins><w:del><w:r><w:delText>c</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>d</w:t></w:r></w:moveFrom></w:p>`, "ab"},
		{"links", `<w:p><w:hyperlink r:id="rId4"><w:r><w:t>there</w:t></w:r></w:hyperlink><w:r><w:t xml:space="preserve"> and </w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "https://x.example"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>here</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`,
			"[there](https://example.com/) and [here](https://x.example)"},
		{"lists", numbered("1", "0", "a") + numbered("1", "1", "b") + numbered("1", "1", "c") + numbered("1", "0", "d") + numbered("2", "0", "e") + numbered("3", "0", "f") + p(`<w:pStyle w:val="Listed"/>`, "g") + numbered("0", "0", "h"),
			"1. a\n    - 1.a) b\n    - 1.b) c\n2. d\n- e\n1. f\n- g\nh"},
		{"code", p(`<w:pStyle w:val="Code"/>`, "if a {") + p(`<w:pStyle w:val="Code"/>`, "  b") + p("", "x"), "```\nif a {\n  b\n```\nx"},
		{"footnote", `<w:p><w:r><w:t>Text</w:t><w:footnoteReference w:id="2"/></w:r></w:p>`, "Text\\[1\\]\nFootnote: \\[1\\] See there."},
		{"pages", p("", "a") + `<w:p><w:r><w:br w:type="page"/></w:r></w:p>` + `<w:p><w:r><w:lastRenderedPageBreak/><w:t>b</w:t></w:r></w:p>` + p(`<w:pageBreakBefore/>`, "c"), "a\n---\nb\n---\nc"},
		{"content control", `<w:sdt><w:sdtContent>` + p("", "a") + `<w:tbl><w:tr><w:sdt><w:sdtContent><w:tc>` + p("", "b") + `</w:tc></w:sdtContent></w:sdt><w:tc>` + p("", "c") + `</w:tc></w:tr></w:tbl></w:sdtContent></w:sdt>`, "a\n| b | c |\n| --- | --- |"},
		{"merged cells", `<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>` + p("", "a") + `</w:tc><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>` + p("", "b") + `</w:tc></w:tr><w:tr><w:tc>` + p("", "c") + `</w:tc><w:tc>` + p("", "d") + `</w:tc><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>`,
			`<table><thead><tr><th colspan="2">a</th><th rowspan="2">b</th></tr></thead><tbody><tr><td>c</td><td>d</td></tr></tbody></table>`},
		{"frame of one cell", `<w:tbl><w:tr><w:tc>` + p(`<w:pStyle w:val="berschrift1"/>`, "a") + p("", "b") + `</w:tc></w:tr></w:tbl>`, "## a\nb"},
		{"text box, newest form", `<w:p><w:r><w:t>a</w:t><mc:AlternateContent xmlns:mc="x"><mc:Choice><w:drawing><w:txbxContent>` + p("", "boxed") + `</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>` + p("", "boxed") + `</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>`, "a\nboxed"},
		{"picture", `<w:p><w:r><w:drawing><wp:inline xmlns:wp="wp"><wp:docPr descr="A duck"/><a:blip r:embed="rId9"/></wp:inline></w:drawing></w:r></w:p>` + p(`<w:pStyle w:val="Bild"/>`, "Figure 1"), "![A duck]()\nCaption: Figure 1"},
		{"chart", `<w:p><w:r><w:drawing><c:chart xmlns:c="c" r:id="rId7"/></w:drawing></w:r></w:p>`, "<!-- image -->\nCaption: Sales  \nBar chart\n|  | 2024 |\n| --- | --- |\n| North | 7 |"},
		{"formula", `<w:p><w:r><w:t xml:space="preserve">So </w:t></w:r><m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup><m:r><m:t>=π</m:t></m:r></m:oMath></w:p><w:p><m:oMathPara><m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f></m:oMath></m:oMathPara></w:p>`,
			`So $x^{2}= \pi$` + "\n" + `$$\frac{a}{b}$$`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := &document.FlowWriter{}
			info, err := office.ReadDOCX(docx(tt.body), document.DefaultLimits(), w)
			if err != nil || info.Format != "docx" {
				t.Fatalf("%+v, %v", info, err)
			}
			if diff := cmp.Diff(strings.Replace(around, "%", tt.want, 1), show(t, w)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The strict edition of the standard has other namespaces and the same names.
func TestReadDOCXStrict(t *testing.T) {
	data := testkit.Zip(
		testkit.Entry{Name: "_rels/.rels", Content: `<Relationships><Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="main.xml"/></Relationships>`},
		testkit.Entry{Name: "main.xml", Content: `<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body><w:p><w:r><w:t>strict</w:t></w:r></w:p></w:body></w:document>`})
	w := &document.FlowWriter{}
	if _, err := office.ReadDOCX(data, document.DefaultLimits(), w); err != nil {
		t.Fatal(err)
	}
	if got := show(t, w); got != "strict" {
		t.Errorf("got %q", got)
	}
}
