package pdf_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/document"
	"docket/internal/document/pdf"
)

// formFile is a page of 200 by 200 with the fields given, each object a widget
// too, and what else the catalog's AcroForm has.
func formFile(form string, fields ...string) []byte {
	var list strings.Builder
	for i := range fields {
		fmt.Fprintf(&list, "%d 0 R ", 6+i)
	}
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[" + list.String() + "]" + form + "/DR<</Font<</F1 5 0 R>>>>>>>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[" + list.String() + "]>>",
		"<</Length 40>>stream\nBT /F1 8 Tf 10 180 Td (A form) Tj ET    \nendstream",
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}
	for i, f := range fields {
		objects = append(objects, fmt.Sprintf("<</Type/Annot/Subtype/Widget/Rect[10 %d 60 %d]%s>>", 20*i, 20*i+10, f))
	}
	return file(objects)
}

func TestFields(t *testing.T) {
	const states = "/AP<</N<</Yes<<>>/Off<<>>>>>>"
	tests := map[string]struct {
		field string
		want  []document.Field
	}{
		"text":           {"/FT/Tx/T(name)/TU(Your name)/V(Ada Lovelace)", []document.Field{{Kind: document.TextField, Name: "name", Label: "Your name", Value: "Ada Lovelace"}}},
		"lines":          {"/FT/Tx/Ff 4096/T(a)/V(one\\rtwo\\n three)", []document.Field{{Kind: document.TextField, Name: "a", Value: "one\ntwo\nthree"}}},
		"empty text":     {"/FT/Tx/T(a)", []document.Field{{Kind: document.TextField, Name: "a"}}},
		"password":       {"/FT/Tx/Ff 8192/T(a)/V(secret)", []document.Field{{Kind: document.TextField, Name: "a"}}},
		"long text":      {"/FT/Tx/T(a)/V(" + strings.Repeat("long ", 2000) + ")", []document.Field{{Kind: document.TextField, Name: "a", Value: strings.TrimSpace(strings.Repeat("long ", 2000))}}},
		"checked":        {"/FT/Btn/T(a)/V/Yes/AS/Yes" + states, []document.Field{{Kind: document.CheckboxField, Name: "a", Value: "Yes", Checked: true}}},
		"not checked":    {"/FT/Btn/T(a)/V/Off/AS/Off" + states, []document.Field{{Kind: document.CheckboxField, Name: "a", Value: "Yes"}}},
		"radio":          {"/FT/Btn/Ff 32768/T(a)/V/Yes/AS/Yes" + states, []document.Field{{Kind: document.RadioField, Name: "a", Value: "Yes", Checked: true}}},
		"choice":         {"/FT/Ch/Ff 131072/T(a)/V(de)/Opt[[(en)(English)][(de)(German)]]", []document.Field{{Kind: document.ChoiceField, Name: "a", Value: "German"}}},
		"several":        {"/FT/Ch/Ff 2097152/T(a)/V[(x)(z)]/Opt[(x)(y)(z)]", []document.Field{{Kind: document.ChoiceField, Name: "a", Value: "x, z"}}},
		"signature":      {"/FT/Sig/T(s)", []document.Field{{Kind: document.SignatureField, Name: "s"}}},
		"button":         {"/FT/Btn/Ff 65536/T(a)", nil},
		"hidden":         {"/F 2/FT/Tx/T(a)/V(x)", nil},
		"no field":       {"/T(a)", nil},
		"own parent":     {"/FT/Tx/T(a)/V(x)/Parent 6 0 R", []document.Field{{Kind: document.TextField, Name: "a", Value: "x"}}},
		"own child":      {"/FT/Tx/T(a)/V(x)/Kids[6 0 R]", nil},
		"value is a map": {"/FT/Tx/T(a)/V<</x 1>>", []document.Field{{Kind: document.TextField, Name: "a"}}},
	}
	e := newEngine(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := read(t, open(t, e, formFile("", tt.field)), 1)
			for i := range tt.want {
				tt.want[i].Box = document.Box{Left: 10, Top: 190, Right: 60, Bottom: 200}
			}
			if diff := cmp.Diff(tt.want, p.Fields, cmp.Comparer(nearBox)); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if !strings.HasPrefix(texts(p), "A form") || len(p.Warnings) > 0 {
				t.Errorf("text %q, warnings %q", texts(p), p.Warnings)
			}
		})
	}
}

func TestXFA(t *testing.T) {
	d := open(t, newEngine(t), formFile("/XFA(<xdp/>)", "/FT/Tx/T(a)/V(x)"))
	for n, want := range [][]string{{pdf.XFAForm}, nil} {
		p := read(t, d, 1)
		if diff := cmp.Diff(want, p.Warnings); diff != "" || len(p.Fields) == 0 && n == 0 {
			t.Errorf("time %d: %d fields, warnings (-want +got):\n%s", n+1, len(p.Fields), diff)
		}
	}
}
