package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/oasdiff/yaml"
)

// TestFields: in a table whose first column is headed field or parameter, every
// name there is one of the contract's.
func TestFields(t *testing.T) {
	known := contractNames(t)
	for _, word := range []string{"job_id", "webhook_url", "next_page"} {
		if known[word] != (word != "next_page") {
			t.Fatalf("%s: %v", word, known[word])
		}
	}
	checked := 0
	for _, d := range documents(t) {
		for _, cell := range fieldCells(d) {
			for _, name := range cell.names {
				checked++
				if !known[name] {
					t.Errorf("%s:%d: %s is in none of api/*.yaml", d.path, cell.line, name)
				}
			}
		}
	}
	if checked < 30 {
		t.Errorf("found %d names in tables", checked)
	}
}

// contractNames are the properties, parameters and headers of all OpenAPI
// files.
func contractNames(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "api", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d OpenAPI files: %v", len(files), err)
	}
	names := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if _, err := yaml.Unmarshal(text, &v, yaml.DecodeOpts{}); err != nil {
			t.Fatalf("read %s: %v", file, err)
		}
		gather(v, names)
	}
	return names
}

func gather(v any, names map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		if _, isParameter := v["in"].(string); isParameter {
			if name, ok := v["name"].(string); ok {
				names[name] = true
			}
		}
		properties, _ := v["properties"].(map[string]any)
		for name := range properties {
			names[name] = true
		}
		for _, below := range v {
			gather(below, names)
		}
	case []any:
		for _, below := range v {
			gather(below, names)
		}
	}
}

type fieldCell struct {
	line  int
	names []string
}

// fieldCells are the first cells of the rows of such tables.
func fieldCells(d document) []fieldCell {
	code := regexp.MustCompile("`([^`]+)`")
	var cells []fieldCell
	inside := false
	for n, line := range d.prose {
		row, isRow := strings.CutPrefix(strings.TrimSpace(line), "|")
		first, _, _ := strings.Cut(row, "|")
		first = strings.TrimSpace(first)
		switch {
		case !isRow:
			inside = false
		case !inside:
			inside = slices.Contains([]string{"field", "parameter"}, first)
		case strings.Trim(first, "-: ") != "":
			cell := fieldCell{line: n + 1}
			for _, m := range code.FindAllStringSubmatch(first, -1) {
				// a.b[].c names three fields
				cell.names = append(cell.names, strings.FieldsFunc(m[1], func(r rune) bool { return r == '.' || r == '[' || r == ']' })...)
			}
			cells = append(cells, cell)
		}
	}
	return cells
}
