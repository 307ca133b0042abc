package docket_test

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

func checkDeclarations(file *ast.File, report reporter) {
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil && decl.Name.Name == "init" {
				report(decl.Pos(), "func init")
			}
		case *ast.GenDecl:
			if decl.Tok == token.VAR {
				checkVars(file, decl, report)
			}
		}
	}
}

func checkVars(file *ast.File, decl *ast.GenDecl, report reporter) {
	for _, spec := range decl.Specs {
		spec := spec.(*ast.ValueSpec) //nolint:errcheck // a var declaration has no other
		if embeds(spec.Doc) || !decl.Lparen.IsValid() && embeds(decl.Doc) {
			continue
		}
		for i, name := range spec.Names {
			asserts := name.Name == "_" && spec.Type != nil
			if asserts || len(spec.Values) == len(spec.Names) && constant(file, spec.Values[i]) {
				continue
			}
			report(name.Pos(), "package-level variable %s", name.Name)
		}
	}
}

// embeds reports whether a go:embed directive precedes the declaration: the
// language wants a package-level variable there.
func embeds(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool {
		return strings.HasPrefix(c.Text, "//go:embed ")
	})
}

// constant reports whether the value is one that Go has no constants for: an
// error sentinel, a filled table, a compiled pattern or template, or what a
// function finds once and for all. An empty map or slice is a place to keep
// state and no table.
func constant(file *ast.File, value ast.Expr) bool {
	switch value := value.(type) {
	case *ast.CompositeLit:
		switch value.Type.(type) {
		case *ast.MapType, *ast.ArrayType:
			return len(value.Elts) > 0
		}
	case *ast.CallExpr:
		return calls(file, value.Fun, "errors", "New") ||
			calls(file, value.Fun, "regexp", "MustCompile") ||
			calls(file, value.Fun, "sync", "OnceValue") ||
			calls(file, value.Fun, "sync", "OnceValues") ||
			calls(file, value.Fun, "text/template", "Must") ||
			calls(file, value.Fun, "html/template", "Must")
	}
	return false
}

func checkSleep(file *ast.File, report reporter) {
	ast.Inspect(file, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && calls(file, e, "time", "Sleep") {
			report(e.Pos(), "time.Sleep in a test")
		}
		return true
	})
}

// calls reports whether the expression names a function of a package that the
// file imports, under whatever name.
func calls(file *ast.File, fun ast.Expr, importPath, function string) bool {
	switch fun := fun.(type) {
	case *ast.SelectorExpr:
		x, ok := fun.X.(*ast.Ident)
		return ok && fun.Sel.Name == function && x.Name == localName(file, importPath)
	case *ast.Ident:
		return fun.Name == function && localName(file, importPath) == "."
	}
	return false
}

// localName returns the name by which the file knows an import, empty when it
// does not import it.
func localName(file *ast.File, importPath string) string {
	for _, spec := range file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err != nil || p != importPath {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path.Base(importPath)
	}
	return ""
}
