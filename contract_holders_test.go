package docket_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// findHolders finds who says to hold which items: a test by its name and file,
// any other example by its file.
func findHolders(root fs.FS) (map[int][]string, error) {
	holders := map[int][]string{}
	note := func(text, holder string) {
		for _, item := range itemsOf(text) {
			if !slices.Contains(holders[item], holder) {
				holders[item] = append(holders[item], holder)
			}
		}
	}
	files, err := goFiles(root)
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		test := strings.HasSuffix(name, "_test.go") && path.Dir(name) != "." // those here speak of the comments themselves
		if !test && !strings.HasPrefix(name, "examples/") {
			continue
		}
		source, err := fs.ReadFile(root, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if err := noteGo(name, source, note); err != nil {
			return nil, err
		}
	}
	err = fs.WalkDir(root, "examples", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".py", ".sh", ".js", ".ts"}, path.Ext(name)) {
			return err
		}
		source, err := fs.ReadFile(root, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		note(string(source), "`"+name+"`")
		return nil
	})
	for _, list := range holders {
		slices.Sort(list)
	}
	return holders, err
}

// noteGo reads the comments of one Go file: each counts for the function that
// it stands in or before.
func noteGo(name string, source []byte, note func(text, holder string)) error {
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parse %s: %w", name, err)
	}
	for _, group := range file.Comments {
		holder := "`" + name + "`"
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if ok && (f.Doc == group || f.Pos() <= group.Pos() && group.End() <= f.End()) {
				holder = fmt.Sprintf("%#q in %#q", f.Name.Name, name)
			}
		}
		note(group.Text(), holder)
	}
	return nil
}

// itemsOf lists the items of part H that a text names after the word contract:
// "contract H30, J4, H31–H35".
func itemsOf(text string) []int {
	var items []int
	for _, m := range regexp.MustCompile(`\bcontract\s+([A-J]\d*(?:[–-][A-J]?\d+)?(?:,\s+[A-J]\d*(?:[–-][A-J]?\d+)?)*)`).FindAllStringSubmatch(text, -1) {
		for _, r := range regexp.MustCompile(`H(\d+)(?:[–-]H?(\d+))?`).FindAllStringSubmatch(m[1], -1) {
			first, last := number(r[1]), number(r[1])
			if r[2] != "" {
				last = number(r[2])
			}
			for item := first; item <= last; item++ {
				items = append(items, item)
			}
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(items)))
}

// number reads digits that a pattern has found; too many of them are no item.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n > 1000 {
		return 1000
	}
	return n
}
