package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"docket/internal/job"
)

// Bounds of a schema.
const (
	maxSchemaBytes = 256 << 10
	maxNesting     = 100 // of brackets in its text
	maxDepth       = 32  // of fields in fields
	maxFields      = 1000
)

// schemaURL is what messages would call the schema; nothing is loaded from it.
const schemaURL = "schema:///schema.json"

// compileSchema checks a JSON Schema and gives its root as a field, the
// properties in the order of the text. Errors are of code InvalidSchema with
// the facts field, problem and remedy.
func compileSchema(text []byte) (*field, error) {
	if len(text) > maxSchemaBytes {
		return nil, refuse(fmt.Sprintf("it has %d bytes, the limit is %d", len(text), maxSchemaBytes), nil)
	}
	if n := nesting(text); n > maxNesting {
		return nil, refuse(fmt.Sprintf("it is nested more than %d deep", maxNesting), nil)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, refuse("it is not JSON", err)
	}
	object, ok := document.(map[string]any)
	if !ok {
		return nil, refuse("it is not a JSON object", nil)
	}
	if object["type"] != "object" {
		return nil, refuse(`its root has no "type": "object"`, nil)
	}
	if properties, ok := object["properties"].(map[string]any); !ok || len(properties) == 0 {
		return nil, refuse("its root has no properties", nil)
	}
	if _, err := compileDocument(newCompiler(), document); err != nil {
		return nil, err
	}
	w := &walker{root: text, following: map[string]bool{}}
	root, err := w.field("", text, 0)
	if err != nil {
		return nil, err
	}
	return root, nil
}

// nesting is how deep the brackets of a JSON text go.
func nesting(text []byte) int {
	deepest, depth, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// noLoader refuses to load anything.
type noLoader struct{}

// Load implements jsonschema.URLLoader.
func (noLoader) Load(string) (any, error) { return nil, errRemote }

var errRemote = errors.New("references to other documents are not followed")

// newCompiler makes the library's compiler; it loads nothing.
func newCompiler() *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	c.UseRegexpEngine(func(pattern string) (jsonschema.Regexp, error) { return compilePattern(pattern) })
	return c
}

// compileDocument has the library compile a schema, which it refuses if it is
// none.
func compileDocument(c *jsonschema.Compiler, document any) (*jsonschema.Schema, error) {
	if err := c.AddResource(schemaURL, document); err != nil {
		return nil, refuse(explain(err), err)
	}
	schema, err := c.Compile(schemaURL)
	if err != nil {
		return nil, refuse(explain(err), err)
	}
	return schema, nil
}

// explain says in a line what the library found.
func explain(err error) string {
	if errors.Is(err, errRemote) {
		return errRemote.Error()
	}
	if load, ok := errors.AsType[*jsonschema.LoadURLError](err); ok && load.Err != nil && strings.Contains(load.Err.Error(), errRemote.Error()) {
		return errRemote.Error()
	}
	if wrong, ok := errors.AsType[*jsonschema.SchemaValidationError](err); ok {
		if v, ok := errors.AsType[*jsonschema.ValidationError](wrong.Err); ok {
			return deepest(v)
		}
	}
	if wrong, ok := errors.AsType[*jsonschema.InvalidRegexError](err); ok {
		return fmt.Sprintf("the pattern %q is not supported: %v", short(wrong.Regex), wrong.Err)
	}
	return "it is not a valid JSON Schema: " + short(strings.ReplaceAll(err.Error(), schemaURL, ""))
}

// deepest is the first innermost finding: where, and what.
func deepest(v *jsonschema.ValidationError) string {
	for len(v.Causes) > 0 {
		v = v.Causes[0]
	}
	line := short(lastLine(v.Error()))
	return "at /" + strings.Join(v.InstanceLocation, "/") + ": " + strings.TrimPrefix(line, "- ")
}

// lastLine leaves out the heading that names the schema of schemas.
func lastLine(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		s = strings.TrimSpace(s[i+1:])
	}
	if _, what, ok := strings.Cut(s, "': "); ok && strings.HasPrefix(s, "- at '") {
		return what
	}
	return s
}

// short cuts a text that a client has written before it is said back.
func short(s string) string {
	if runes := []rune(s); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return s
}

func refuse(problem string, cause error) error {
	return &job.Error{Code: job.InvalidSchema, Err: cause, Facts: job.Facts{
		"field": "schema", "problem": problem,
		"remedy": `Send a JSON Schema with "type": "object" and "properties"; "$ref" may point inside it.`,
	}}
}

// members are those of a JSON object in the order of its text.
func members(text json.RawMessage) (keys []string, values map[string]json.RawMessage, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, errors.Join(errors.New("not an object"), err)
	}
	values = map[string]json.RawMessage{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, nil, err
		}
		key, ok := t.(string)
		if !ok {
			return nil, nil, errors.New("a name is no string")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, nil, err
		}
		if _, twice := values[key]; !twice {
			keys = append(keys, key)
		}
		values[key] = value
	}
	return keys, values, nil
}
