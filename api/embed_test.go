package apispec_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	apispec "docket/api"
)

// Every file is OpenAPI 3.1, and its examples are what its schemas say.
func TestFiles(t *testing.T) {
	for _, name := range apispec.Names() {
		t.Run(name, func(t *testing.T) {
			b, ok := apispec.File(name)
			if !ok {
				t.Fatal("no file")
			}
			doc, err := openapi3.NewLoader().LoadFromData(b)
			if err != nil {
				t.Fatal(err)
			}
			if doc.OpenAPI != "3.1.0" {
				t.Errorf("openapi: %s", doc.OpenAPI)
			}
			if err := doc.Validate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	for _, name := range []string{"", "other", "../api/jobs", "jobs.yaml", "swagger/index"} {
		if _, ok := apispec.File(name); ok {
			t.Errorf("there is a file %q", name)
		}
	}
}

// An operation is called by one name in all generated clients.
func TestOperationIDs(t *testing.T) {
	seen := map[string]string{}
	for _, name := range apispec.Names() {
		b, _ := apispec.File(name)
		for _, m := range regexp.MustCompile(`(?m)^      operationId: (\w+)$`).FindAllSubmatch(b, -1) {
			id := string(m[1])
			if other, ok := seen[id]; ok {
				t.Errorf("%s is in %s and in %s", id, other, name)
			}
			seen[id] = name
		}
	}
	if len(seen) < 30 {
		t.Errorf("found %d operations only", len(seen))
	}
}

// The page is made of files that are there, says nothing that its policy
// forbids, and asks nobody else.
func TestDocs(t *testing.T) {
	page, kind, ok := apispec.Docs("")
	if !ok || kind != "text/html; charset=utf-8" {
		t.Fatalf("the page is of type %q, %v", kind, ok)
	}
	types := map[string]string{"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "png": "image/png"}
	parts := regexp.MustCompile(`(?:src|href)="([^"?]+)"`).FindAllStringSubmatch(string(page), -1)
	for _, part := range parts {
		if file, ok := strings.CutPrefix(part[1], "openapi/"); ok {
			if _, ok := apispec.File(strings.TrimSuffix(file, ".yaml")); !ok {
				t.Errorf("no %s", part[1])
			}
			continue
		}
		name, ok := strings.CutPrefix(part[1], "docs/")
		if !ok {
			t.Errorf("%s is not below /docs", part[1])
		}
		body, kind, ok := apispec.Docs(name)
		if want := types[name[strings.LastIndex(name, ".")+1:]]; !ok || len(body) == 0 || kind != want {
			t.Errorf("%s is of type %q, want %q", name, kind, want)
		}
	}
	if len(parts) < 5 {
		t.Errorf("the page has %d parts only", len(parts))
	}
	if inline := regexp.MustCompile(`<script>|<style>| style=| on[a-z]+=`).Find(page); inline != nil {
		t.Errorf("the page has %q in it", inline)
	}
	for _, name := range []string{"nothing.js", "../jobs.yaml", "/index.html", "."} {
		if _, _, ok := apispec.Docs(name); ok {
			t.Errorf("there is a part %q", name)
		}
	}
	for _, name := range []string{"LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt"} {
		if _, kind, ok := apispec.Docs(name); !ok || kind != "text/plain; charset=utf-8" {
			t.Errorf("%s is of type %q, %v", name, kind, ok)
		}
	}
}
