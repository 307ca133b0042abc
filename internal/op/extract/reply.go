package extract

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"docket/internal/document"
	"docket/internal/model"
	"docket/internal/op"
)

// Scores of values by a model.
const (
	unsaid  = 0.95 // when it does not tell how sure it is
	topmost = 0.99
)

// reply is what a model has answered about a passage.
type reply struct {
	answer  *model.Answer
	passage *passage
	wrong   []string // what it is to do better
}

// node reads the part of the answer for a field; v is nil when it is missing.
func (r *reply) node(f *field, v *model.Value, path string) node {
	switch f.form {
	case objectForm:
		return r.object(f, v, path)
	case listForm:
		n := node{IsList: true}
		if v == nil || !v.IsList {
			r.fault(v, path, "it must be an array")
			return n
		}
		for i, one := range v.List {
			item := r.node(f.items, one, fmt.Sprintf("%s/%d", path, i))
			if item.any() {
				n.List = append(n.List, item)
			}
		}
		return n
	}
	l := r.leaf(f, v, path)
	return node{Leaf: &l}
}

func (r *reply) object(f *field, v *model.Value, path string) node {
	if v != nil && v.Members == nil {
		r.fault(v, path, "it must be an object")
		v = nil
	}
	var n node
	for _, child := range f.fields {
		var one *model.Value
		if v != nil {
			if one = v.Members[child.name]; one == nil {
				r.fault(&model.Value{}, path+"/"+child.name, "it is missing")
			}
		}
		n.Fields = append(n.Fields, member{child.name, r.node(child, one, path+"/"+child.name)})
	}
	return n
}

// fault notes what is wrong at a place that is there.
func (r *reply) fault(v *model.Value, path, says string) {
	if v != nil {
		r.wrong = append(r.wrong, path+": "+says)
	}
}

func (r *reply) leaf(f *field, v *model.Value, path string) leaf {
	if v == nil {
		return leaf{}
	}
	said, lines, quote := v, []int(nil), ""
	if v.Members != nil {
		said = v.Members["value"]
		lines, quote = lineIDs(v.Members["line_ids"]), textOf(v.Members["quote"])
	} else {
		r.fault(v, path, "it must be an object with line_ids, quote and value")
	}
	if said == nil || said.Scalar == nil {
		return leaf{}
	}
	value, ok := f.typed(said.Scalar)
	if !ok {
		r.fault(v, path, "its value must be of type "+f.sort())
		return leaf{}
	}
	certain, told := unsaid, false
	if mean, ok := r.answer.LogProb(said.From, said.To); ok {
		certain, told = math.Exp(min(mean, 0)), true
	}
	at, grounding := r.passage.ground(f, value, lines, quote)
	if grounding < misplaced && r.passage.picture == nil {
		r.fault(v, path, "its quote does not stand in the document, or does not hold the value; give null if it is not there")
	}
	if grounding == 0 {
		return leaf{}
	}
	l := leaf{Value: value, Score: round2(min(certain*grounding, topmost)), Grounding: grounding, lines: lines}
	if told {
		certain = round2(certain)
		l.Extraction = &certain
	}
	l.put(at)
	return l
}

// put sets the place, if there is one.
func (l *leaf) put(at spot) {
	if at.page == nil {
		return
	}
	l.Page, l.Text = at.page.Number, at.text
	l.Width, l.Height = round2(at.page.Width), round2(at.page.Height)
	if at.box == (document.Box{}) { // somewhere on the page
		return
	}
	box := (&document.Page{Width: at.page.Width, Height: at.page.Height, Tilt: at.page.Tilt}).OnPage(at.box)
	l.BBox = &[4]float64{round2(box.Left), round2(box.Top), round2(box.Right), round2(box.Bottom)}
}

func round2(v float64) float64 { return math.Round(v*100) / 100 }

// typed gives a value in the field's type; false when it is of another.
func (f *field) typed(value any) (any, bool) {
	switch f.typ {
	case "number", "integer":
		n, ok := value.(json.Number)
		if s, isText := value.(string); isText && plainNumber(s) {
			n, ok = json.Number(s), true
		}
		if _, err := n.Float64(); !ok || err != nil { // beyond what any client can read
			return nil, false
		}
		if whole, rest, _ := strings.Cut(n.String(), "."); f.typ == "integer" && strings.Trim(rest, "0") == "" {
			n = json.Number(whole)
		}
		return n, true
	case "boolean":
		b, ok := value.(bool)
		return b, ok
	}
	switch v := value.(type) {
	case string:
		return op.Meant(v), strings.TrimSpace(v) != ""
	case json.Number:
		return v.String(), true
	}
	return nil, false
}

// plainNumber says that a text is a JSON number.
func plainNumber(s string) bool {
	var n json.Number
	return s != "" && s[0] != '"' && json.Unmarshal([]byte(s), &n) == nil
}

func textOf(v *model.Value) string {
	if v == nil {
		return ""
	}
	s, _ := v.Scalar.(string)
	return s
}

func lineIDs(v *model.Value) []int {
	if v == nil {
		return nil
	}
	var all []int
	for _, one := range v.List {
		n, _ := one.Scalar.(json.Number)
		if id, err := n.Int64(); err == nil {
			all = append(all, int(id))
		}
	}
	return all
}
