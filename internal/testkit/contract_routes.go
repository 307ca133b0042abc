package testkit

import (
	"slices"
	"strings"
)

// Route is one operation of the OpenAPI files.
type Route struct {
	Method string // in capitals
	Path   string // with names in braces: /jobs/{id}
	File   string // that describes it: "jobs.yaml"
}

// Routes lists every operation of the OpenAPI files, sorted by path and
// method. Errors are of files that cannot be read.
func Routes() ([]Route, error) {
	files, err := contractFiles()
	if err != nil {
		return nil, err
	}
	var routes []Route
	for _, f := range files {
		for _, p := range f.paths {
			for method := range p.operations {
				routes = append(routes, Route{method, p.template, f.name + ".yaml"})
			}
		}
	}
	slices.SortFunc(routes, func(a, b Route) int {
		return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
	})
	return routes, nil
}
