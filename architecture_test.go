// Package docket_test holds the tests of the tree itself: who imports whom,
// and what no file may contain.
package docket_test

import (
	"bytes"
	"os"
	"testing"
)

// allowedImports says for every package under internal/ which other packages
// under internal/ it may import. The folders below document/ and op/ share the
// line of their parent. docs/ARCHITECTURE.md has the reasons.
var allowedImports = map[string][]string{
	"job":       {},
	"account":   {},
	"config":    {},
	"document":  {"job"},
	"model":     {"job", "safehttp", "trace"},
	"safehttp":  {"job"},
	"trace":     {"job"},
	"sandbox":   {"job", "document", "trace"},
	"op":        {"job", "document", "sandbox", "model", "safehttp"},
	"store":     {"job", "account"},
	"blob":      {"job", "store"},
	"event":     {"job", "store"},
	"service":   {"job", "account", "op", "store", "blob", "event", "trace"},
	"worker":    {"job", "op", "blob", "event", "service", "safehttp", "trace"},
	"notify":    {"job", "event", "service", "safehttp", "trace"},
	"api":       {"job", "account", "event", "service", "trace"},
	"cli":       {},
	"dashboard": {},
	"app":       {everything},
	"testkit":   {"store", "job"},
}

// forbiddenNames are names that say nothing about what a package is for.
var forbiddenNames = []string{"util", "common", "models", "types", "helpers", "pkg", "mock"}

const (
	maxLines     = 500 // of a file that is not generated
	maxPageLines = 300 // of a source of the dashboard
	maxMainLines = 30  // of cmd/docket/main.go
)

// TestImports lists the module for both families of systems we build for, so
// that a file with a build constraint is checked too.
func TestImports(t *testing.T) {
	for _, goos := range []string{"linux", "darwin"} {
		t.Run(goos, func(t *testing.T) {
			pkgs, err := listPackages(t.Context(), goos)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range pkgs {
				for _, problem := range checkImports(p) {
					t.Error(problem)
				}
			}
		})
	}
}

func TestSources(t *testing.T) {
	files, err := goFiles(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("found no Go files")
	}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range checkSource(name, src) {
			t.Error(problem)
		}
	}
}

// TestDashboardSources: what the dashboard is made of is small too. Its build
// is generated, and checked against these.
func TestDashboardSources(t *testing.T) {
	files, err := webFiles(os.DirFS("web"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("found no sources of the dashboard")
	}
	for _, name := range files {
		src, err := os.ReadFile("web/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(src, []byte("\n")); lines > maxPageLines {
			t.Errorf("web/%s has %d lines, at most %d are allowed", name, lines, maxPageLines)
		}
	}
}
