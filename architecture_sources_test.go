package docket_test

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// goFiles returns the slash paths of all Go files of this module, whatever
// their build constraints. It skips what the go tool skips, nested modules,
// and installed npm packages.
func goFiles(root fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			if strings.HasSuffix(name, ".go") {
				files = append(files, name)
			}
			return nil
		}
		if name == "." {
			return nil
		}
		base := d.Name()
		if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules" {
			return fs.SkipDir
		}
		switch _, err := fs.Stat(root, path.Join(name, "go.mod")); {
		case err == nil:
			return fs.SkipDir
		case errors.Is(err, fs.ErrNotExist):
			return nil
		default:
			return err
		}
	})
	if err != nil {
		return nil, fmt.Errorf("find Go files: %w", err)
	}
	return files, nil
}

// webFiles returns the slash paths of the sources of the dashboard and of its
// tests, without what is installed or generated.
func webFiles(root fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "generated"):
			return fs.SkipDir
		case slices.Contains([]string{".ts", ".tsx", ".css", ".mjs"}, path.Ext(name)):
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find the sources of the dashboard: %w", err)
	}
	return files, nil
}

// checkSource returns one sentence for each rule that the file breaks; name is
// its slash path from the root of the module.
func checkSource(name string, src []byte) []string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return []string{"parse: " + err.Error()}
	}
	problems := checkNames(name, file.Name.Name)
	lines := bytes.Count(src, []byte("\n"))
	if len(src) > 0 && src[len(src)-1] != '\n' {
		lines++
	}
	if name == "cmd/docket/main.go" && lines > maxMainLines {
		problems = append(problems, fmt.Sprintf("%s has %d lines, at most %d are allowed", name, lines, maxMainLines))
	}
	if ast.IsGenerated(file) {
		return problems
	}
	if lines > maxLines {
		problems = append(problems, fmt.Sprintf("%s has %d lines, at most %d are allowed", name, lines, maxLines))
	}
	report := func(pos token.Pos, format string, args ...any) {
		problems = append(problems, fmt.Sprintf("%s: ", fset.Position(pos))+fmt.Sprintf(format, args...))
	}
	checkDeclarations(file, report)
	if strings.HasSuffix(name, "_test.go") {
		checkSleep(file, report)
	}
	return problems
}

// reporter notes a problem at a place in the file being checked.
type reporter func(pos token.Pos, format string, args ...any)

// checkNames refuses the empty names, both as package and as folder.
func checkNames(name, pkg string) []string {
	pkg = strings.TrimSuffix(pkg, "_test")
	for _, element := range append(strings.Split(path.Dir(name), "/"), pkg) {
		if slices.Contains(forbiddenNames, element) {
			return []string{fmt.Sprintf("%s: a package is called %s", name, element)}
		}
	}
	return nil
}
