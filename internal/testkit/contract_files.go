package testkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/oasdiff/yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	apispec "docket/api"
)

// file is one OpenAPI file, its schemas compiled. Schemas of OpenAPI 3.1 are
// JSON Schema 2020-12, so the file is a resource of schemas like any other.
type file struct {
	name     string
	compiler *jsonschema.Compiler
	document document
	paths    []path
	unknown  *answer // to a path or a method that is not there
}

// path is one path of a file with what it answers.
type path struct {
	template   string
	segments   []string
	operations map[string]operation // by method
}

// operation has its answers by their status.
type operation map[string]*answer

type answer struct {
	headers map[string]header
	content map[string]*jsonschema.Schema // by media type
}

type header struct {
	required bool
	schema   *jsonschema.Schema
}

// document is what is read of a file.
type document struct {
	Paths      map[string]map[string]json.RawMessage `json:"paths"`
	Components struct {
		Responses map[string]documentResponse `json:"responses"`
		Headers   map[string]documentHeader   `json:"headers"`
	} `json:"components"`
}

type documentResponse struct {
	Ref     string                     `json:"$ref"`
	Headers map[string]documentHeader  `json:"headers"`
	Content map[string]json.RawMessage `json:"content"`
}

type documentHeader struct {
	Ref      string `json:"$ref"`
	Required bool   `json:"required"`
}

func readContract() ([]*file, error) {
	var files []*file
	for _, name := range apispec.Names() {
		source, ok := apispec.File(name)
		if !ok {
			return nil, fmt.Errorf("there is no %s.yaml", name)
		}
		f, err := readFile(name, source)
		if err != nil {
			return nil, fmt.Errorf("read %s.yaml: %w", name, err)
		}
		files = append(files, f)
	}
	return files, nil
}

func readFile(name string, source []byte) (*file, error) {
	b, err := yaml.YAMLToJSON(source)
	if err != nil {
		return nil, err
	}
	f := &file{name: name, compiler: jsonschema.NewCompiler()}
	f.compiler.DefaultDraft(jsonschema.Draft2020)
	f.compiler.AssertFormat()
	if err := json.Unmarshal(b, &f.document); err != nil {
		return nil, err
	}
	resource, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	if err := f.compiler.AddResource(f.url(""), resource); err != nil {
		return nil, err
	}
	for template, item := range f.document.Paths {
		p := path{template, strings.Split(template, "/"), map[string]operation{}}
		for _, method := range methods() {
			raw, ok := item[strings.ToLower(method)]
			if !ok {
				continue
			}
			if p.operations[method], err = f.readOperation("/paths/"+escape(template)+"/"+strings.ToLower(method), raw); err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, template, err)
			}
		}
		f.paths = append(f.paths, p)
	}
	f.unknown, err = f.readAnswer("/components/responses/NotFound", documentResponse{Ref: "#/components/responses/NotFound"})
	return f, err
}

func methods() []string {
	return []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
}

func (f *file) readOperation(at string, raw json.RawMessage) (operation, error) {
	var o struct {
		Responses map[string]documentResponse `json:"responses"`
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, err
	}
	answers := operation{}
	for status, r := range o.Responses {
		a, err := f.readAnswer(at+"/responses/"+status, r)
		if err != nil {
			return nil, fmt.Errorf("answer %s: %w", status, err)
		}
		answers[status] = a
	}
	return answers, nil
}

// readAnswer compiles the schemas of a response that stands at a place.
func (f *file) readAnswer(at string, r documentResponse) (*answer, error) {
	if r.Ref != "" {
		at = strings.TrimPrefix(r.Ref, "#")
		var ok bool
		if r, ok = f.document.Components.Responses[strings.TrimPrefix(at, "/components/responses/")]; !ok {
			return nil, fmt.Errorf("there is no %s", at)
		}
	}
	a := &answer{map[string]header{}, map[string]*jsonschema.Schema{}}
	for name, h := range r.Headers {
		place := at + "/headers/" + escape(name)
		if h.Ref != "" {
			place = strings.TrimPrefix(h.Ref, "#")
			h = f.document.Components.Headers[strings.TrimPrefix(place, "/components/headers/")]
		}
		schema, err := f.compiler.Compile(f.url(place + "/schema"))
		if err != nil {
			return nil, fmt.Errorf("compile the header %s: %w", name, err)
		}
		a.headers[name] = header{h.Required, schema}
	}
	for media := range r.Content {
		schema, err := f.compiler.Compile(f.url(at + "/content/" + escape(media) + "/schema"))
		if err != nil {
			return nil, fmt.Errorf("compile the schema for %s: %w", media, err)
		}
		a.content[media] = schema
	}
	return a, nil
}

// url names a place in the file by a JSON pointer.
func (f *file) url(pointer string) string {
	return "contract:///" + f.name + "#" + strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer)
}

// escape makes a key fit for a JSON pointer.
func escape(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }
