package extract

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// walker turns a schema into fields.
type walker struct {
	root      json.RawMessage
	following map[string]bool // references that are being followed
	fields    int
}

// part is what is read of one schema inside the schema.
type part struct {
	Type        json.RawMessage   `json:"type"`
	Title       string            `json:"title"`
	Description string            `json:"description"`
	Format      string            `json:"format"`
	Pattern     *string           `json:"pattern"`
	Enum        []any             `json:"enum"`
	Const       any               `json:"const"`
	Ref         *string           `json:"$ref"`
	AnyOf       []json.RawMessage `json:"anyOf"`
	OneOf       []json.RawMessage `json:"oneOf"`
	AllOf       []json.RawMessage `json:"allOf"`
	Properties  json.RawMessage   `json:"properties"`
	Required    []string          `json:"required"`
	Items       json.RawMessage   `json:"items"`
}

func (w *walker) field(name string, text json.RawMessage, depth int) (*field, error) {
	w.fields++
	if w.fields > maxFields+1 { // the root is none
		return nil, refuse(fmt.Sprintf("it has more than %d properties", maxFields), nil)
	}
	if depth > maxDepth {
		return nil, refuse(fmt.Sprintf("its properties are nested more than %d deep", maxDepth), nil)
	}
	if s := string(text); s == "true" || s == "false" {
		text = json.RawMessage("{}")
	}
	var p part
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, refuse(fmt.Sprintf("property %q: %s", short(name), short(err.Error())), err)
	}
	if inner, ref := p.inner(); inner != nil || ref != "" {
		return w.follow(name, &p, inner, ref, depth)
	}
	f := &field{name: name, title: p.Title, description: p.Description}
	var err error
	switch typ := p.typeName(); typ {
	case "object":
		f.form = objectForm
		err = w.properties(f, &p, depth)
	case "array":
		f.form = listForm
		if len(p.Items) == 0 || p.Items[0] == '[' {
			p.Items = json.RawMessage(`{"type":"string"}`)
		}
		f.items, err = w.field("", p.Items, depth+1)
	default:
		err = f.value(&p, typ)
	}
	return f, err
}

// inner is the schema that stands for this one: a reference, or the first of
// several that is not only null.
func (p *part) inner() (text json.RawMessage, ref string) {
	if p.Ref != nil {
		return nil, *p.Ref
	}
	if len(p.Properties) > 0 || len(p.Items) > 0 || len(p.Type) > 0 {
		return nil, ""
	}
	for _, choice := range slices.Concat(p.AnyOf, p.OneOf, p.AllOf) {
		var c part
		if json.Unmarshal(choice, &c) == nil && string(c.Type) != `"null"` {
			return choice, ""
		}
	}
	return nil, ""
}

// follow reads the schema that stands for this one; what is said here of it
// comes before what is said there.
func (w *walker) follow(name string, p *part, text json.RawMessage, ref string, depth int) (*field, error) {
	if ref != "" {
		if w.following[ref] {
			return nil, refuse(fmt.Sprintf("the reference %q leads back to itself", short(ref)), nil)
		}
		var err error
		if text, err = w.resolve(ref); err != nil {
			return nil, err
		}
		w.following[ref] = true
		defer delete(w.following, ref)
	}
	w.fields-- // it is the same property
	f, err := w.field(name, text, depth+1)
	if err != nil {
		return nil, err
	}
	if p.Title != "" {
		f.title = p.Title
	}
	if p.Description != "" {
		f.description = p.Description
	}
	return f, nil
}

// resolve finds what a reference such as "#/$defs/address" points to.
func (w *walker) resolve(ref string) (json.RawMessage, error) {
	path, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		if ref == "#" {
			return nil, refuse(`the reference "#" leads back to itself`, nil)
		}
		return nil, refuse(fmt.Sprintf("the reference %q does not begin with #/", short(ref)), nil)
	}
	at := w.root
	for step := range strings.SplitSeq(path, "/") {
		step = strings.NewReplacer("~1", "/", "~0", "~", "%24", "$").Replace(step)
		_, values, err := members(at)
		if err != nil || values[step] == nil {
			return nil, refuse(fmt.Sprintf("the reference %q points to nothing", short(ref)), err)
		}
		at = values[step]
	}
	return at, nil
}

// typeName is the first type that is not null, or what the rest suggests.
func (p *part) typeName() string {
	var one string
	var several []string
	if json.Unmarshal(p.Type, &one) == nil && one != "null" {
		return one
	}
	if json.Unmarshal(p.Type, &several) == nil {
		for _, t := range several {
			if t != "null" {
				return t
			}
		}
	}
	switch {
	case len(p.Properties) > 0:
		return "object"
	case len(p.Items) > 0:
		return "array"
	}
	return "string"
}

func (w *walker) properties(f *field, p *part, depth int) error {
	if len(p.Properties) == 0 {
		return nil
	}
	names, values, err := members(p.Properties)
	if err != nil {
		return refuse("its properties cannot be read", err)
	}
	for _, name := range names {
		child, err := w.field(name, values[name], depth+1)
		if err != nil {
			return err
		}
		child.required = slices.Contains(p.Required, name)
		f.fields = append(f.fields, child)
	}
	return nil
}

func (f *field) value(p *part, typ string) error {
	f.typ, f.format, f.enum = typ, p.Format, p.Enum
	if p.Const != nil {
		f.enum = []any{p.Const}
	}
	if p.Pattern != nil {
		pattern, err := compilePattern(*p.Pattern)
		if err != nil {
			return refuse(fmt.Sprintf("the pattern %q is not supported", short(*p.Pattern)), err)
		}
		f.pattern = pattern
	}
	return nil
}
