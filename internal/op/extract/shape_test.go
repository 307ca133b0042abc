package extract

import (
	"encoding/json"
	"strings"
	"testing"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/op/optest"

	"github.com/google/go-cmp/cmp"
)

// sample is a result with a value, an object with a null, and both kinds of
// list.
func sample() node {
	value := func(v any, score float64) node {
		return node{Leaf: &leaf{Value: v, Score: score, Page: 2, BBox: &[4]float64{1, 2, 3, 4}, Text: "as printed", Width: 612, Height: 792}}
	}
	null := node{Leaf: &leaf{}}
	return node{Fields: []member{
		{"total", value(json.Number("12.50"), 0.9)},
		{"seller", node{Fields: []member{{"name", null}}}},
		{"tags", node{IsList: true, List: []node{value("a", 0.8)}}},
		{"items", node{IsList: true, List: []node{{Fields: []member{{"sku", value("x", 0.7)}}}}}},
		{"none", node{IsList: true}},
	}}
}

const (
	box      = `"bboxes":[{"bbox":[1,2,3,4],"text":"as printed","type":"segment","confidence":%,"page_width":612,"page_height":792}]`
	cite     = `"citation":{"bbox":[1,2,3,4],"page":2,"page_width":612,"page_height":792}`
	plainOne = `{"total":{"value":12.50,"score":0.9,"page_no":2},"seller":{"name":{"value":null,"score":0,"page_no":null}},"tags":[{"value":"a","score":0.8,"page_no":2}],"items":[{"sku":{"value":"x","score":0.7,"page_no":2}}],"none":[],"min_confidence_score":0.7}`
)

func boxed(confidence string) string { return strings.ReplaceAll(box, "%", confidence) }

func grounded(score string) string {
	return `"score":{"grounding_score":` + score + `,"extraction_score":null}`
}

func TestRender(t *testing.T) {
	cited := `{"total":{"value":12.50,"score":0.9,"page_no":2,` + boxed("0.9") + `},"seller":{"name":{"value":null,"score":0,"page_no":null}},"tags":[{"value":"a","score":0.8,"page_no":2,` + boxed("0.8") + `}],"items":[{"sku":{"value":"x","score":0.7,"page_no":2,` + boxed("0.7") + `}}],"none":[],"min_confidence_score":0.7}`
	plain := `{"total":{"value":12.50,"score":0.9},"seller":{"name":{"value":null,"score":0}},"tags":{"value":[{"value":"a","score":0.8}],"score":0.8},"items":{"value":[{"sku":{"value":"x","score":0.7}}],"score":0.7},"none":{"value":[],"score":0}}`
	full := `{"total":{"value":12.50,` + grounded("0.9") + `,` + cite + `},"seller":{"name":{"value":null,` + grounded("0") + `,"citation":null}},` +
		`"tags":{"value":[{"__value__":{"value":"a",` + grounded("0.8") + `,` + cite + `}}],` + grounded("0.8") + `,` + cite + `},` +
		`"items":{"value":[{"sku":{"value":"x",` + grounded("0.7") + `,` + cite + `}}],` + grounded("0.7") + `,` + cite + `},` +
		`"none":{"value":[],` + grounded("0") + `,"citation":null}}`
	tests := map[string]struct {
		route     string
		citations bool
		format    job.Format
		want      string
	}{
		"first":            {"/jobs", false, job.FormatChunks, plainOne},
		"first, cited":     {"/cite", true, job.FormatChunks, cited},
		"extract":          {"/extract", false, job.FormatChunks, plainOne},
		"any other":        {"/v1/api/jobs", false, job.FormatChunks, plainOne},
		"second":           {"/v2/extract", false, job.FormatChunks, plain},
		"third":            {"/v2/extract", true, job.FormatChunks, full},
		"body":             {"/jobs", false, job.FormatJSON, `{"data":` + plainOne + `,"processing_time":1.5,"page_count":2,"method":"heuristic"}`},
		"body of the last": {"/v2/extract", true, job.FormatJSON, `{"data":` + full[:len(full)-1] + `,"min_confidence_score":0.7},"processing_time":1.5,"page_count":2,"method":"heuristic"}`},
		"text":             {"/jobs", true, job.FormatText, "field\tvalue\tscore\tpage\ntotal\t12.50\t0.90\t2\nseller.name\t\t0.00\t\ntags[0]\ta\t0.80\t2\nitems[0].sku\tx\t0.70\t2\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := render(t, sample(), test.route, test.citations, test.format)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(test.want, "{") && !json.Valid([]byte(got)) {
				t.Errorf("%s is no JSON", got)
			}
			// A null has no boxes, and says so when boxes are asked for.
			want := test.want
			if test.citations && test.route == "/cite" {
				want = strings.Replace(want, `"page_no":null`, `"page_no":null,"bboxes":[]`, 1)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := render(t, sample(), "/jobs", false, "zip"); job.CodeOf(err) != job.InvalidRequest {
		t.Errorf("zip: %v", err)
	}
	own := node{Fields: []member{{lowestKey, node{Leaf: &leaf{}}}}}
	if got, err := render(t, own, "/jobs", false, job.FormatChunks); err != nil || got != `{"min_confidence_score":{"value":null,"score":0,"page_no":null}}` {
		t.Errorf("a property of that name: %s, %v", got, err)
	}
}

func render(t *testing.T, n node, route string, citations bool, format job.Format) (string, error) {
	t.Helper()
	parameters, err := json.Marshal(Parameters{Schema: json.RawMessage(`{}`), EnableCitations: citations})
	if err != nil {
		t.Fatal(err)
	}
	w := optest.New(t, nil, parameters)
	if err := store(w.Task, &n); err != nil {
		t.Fatal(err)
	}
	return w.Render(New(nil, nil), op.Result{Method: "heuristic", Summary: Summary{PageCount: 2, Schema: json.RawMessage(`{}`)}}, route, format)
}

func TestDoubtful(t *testing.T) {
	value := func(score float64) node { return node{Leaf: &leaf{Value: "x", Score: score}} }
	inner := &field{name: "seller", form: objectForm, required: true, fields: []*field{{name: "name", required: true}}}
	list := &field{name: "items", form: listForm, required: true, items: &field{form: objectForm, fields: []*field{{name: "sku", required: true}}}}
	tests := map[string]struct {
		field *field
		node  node
		want  bool
	}{
		"sure":             {&field{name: "a", required: true}, value(0.9), false},
		"on the threshold": {&field{name: "a", required: true}, value(0.8), false},
		"below":            {&field{name: "a", required: true}, value(0.7), true},
		"null":             {&field{name: "a", required: true}, node{Leaf: &leaf{}}, true},
		"optional":         {&field{name: "a"}, value(0.1), false},
		"inside":           {inner, node{Fields: []member{{"name", value(0.1)}}}, true},
		"sure inside":      {inner, node{Fields: []member{{"name", value(0.9)}}}, false},
		"no items":         {list, node{IsList: true}, true},
		"items":            {list, node{IsList: true, List: []node{{Fields: []member{{"sku", value(0.9)}}}}}, false},
		"one of them":      {list, node{IsList: true, List: []node{{Fields: []member{{"sku", value(0.9)}}}, {Fields: []member{{"sku", value(0.1)}}}}}, true},
	}
	for name, test := range tests {
		root := node{Fields: []member{{test.field.name, test.node}}}
		if got := root.doubtful(&field{form: objectForm, fields: []*field{test.field}}, 0.8); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
