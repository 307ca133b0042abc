package extract

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"docket/internal/job"
	"docket/internal/op/optest"
)

// outline writes a field as "name:type", objects in braces, lists in brackets,
// required ones with a star.
func outline(f *field) string {
	name := f.name
	if f.required {
		name += "*"
	}
	switch f.form {
	case objectForm:
		var inside []string
		for _, child := range f.fields {
			inside = append(inside, outline(child))
		}
		return name + "{" + strings.Join(inside, " ") + "}"
	case listForm:
		return name + "[" + outline(f.items) + "]"
	}
	return name + ":" + f.typ
}

func TestCompileSchema(t *testing.T) {
	tests := map[string]struct{ schema, want string }{
		"order":      {`{"type":"object","properties":{"z":{"type":"string"},"a":{"type":"number"},"m":{"type":"boolean"}},"required":["a"]}`, "{z:string a*:number m:boolean}"},
		"nested":     {`{"type":"object","properties":{"seller":{"type":"object","required":["name"],"properties":{"name":{"type":"string"}}}}}`, "{seller{name*:string}}"},
		"lists":      {`{"type":"object","properties":{"a":{"type":"array","items":{"type":"integer"}},"b":{"type":"array","items":{"type":"object","properties":{"c":{}}}},"d":{"type":"array"}}}`, "{a[:integer] b[{c:string}] d[:string]}"},
		"references": {`{"type":"object","$defs":{"money":{"type":"number"},"all~x/y":{"$ref":"#/$defs/money"}},"properties":{"a":{"$ref":"#/$defs/money"},"b":{"$ref":"#/$defs/all~0x~1y"}}}`, "{a:number b:number}"},
		"optional":   {`{"type":"object","properties":{"a":{"anyOf":[{"type":"null"},{"type":"integer"}]},"b":{"type":["null","number"]},"c":{"oneOf":[{"type":"string"}]}}}`, "{a:integer b:number c:string}"},
		"draft 7":    {`{"$schema":"http://json-schema.org/draft-07/schema#","$id":"https://example.com/x.json","type":"object","definitions":{"d":{"type":"string"}},"properties":{"a":{"$ref":"#/definitions/d"}}}`, "{a:string}"},
		"no types":   {`{"type":"object","properties":{"a":{"properties":{"b":true}},"c":{"items":{"type":"string"}}}}`, "{a{b:string} c[:string]}"},
	}
	for name, test := range tests {
		f, err := compileSchema([]byte(test.schema))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := outline(f); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestCompileSchemaRefuses(t *testing.T) {
	deep := strings.Repeat(`{"type":"object","properties":{"a":`, 40) + `{"type":"string"}` + strings.Repeat(`}}`, 40)
	var many strings.Builder
	for i := range 1001 {
		fmt.Fprintf(&many, `,"p%d":{"type":"string"}`, i)
	}
	// Each level has the one below twice.
	var bomb strings.Builder
	for i := range 12 {
		fmt.Fprintf(&bomb, `"d%d":{"type":"object","properties":{"a":{"$ref":"#/$defs/d%d"},"b":{"$ref":"#/$defs/d%d"}}},`, i, i+1, i+1)
	}
	tests := map[string]struct{ schema, problem string }{
		"empty":           {``, "not JSON"},
		"malformed":       {`{"type":`, "not JSON"},
		"array":           {`[]`, "not a JSON object"},
		"text":            {`"{}"`, "not a JSON object"},
		"no type":         {`{"properties":{"a":{}}}`, `no "type": "object"`},
		"root array":      {`{"type":"array","items":{}}`, `no "type": "object"`},
		"no properties":   {`{"type":"object"}`, "no properties"},
		"none":            {`{"type":"object","properties":{}}`, "no properties"},
		"properties list": {`{"type":"object","properties":["a"]}`, "no properties"},
		"wrong type":      {`{"type":"object","properties":{"a":{"type":"strin"}}}`, "at /properties/a/type"},
		"wrong keyword":   {`{"type":"object","properties":{"a":{"minLength":"x"}}}`, "at /properties/a/minLength"},
		"remote":          {`{"type":"object","properties":{"a":{"$ref":"https://example.com/a.json"}}}`, "other documents are not followed"},
		"file":            {`{"type":"object","properties":{"a":{"$ref":"file:///etc/passwd"}}}`, "other documents are not followed"},
		"meta":            {`{"$schema":"https://example.com/schema","type":"object","properties":{"a":{}}}`, "other documents are not followed"},
		"dangling":        {`{"type":"object","properties":{"a":{"$ref":"#/$defs/none"}}}`, ""},
		"cycle":           {`{"type":"object","$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}}}},"properties":{"a":{"$ref":"#/$defs/n"}}}`, "leads back to itself"},
		"root cycle":      {`{"type":"object","properties":{"a":{"$ref":"#"}}}`, "leads back to itself"},
		"anchor":          {`{"type":"object","$defs":{"b":{"$anchor":"b"}},"properties":{"a":{"$ref":"#b"}}}`, "does not begin with #/"},
		"looking around":  {`{"type":"object","properties":{"a":{"type":"string","pattern":"^(?=x)"}}}`, "pattern"},
		"large pattern":   {`{"type":"object","properties":{"a":{"type":"string","pattern":"` + strings.Repeat("a{1000}", 6) + `"}}}`, "pattern"},
		"deep":            {deep, "deep"},
		"brackets":        {strings.Repeat("[", 200000), "nested more than 100 deep"},
		"many":            {`{"type":"object","properties":{"p":{}` + many.String() + `}}`, "more than 1000 properties"},
		"bomb":            {`{"type":"object","$defs":{` + bomb.String() + `"d12":{"type":"string"}},"properties":{"a":{"$ref":"#/$defs/d0"}}}`, "more than 1000 properties"},
		"large":           {`{"type":"object","properties":{"a":{"description":"` + strings.Repeat("x", maxSchemaBytes) + `"}}}`, "the limit is 262144"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := compileSchema([]byte(test.schema))
			e, ok := errors.AsType[*job.Error](err)
			if !ok || e.Code != job.InvalidSchema {
				t.Fatalf("error %v", err)
			}
			problem := e.Facts["problem"].(string)
			if !strings.Contains(problem, test.problem) || problem == "" || len(problem) > 500 || strings.Contains(problem, "schema.json") || e.Facts["field"] != "schema" || e.Facts["remedy"] == "" {
				t.Errorf("facts %v", e.Facts)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	const schema = `{"type":"object","properties":{"z":{"type":"string"},"a":{}}}`
	optest.Accepts(t, New(nil, nil), map[string]string{
		`{"schema": ` + schema + `}`: `{"schema":` + schema + `,"method":"heuristic"}`,
		`{"schema":` + schema + `,"enable_citations":true,"confidence_threshold":0.9,"password":"x","method":"heuristic","model":"gamma"}`: `{"schema":` + schema + `,"enable_citations":true,"confidence_threshold":0.9,"password":"x","method":"heuristic","model":"gamma"}`,
		`{"schema":` + schema + `,"confidence_threshold":0}`:                                                                               `{"schema":` + schema + `,"confidence_threshold":0,"method":"heuristic"}`,
	})
	tests := map[string]struct {
		code  job.Code
		field string
	}{
		``:                {job.InvalidSchema, "schema"},
		`{}`:              {job.InvalidSchema, "schema"},
		`{"schema":null}`: {job.InvalidSchema, "schema"},
		`{"schema":"{}"}`: {job.InvalidSchema, "schema"},
		`{"schema":` + schema + `,"citations":true}`:          {job.InvalidRequest, "parameters.citations"},
		`{"schema":` + schema + `,"model":"omega"}`:           {job.InvalidRequest, "model"},
		`{"schema":` + schema + `,"method":"model"}`:          {job.InvalidRequest, "method"},
		`{"schema":` + schema + `,"method":"magic"}`:          {job.InvalidRequest, "method"},
		`{"schema":` + schema + `,"confidence_threshold":90}`: {job.InvalidRequest, "confidence_threshold"},
		`1`: {job.InvalidRequest, "parameters"},
	}
	for parameters, test := range tests {
		got, err := New(nil, nil).Check(json.RawMessage(parameters))
		e, ok := errors.AsType[*job.Error](err)
		if !ok || e.Code != test.code || e.Facts["field"] != test.field {
			t.Errorf("%s: %s, %v", parameters, got, err)
		}
	}
}

func FuzzCompileSchema(f *testing.F) {
	for _, seed := range []string{
		`{"type":"object","properties":{"a":{"type":"string"}}}`,
		`{"type":"object","properties":{"a":{"$ref":"#/$defs/b"}},"$defs":{"b":{"anyOf":[{"type":"null"},{"type":"array","items":{"type":"integer"}}]}}}`,
		`{"type":"object","properties":{"a":{"$ref":"#/properties/a"}}}`,
		`{"type":"object","properties":{"a":{"pattern":"(a|b)*","enum":[1,"x",null]}}}`,
		`{"$id":"x:y","type":"object","properties":{"a":true}}`, `[`, `{}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		root, err := compileSchema(text)
		if err != nil {
			if job.CodeOf(err) != job.InvalidSchema {
				t.Fatalf("error %v", err)
			}
			return
		}
		root.prepare()
		if n := newSlot(root).result(); n.lowest() != 0 {
			t.Fatalf("%+v from nothing", n)
		}
	})
}
