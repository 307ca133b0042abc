package extract

import (
	"encoding/json"
	"testing"

	"docket/internal/document"
)

func TestFilledForm(t *testing.T) {
	const schema = `{"type":"object","properties":{
		"buyer":{"type":"object","properties":{"name":{"type":"string"},"vat_id":{"type":"string"}}},
		"Total amount":{"type":"number"},
		"due":{"type":"string","format":"date","title":"Date due"},
		"terms":{"type":"boolean"},
		"size":{"type":"string","enum":["small","large"]},
		"twice":{"type":"string"},
		"missing":{"type":"string"},
		"tags":{"type":"array","items":{"type":"string"}}
	}}`
	root, err := compileSchema(json.RawMessage(schema))
	if err != nil {
		t.Fatal(err)
	}
	root.prepare()
	box := document.Box{Left: 10, Top: 20, Right: 30, Bottom: 40}
	page := &document.Page{Number: 3, Width: 600, Height: 800, Fields: []document.Field{
		{Kind: document.TextField, Name: "form1.Buyer.Name", Value: "Ada & Co", Box: box},
		{Kind: document.TextField, Name: "x", Label: "Buyer, VAT-ID", Value: "no such number"},
		{Kind: document.TextField, Name: "total_amount", Value: "1,234.50 EUR"},
		{Kind: document.TextField, Name: "f7", Label: "Date due", Value: "3 March 2026"},
		{Kind: document.CheckboxField, Name: "terms", Value: "Yes", Checked: false},
		{Kind: document.RadioField, Name: "size", Value: "small"},
		{Kind: document.RadioField, Name: "size", Value: "large", Checked: true},
		{Kind: document.TextField, Name: "twice", Value: "first"},
		{Kind: document.TextField, Name: "twice", Value: "second"},
		{Kind: document.TextField, Name: "missing", Value: " "},
		{Kind: document.TextField, Name: "tags", Value: "x"},
	}}
	form := newFilled(root)
	form.page(page, newSheet(page, newVocabulary(root)).loc)
	result := newSlot(root).result()
	form.into(&result, root)
	got := map[string]any{}
	for i := range result.Fields {
		n := &result.Fields[i].Node
		if n.Leaf != nil {
			got[result.Fields[i].Name] = n.Leaf.Value
		}
	}
	want := map[string]any{"Total amount": json.Number("1234.50"), "due": "2026-03-03", "terms": false, "size": "large", "twice": "first", "missing": nil}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %v, want %v", name, got[name], value)
		}
	}
	name := result.Fields[0].Node.Fields[0].Node.Leaf
	if name.Value != "Ada & Co" || name.Score != filledScore || name.Page != 3 || *name.BBox != [4]float64{10, 20, 30, 40} {
		t.Errorf("the buyer's name is %+v", name)
	}
	if vat := result.Fields[0].Node.Fields[1].Node.Leaf; vat.Value != "no such number" {
		t.Errorf("what is said of VAT is %+v", vat)
	}
}
