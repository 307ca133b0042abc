package extract

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	"docket/internal/op"
)

//go:embed prompts/*.txt
var prompts embed.FS

var templates = template.Must(template.ParseFS(prompts, "prompts/*.txt"))

// strict is the schema of the answer for a field: for each value its place as
// well, every property required and none besides. It has the properties in the
// order of the client's schema, which is that of the answer.
func (f *field) strict(b *bytes.Buffer) error {
	switch f.form {
	case objectForm:
		b.WriteString(`{"type":"object","properties":{`)
		names := []string{}
		for i, child := range f.fields {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := encode(b, child.name); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := child.strict(b); err != nil {
				return err
			}
			names = append(names, child.name)
		}
		b.WriteString(`},"required":`)
		if err := encode(b, names); err != nil {
			return err
		}
		b.WriteString(`,"additionalProperties":false}`)
		return nil
	case listForm:
		b.WriteString(`{"type":"array","items":`)
		if err := f.items.strict(b); err != nil {
			return err
		}
		b.WriteByte('}')
		return nil
	}
	b.WriteString(`{"type":"object","properties":{"line_ids":{"type":"array","items":{"type":"integer"}},"quote":{"type":["string","null"]},"value":`)
	if err := encode(b, f.strictValue()); err != nil {
		return err
	}
	b.WriteString(`},"required":["line_ids","quote","value"],"additionalProperties":false}`)
	return nil
}

func (f *field) strictValue() map[string]any {
	typ := f.typ
	switch typ {
	case "number", "integer", "boolean":
	default:
		typ = "string"
	}
	v := map[string]any{"type": []string{typ, "null"}}
	if len(f.enum) > 0 {
		v["enum"] = append(append([]any{}, f.enum...), nil)
	}
	return v
}

func encode(b *bytes.Buffer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode schema: %w", err)
	}
	b.Write(text)
	return nil
}

// outline lists the fields for a reader: servers that hold a model to a schema
// need not show it.
func (f *field) outline(indent string) []string {
	var all []string
	for _, child := range f.fields {
		all = append(all, child.outlined(indent, child.name)...)
	}
	return all
}

func (f *field) outlined(indent, name string) []string {
	line := fmt.Sprintf("%s- %s (%s)", indent, name, f.sort())
	if f.title != "" && f.title != name {
		line += ": " + f.title
	}
	if f.description != "" {
		line += ": " + f.description
	}
	if f.format != "" {
		line += "; its format is " + f.format
	}
	if f.pattern != nil {
		line += "; it matches " + f.pattern.String()
	}
	if len(f.enum) > 0 {
		if allowed, err := json.Marshal(f.enum); err == nil {
			line += "; one of " + string(allowed)
		}
	}
	all := []string{op.Shown(line)}
	switch f.form {
	case objectForm:
		all = append(all, f.outline(indent+"  ")...)
	case listForm:
		if f.items.form == valueForm {
			return append(all, f.items.outlined(indent+"  ", "each")...)
		}
		all = append(all, f.items.outline(indent+"  ")...)
	case valueForm:
	}
	return all
}

func (f *field) sort() string {
	switch f.form {
	case objectForm:
		return "object"
	case listForm:
		return "list"
	}
	if f.typ == "" {
		return "string"
	}
	return f.typ
}

// question is what is asked about each passage of a document.
type question struct {
	rules  string
	fields []string
	schema json.RawMessage
}

func newQuestion(root *field) (*question, error) {
	var b bytes.Buffer
	if err := root.strict(&b); err != nil {
		return nil, err
	}
	rules, err := op.FillPrompt(templates, "rules.txt", nil)
	return &question{rules: strings.TrimSpace(rules), fields: root.outline(""), schema: b.Bytes()}, err
}

// text is the question about one of several passages, counted from 1.
func (q *question) text(p *passage, part, parts int) (string, error) {
	lines := make([]string, len(p.lines))
	for i := range p.lines {
		lines[i] = fmt.Sprintf("%d| %s", p.first+i, p.lines[i].text)
	}
	return op.FillPrompt(templates, "ask.txt", map[string]any{"Fields": q.fields, "Lines": lines, "Page": p.lastPage(), "Part": part, "Parts": parts})
}
