package docket_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

const (
	modulePath = "docket"
	everything = "*"
)

// listed is what we read of a package in the output of go list -json.
type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Error        *struct{ Err string }
}

// listPackages returns the packages of this module as goos sees them. A
// package that does not load is returned with its Error set.
func listPackages(ctx context.Context, goos string) ([]listed, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports,Error", "./...")
	cmd.Env = append(os.Environ(), "GOOS="+goos)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list packages for %s: %w\n%s", goos, err, stderr.Bytes())
	}
	var pkgs []listed
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p listed
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return pkgs, nil
		case err != nil:
			return nil, fmt.Errorf("decode package list: %w", err)
		}
		// Some npm packages carry Go files.
		if !strings.Contains(p.ImportPath, "/node_modules/") {
			pkgs = append(pkgs, p)
		}
	}
}

// checkImports returns one sentence for each way in which p breaks the map.
func checkImports(p listed) []string {
	var problems []string
	if p.Error != nil {
		problems = append(problems, fmt.Sprintf("%s does not load: %s", p.ImportPath, p.Error.Err))
	}
	if in, ok := internalPath(p.ImportPath); ok && !known(in) {
		return append(problems, p.ImportPath+" is not in allowedImports")
	}
	for _, imported := range ours(p.Imports) {
		if !mayImport(p.ImportPath, imported) {
			problems = append(problems, fmt.Sprintf("%s may not import %s", p.ImportPath, imported))
		}
	}
	for _, imported := range ours(p.TestImports, p.XTestImports) {
		if in, ok := internalPath(imported); ok && in == "testkit" {
			continue
		}
		if !testMayImport(p.ImportPath, imported) {
			problems = append(problems, fmt.Sprintf("the tests of %s may not import %s", p.ImportPath, imported))
		}
	}
	return problems
}

// mayImport decides one import between two packages of this module.
func mayImport(from, to string) bool {
	if from == to {
		return true // an external test of its own package
	}
	target, toInternal := internalPath(to)
	if toInternal && target == "testkit" {
		return false
	}
	source, fromInternal := internalPath(from)
	switch {
	case from == modulePath+"/cmd/docket":
		return toInternal && target == "app"
	case strings.HasPrefix(from, modulePath+"/cmd/"), fromInternal && slices.Contains(allowedImports[group(source)], everything):
		return true
	case to == modulePath+"/api":
		// The contract in writing, which the API serves and tests check by.
		return fromInternal && (source == "api" || source == "testkit")
	case !toInternal:
		// The public client has nothing of ours below it and is for those
		// outside; commands, the command line and examples show its use. The
		// shapes that it reads are a package of their own, made from the contract.
		return to == modulePath+"/client" && (!fromInternal || source == "cli") || from == modulePath+"/client" && to == from+"/wire"
	case !fromInternal:
		return false
	case group(source) == group(target):
		// A format or an operation knows its parent and not its siblings.
		return strings.HasPrefix(source, target+"/") || strings.HasPrefix(target, source+"/")
	}
	return slices.Contains(allowedImports[group(source)], group(target))
}

// testMayImport lets a test wire up whatever its package stands on, directly
// or not.
func testMayImport(from, to string) bool {
	if mayImport(from, to) {
		return true
	}
	if from == modulePath+"/deploy" {
		// What is deployed names settings.
		return to == modulePath+"/internal/config"
	}
	source, ok := internalPath(from)
	target, toInternal := internalPath(to)
	if !ok || !toInternal {
		return false
	}
	below, seen := []string{group(source)}, map[string]bool{}
	for len(below) > 0 {
		name := below[0]
		below = below[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		below = append(below, allowedImports[name]...)
	}
	return seen[group(target)]
}

// internalPath returns the path of a package below internal/, and false for a
// package outside it. The folder internal/ itself has the empty path.
func internalPath(importPath string) (string, bool) {
	if importPath == modulePath+"/internal" {
		return "", true
	}
	return strings.CutPrefix(importPath, modulePath+"/internal/")
}

// group returns the name under which a package stands in allowedImports.
func group(internal string) string {
	top, _, _ := strings.Cut(internal, "/")
	if top == "document" || top == "op" {
		return top
	}
	return internal
}

func known(internal string) bool {
	_, ok := allowedImports[group(internal)]
	return ok
}

// ours returns the imports that belong to this module, sorted, each once.
func ours(lists ...[]string) []string {
	all := slices.DeleteFunc(slices.Concat(lists...), func(path string) bool {
		return path != modulePath && !strings.HasPrefix(path, modulePath+"/")
	})
	slices.Sort(all)
	return slices.Compact(all)
}
