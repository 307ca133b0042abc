package extract

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// conform holds what was found against the client's schema, in all that it
// says. It calls each for every value that does not fit, with its path and
// what is wrong; what is missing is no fault.
func (n *node) conform(schema *jsonschema.Schema, each func(l *leaf, path, says string)) {
	invalid, ok := errors.AsType[*jsonschema.ValidationError](schema.Validate(n.instance()))
	if !ok {
		return
	}
	english := message.NewPrinter(language.English)
	var walk func(v *jsonschema.ValidationError)
	walk = func(v *jsonschema.ValidationError) {
		for _, cause := range v.Causes {
			walk(cause)
		}
		if len(v.Causes) > 0 {
			return
		}
		if l, path := n.at(v.InstanceLocation); l != nil && l.Value != nil {
			each(l, path, v.ErrorKind.LocalizedString(english))
		}
	}
	walk(invalid)
}

// instance is the values as the client's schema describes them.
func (n *node) instance() any {
	switch {
	case n.Leaf != nil:
		return n.Leaf.Value
	case n.IsList:
		all := make([]any, len(n.List))
		for i := range n.List {
			all[i] = n.List[i].instance()
		}
		return all
	}
	all := map[string]any{}
	for i := range n.Fields {
		if one := &n.Fields[i].Node; one.Leaf == nil || one.Leaf.Value != nil {
			all[n.Fields[i].Name] = one.instance()
		}
	}
	return all
}

// at is the value at a place of the instance, or nil.
func (n *node) at(location []string) (l *leaf, path string) {
	for _, step := range location {
		path += "/" + step
		next := n.step(step)
		if next == nil {
			return nil, path
		}
		n = next
	}
	return n.Leaf, path
}

func (n *node) step(name string) *node {
	if n.IsList {
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.List) {
			return &n.List[i]
		}
		return nil
	}
	for i := range n.Fields {
		if n.Fields[i].Name == name {
			return &n.Fields[i].Node
		}
	}
	return nil
}

// schemaOf makes a schema that was checked ready to hold values against.
func schemaOf(text []byte) (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("decode schema: %w", err)
	}
	c := newCompiler()
	c.AssertFormat()
	return compileDocument(c, document)
}
