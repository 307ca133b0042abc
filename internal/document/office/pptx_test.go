package office_test

import (
	"testing"

	"docket/internal/document"
	"docket/internal/document/office"
	"docket/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

func shape(placeholder, paragraphs string) string {
	if placeholder != "" {
		placeholder = "<p:ph " + placeholder + "/>"
	}
	return `<p:sp><p:nvSpPr><p:cNvPr id="2" name="x"/><p:nvPr>` + placeholder + `</p:nvPr></p:nvSpPr><p:txBody>` + paragraphs + `</p:txBody></p:sp>`
}

func line(props, text string) string {
	return `<a:p>` + props + `<a:r><a:t>` + text + `</a:t></a:r></a:p>`
}

func TestReadPPTX(t *testing.T) {
	first := testkit.Slide("", shape("", line("", "Free text"))+shape(`type="title"`, line("", "First")))
	lists := testkit.Slide("", shape(`type="title"`, line("", "Second"))+
		shape(`idx="1"`, line("", "by the layout")+line(`<a:pPr lvl="1"/>`, "deeper")+line(`<a:pPr><a:buNone/></a:pPr>`, "none"))+
		shape("", line(`<a:pPr><a:buAutoNum type="alphaLcParenR"/></a:pPr>`, "a")+line(`<a:pPr><a:buAutoNum type="alphaLcParenR"/></a:pPr>`, "b"))+
		`<p:grpSp><p:pic><p:nvPicPr><p:cNvPr id="3" name="y" descr="A duck"/></p:nvPicPr></p:pic></p:grpSp>`+shape(`type="sldNum"`, line("", "2")))
	table := testkit.Slide("", `<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tblPr firstRow="1"/><a:tr><a:tc gridSpan="2"><a:txBody>`+line("", "wide")+`</a:txBody></a:tc><a:tc hMerge="1"><a:txBody><a:p/></a:txBody></a:tc></a:tr><a:tr><a:tc><a:txBody>`+line("", "1")+`</a:txBody></a:tc><a:tc><a:txBody>`+line("", "2")+`</a:txBody></a:tc></a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>`)
	hidden := testkit.Slide(` show="0"`, shape("", line("", "hidden")))
	data := testkit.PPTX([]string{first, lists, hidden, table},
		testkit.Relations("ppt/slides/_rels/slide3.xml.rels", [3]string{"rId1", "slideLayout", "../slideLayouts/l.xml"}, [3]string{"rId2", "notesSlide", "../notesSlides/n.xml"}),
		testkit.Entry{Name: "ppt/slideLayouts/l.xml", Content: testkit.Slide("", `<p:sp><p:nvSpPr><p:nvPr><p:ph idx="1"/></p:nvPr></p:nvSpPr><p:txBody><a:lstStyle><a:lvl1pPr><a:buChar char="-"/></a:lvl1pPr></a:lstStyle></p:txBody></p:sp>`)},
		testkit.Relations("ppt/slideLayouts/_rels/l.xml.rels", [3]string{"rId1", "slideMaster", "../m.xml"}),
		testkit.Entry{Name: "ppt/m.xml", Content: `<p:sldMaster xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree/></p:cSld><p:txStyles><p:bodyStyle><a:lvl2pPr><a:buChar char="-"/></a:lvl2pPr></p:bodyStyle></p:txStyles></p:sldMaster>`},
		testkit.Entry{Name: "ppt/notesSlides/n.xml", Content: testkit.Slide("", shape(`type="body"`, line("", "Say hello."))+shape(`type="sldNum"`, line("", "9")))})
	w := &document.FlowWriter{}
	info, err := office.ReadPPTX(data, document.DefaultLimits(), w)
	if err != nil || info.Format != "pptx" {
		t.Fatalf("%+v, %v", info, err)
	}
	want := `# First
Free text
---
# Second
- by the layout
    - deeper
none
- a) a
- b) b
![A duck]()
PageFooter: 2
Footnote: Say hello.
---
<table><thead><tr><th colspan="2">wide</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>
! hidden slides were left out: 1`
	if diff := cmp.Diff(want, show(t, w)); diff != "" {
		t.Error(diff)
	}
}

func TestReadPPTXLosesOnlyWhatIsMissing(t *testing.T) {
	data := testkit.Zip(
		testkit.Entry{Name: "ppt/presentation.xml", Content: `<p:presentation xmlns:p="p" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><p:sldIdLst><p:sldId r:id="a"/><p:sldId r:id="b"/><p:sldId r:id="nowhere"/></p:sldIdLst></p:presentation>`},
		testkit.Relations("ppt/_rels/presentation.xml.rels", [3]string{"a", "slide", "slides/gone.xml"}, [3]string{"b", "slide", "slides/here.xml"}),
		testkit.Entry{Name: "ppt/slides/here.xml", Content: testkit.Slide("", shape("", line("", "here")))})
	w := &document.FlowWriter{}
	if _, err := office.ReadPPTX(data, document.DefaultLimits(), w); err != nil {
		t.Fatal(err)
	}
	if got := show(t, w); got != "here\n! a slide is missing from the file" {
		t.Errorf("got %q", got)
	}
}
