package pdf_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/document"
)

// tagged returns a tagged document of one page; elements are the objects of
// the structure tree, numbered from 7, of which the first is its root, and
// parents the elements of the marked contents from 0.
func tagged(content string, parents []int, elements ...string) []byte {
	var list strings.Builder
	for _, p := range parents {
		fmt.Fprintf(&list, "%d 0 R ", p)
	}
	return file(append([]string{
		"<</Type/Catalog/Pages 2 0 R/MarkInfo<</Marked true>>/StructTreeRoot 7 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/StructParents 0/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		"<</Nums[0[" + list.String() + "]]>>",
	}, elements...))
}

// shown is content of four pieces, each a marked word on a line of its own.
func shown() string {
	var b strings.Builder
	for i := range 4 {
		fmt.Fprintf(&b, "/P <</MCID %d>> BDC BT /F1 10 Tf 50 %d Td (word%d) Tj ET EMC\n", i, 700-14*i, i)
	}
	return b.String()
}

func TestTags(t *testing.T) {
	data := tagged(shown()+"BT 50 50 Td (untagged) Tj ET", []int{8, 10, 11, 12},
		"<</Type/StructTreeRoot/K[8 0 R 9 0 R 12 0 R]/ParentTree 6 0 R/RoleMap<</Big/H1>>>>",
		"<</Type/StructElem/S/Big/P 7 0 R/Pg 3 0 R/K 0>>",
		"<</Type/StructElem/S/TR/P 7 0 R/Pg 3 0 R/K[10 0 R 11 0 R]>>",
		"<</Type/StructElem/S/TH/P 9 0 R/Pg 3 0 R/K 1/A<</O/Table/ColSpan 2/RowSpan 3>>>>",
		"<</Type/StructElem/S/TD/P 9 0 R/Pg 3 0 R/K<</Type/MCR/MCID 2/Pg 3 0 R>>/A[<</O/Layout/Width 3>><</O/Table/ColSpan 100000>>]>>",
		"<</Type/StructElem/S/Figure/P 7 0 R/Pg 3 0 R/K 3/Alt(A cat)>>",
	)
	p := read(t, open(t, newEngine(t), data), 1)
	want := []document.Tag{{Role: "H1"}, {Role: "TR"}, {Role: "TH", Parent: 2, Rows: 3, Columns: 2}, {Role: "TD", Parent: 2, Columns: 1000}, {Role: "Figure", Alt: "A cat"}}
	if diff := cmp.Diff(want, p.Tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	var got []int
	for _, w := range p.Words {
		got = append(got, w.Tag)
	}
	if diff := cmp.Diff([]int{1, 3, 4, 5, 0}, got); diff != "" {
		t.Errorf("tags of words (-want +got):\n%s", diff)
	}
}

// Trees that go round in circles, are very deep or very broad end in time, and
// the page's words are read all the same. Those whose kids PDFium would compare
// with each other, a minute and more, are not followed.
func TestHostileTags(t *testing.T) {
	broad := make([]string, 1, 60_001)
	kids := make([]string, 0, 60_000)
	parents := make([]int, 0, 60_000)
	for i := range 60_000 {
		kids = append(kids, fmt.Sprintf("%d 0 R", 8+i))
		broad = append(broad, fmt.Sprintf("<</S/P/P 7 0 R/Pg 3 0 R/K %d>>", i%4))
		parents = append(parents, 8+i)
	}
	broad[0] = "<</Type/StructTreeRoot/ParentTree 6 0 R/K[" + strings.Join(kids, " ") + "]>>"
	deep := []string{"<</Type/StructTreeRoot/ParentTree 6 0 R/K 8 0 R>>"}
	for i := range 10_000 {
		deep = append(deep, fmt.Sprintf("<</S/Div/P %d 0 R/Pg 3 0 R/K[%d 0 R 0]>>", 7+i, 9+i))
	}
	beside := make([]string, 2, 2002) // elements that PDFium looks for among very many marks
	besideParents := make([]int, 0, 2000)
	for i := range 2000 {
		beside = append(beside, "<</S/P/P 8 0 R/Pg 3 0 R/K 0>>")
		besideParents = append(besideParents, 9+i)
	}
	beside[0] = "<</Type/StructTreeRoot/ParentTree 6 0 R/K 8 0 R>>"
	beside[1] = "<</S/Sect/P 7 0 R/K[" + strings.Repeat("0 ", 500_000) + "]>>"
	inPlace := bytes.Replace(tagged(shown(), nil, beside[0], "<</S/Sect/P 7 0 R/K["+strings.Repeat("0 ", 60_000)+"]>>"),
		[]byte("/Nums[0[]]"), []byte("/Nums[0["+strings.Repeat("<</S/P/P 8 0 R/K 0>>", 60_000)+"]]"), 1)
	again := strings.Repeat("8 0 R ", 60_000)
	tests := map[string][]byte{
		"kids among marks":  tagged(shown(), besideParents, beside...),
		"elements in place": inPlace,
		"the same again":    tagged(shown(), []int{8, 9}, "<</Type/StructTreeRoot/ParentTree 6 0 R/K["+again+"]>>", "<</S/P/P 7 0 R/Pg 3 0 R/K["+again+"]>>", "<</S/P/P 8 0 R/Pg 3 0 R/K["+again+"]>>"),
		"a circle":          tagged(shown(), []int{8}, "<</Type/StructTreeRoot/ParentTree 6 0 R/K 8 0 R>>", "<</S/P/P 8 0 R/Pg 3 0 R/K[0 8 0 R 8 0 R]>>"),
		"a large circle":    tagged(shown(), []int{8, 9, 8, 9}, "<</Type/StructTreeRoot/ParentTree 6 0 R/K[8 0 R 9 0 R]>>", "<</S/Div/P 9 0 R/Pg 3 0 R/K[9 0 R 9 0 R 0]>>", "<</S/Div/P 8 0 R/Pg 3 0 R/K[8 0 R 8 0 R 1]>>"),
		"the root in it":    tagged(shown(), []int{8}, "<</Type/StructTreeRoot/ParentTree 6 0 R/K 8 0 R>>", "<</S/P/P 7 0 R/Pg 3 0 R/K[0 7 0 R]>>"),
		"broad":             tagged(shown(), parents, broad...),
		"deep":              tagged(shown(), []int{10_000}, deep...),
		"very many marks":   tagged(shown(), []int{8}, "<</Type/StructTreeRoot/ParentTree 6 0 R/K 8 0 R>>", "<</S/P/P 7 0 R/Pg 3 0 R/K["+strings.Repeat("0 ", 300_000)+"]>>"),
		"no tree":           tagged(shown(), nil, "<</Type/StructTreeRoot/K 99 0 R>>"),
	}
	e := newEngine(t)
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			p := read(t, open(t, e, data), 1)
			if got := texts(p); got != "word0 word1 word2 word3" {
				t.Errorf("words %q", got)
			}
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
			t.Logf("%d tags, %s", len(p.Tags), time.Since(begin))
		})
	}
}
