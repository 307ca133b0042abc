package extract

import (
	"strings"
	"unicode"

	"docket/internal/document"
)

// filledScore is the score of what somebody filled into the field of a form
// that has the property's name.
const filledScore = 0.99

// filled are the values of the document's own form, by the property that they
// are of.
type filled struct {
	byName map[string]*field // by full name and by title; nil for a name of several
	values map[*field]leaf
}

func newFilled(root *field) *filled {
	f := &filled{byName: map[string]*field{}, values: map[*field]leaf{}}
	f.name(root, "")
	return f
}

// name takes the names of the properties of an object.
func (f *filled) name(object *field, path string) {
	for _, child := range object.fields {
		full := path + letterKey(child.name)
		switch child.form {
		case objectForm:
			f.name(child, full)
		case valueForm:
			keys := map[string]bool{full: true, letterKey(child.name): true, letterKey(child.title): true}
			for key := range keys {
				if _, twice := f.byName[key]; twice {
					f.byName[key] = nil
				} else if key != "" {
					f.byName[key] = child
				}
			}
		}
	}
}

// letterKey is a name without what writers of names differ in.
func letterKey(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// page takes the fields of a page. What a field of the form has for a property
// counts once, and not at all when it is not what the schema allows.
func (f *filled) page(p *document.Page, loc locale) {
	for i := range p.Fields {
		in := &p.Fields[i]
		_, last, _ := strings.Cut(in.Name, ".")
		for _, key := range []string{letterKey(in.Name), letterKey(in.Label), letterKey(last[strings.LastIndexByte(last, '.')+1:])} {
			property := f.byName[key]
			if property == nil {
				continue
			}
			if _, ok := f.values[property]; !ok {
				if value, ok := property.filledWith(in, loc); ok {
					f.values[property] = leaf{
						Value: value, Score: filledScore, Page: p.Number, Text: in.Value, Width: p.Width, Height: p.Height,
						BBox: &[4]float64{in.Box.Left, in.Box.Top, in.Box.Right, in.Box.Bottom},
					}
				}
			}
			break
		}
	}
}

// filledWith is the value of a form's field as the property wants it.
func (f *field) filledWith(in *document.Field, loc locale) (any, bool) {
	if f.typ == "boolean" && in.Kind == document.CheckboxField {
		return in.Checked, true
	}
	button := in.Kind == document.CheckboxField || in.Kind == document.RadioField
	text := strings.TrimSpace(in.Value)
	if text == "" || button && !in.Checked {
		return nil, false
	}
	if f.typ == "string" && f.kind != dateKind && f.kind != dateTimeKind || f.typ == "string" && f.format == "" {
		if whole := f.fitting([]find{{value: text, end: len(text)}}); len(whole) > 0 {
			return text, true
		}
	}
	// A number or a date with no more than a unit beside it.
	found := f.finds(text, loc)
	if len(found) != 1 || 2*(found[0].end-found[0].start) < len(text) {
		return nil, false
	}
	return found[0].value, true
}

// into puts the values into the result.
func (f *filled) into(n *node, object *field) {
	if len(n.Fields) != len(object.fields) {
		return
	}
	for i, child := range object.fields {
		if child.form == objectForm {
			f.into(&n.Fields[i].Node, child)
		} else if value, ok := f.values[child]; ok {
			n.Fields[i].Node.Leaf = &value
		}
	}
}
