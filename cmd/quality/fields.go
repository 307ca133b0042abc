package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"docket/internal/job"
	"docket/internal/op/extract"
)

// sure is the score from which on a value should hardly ever be wrong.
const sure = 0.9

// notPrinted are properties of the expected values that stand on no paper: the
// corpus has made them up from its own templates.
var notPrinted = map[string]bool{"desc": true, "narration": true, "note": true, "line_note": true}

// fields scores what is extracted from papers whose values are known.
func (s *scorer) fields() error {
	var single, cells, certain count
	for _, path := range s.files("invoices", ".pdf") {
		wanted, err := readWanted(strings.TrimSuffix(path, ".pdf") + ".json")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		got, err := s.extract(path, wanted)
		if err != nil {
			s.note(path, err.Error())
		}
		one := scoreFields(wanted, got, &certain, func(name string, want any, v value) {
			s.note(path, fmt.Sprintf("%-18s %-28v got %q at %.2f", name, want, v.text, v.score))
		})
		rows := scoreLines(wanted, got, &certain)
		s.note(path, fmt.Sprintf("fields %d of %d, cells of lines %d of %d", one.hits, one.want, rows.hits, rows.want))
		single.join(one)
		cells.join(rows)
	}
	of := func(c count) string { return fmt.Sprintf("%d of %d", c.hits, c.want) }
	s.rows = append(s.rows,
		row{"fields of invoices right", fmt.Sprintf("%.3f", single.recall()), ">= 0.70", of(single)},
		row{"cells of their lines right", fmt.Sprintf("%.3f", cells.recall()), "", of(cells)},
		row{"fields and cells right of those with a score >= 0.9", fmt.Sprintf("%.3f", certain.precision()), ">= 0.95", fmt.Sprintf("%d of %d", certain.hits, certain.got)})
	return nil
}

func (c *count) join(o count) { c.hits, c.got, c.want = c.hits+o.hits, c.got+o.got, c.want+o.want }

// value is what was extracted for a field.
type value struct {
	text  string
	score float64
}

// readWanted reads the expected values of one paper.
func readWanted(path string) (map[string]any, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []map[string]any
	if err := json.Unmarshal(b, &all); err != nil || len(all) != 1 {
		return nil, errors.Join(fmt.Errorf("read %s: it is no list of one object", filepath.Base(path)), err)
	}
	return without(all[0]), nil
}

func without(object map[string]any) map[string]any {
	maps.DeleteFunc(object, func(name string, _ any) bool { return notPrinted[name] })
	for _, item := range itemsOf(object) {
		without(item)
	}
	return object
}

// itemsOf are the lines of a paper.
func itemsOf(object map[string]any) []map[string]any {
	lines, _ := object["lines"].([]any)
	var all []map[string]any
	for _, l := range lines {
		if item, ok := l.(map[string]any); ok && len(item) > 0 {
			all = append(all, item)
		}
	}
	return all
}

// schemaOf asks for the names and types of the expected values.
func schemaOf(object map[string]any) map[string]any {
	return map[string]any{"type": "object", "properties": propertiesOf(object)}
}

func propertiesOf(object map[string]any) map[string]any {
	properties := map[string]any{}
	for name, v := range object {
		switch v.(type) {
		case float64:
			properties[name] = map[string]any{"type": "number"}
		case []any:
			columns := map[string]any{}
			for _, item := range itemsOf(object) {
				maps.Copy(columns, propertiesOf(item))
			}
			properties[name] = map[string]any{"type": "array", "items": map[string]any{"type": "object", "properties": columns}}
		default:
			property := map[string]any{"type": "string"}
			if strings.HasPrefix(name, "date") {
				property["format"] = "date"
			}
			properties[name] = property
		}
	}
	return properties
}

// extract gives the values of a paper by their paths, such as lines[0].name.
func (s *scorer) extract(path string, wanted map[string]any) (map[string]value, error) {
	parameters, err := json.Marshal(map[string]any{"schema": schemaOf(wanted)})
	if err != nil {
		return nil, fmt.Errorf("encode the schema: %w", err)
	}
	out, err := s.operate(extract.New(s.pool, nil), path, parameters, job.FormatJSON)
	if err != nil {
		return nil, err
	}
	var result struct {
		Data map[string]any `json:"data"`
	}
	if err := json.Unmarshal(out, &result); err != nil {
		return nil, fmt.Errorf("read the values of %s: %w", filepath.Base(path), err)
	}
	all := map[string]value{}
	for name, v := range result.Data {
		leaves(name, v, all)
	}
	return all, nil
}

// leaves gathers the values of a result that are not null.
func leaves(path string, v any, all map[string]value) {
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			leaves(fmt.Sprintf("%s[%d]", path, i), item, all)
		}
	case map[string]any:
		score, isLeaf := v["score"].(float64)
		switch {
		case isLeaf && v["value"] != nil:
			all[path] = value{fmt.Sprint(v["value"]), score}
		case !isLeaf:
			for name, member := range v {
				leaves(path+"."+name, member, all)
			}
		}
	}
}

func scoreFields(wanted map[string]any, got map[string]value, certain *count, wrong func(name string, want any, v value)) count {
	var c count
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		want := wanted[name]
		if _, isList := want.([]any); isList {
			continue
		}
		c.want++
		v, found := got[name]
		right := found && v.is(want)
		if right {
			c.hits++
		} else {
			wrong(name, want, v)
		}
		certain.judge(v, right)
	}
	return c
}

// judge counts a value that is meant to be sure.
func (c *count) judge(v value, right bool) {
	if v.score < sure {
		return
	}
	c.got++
	if right {
		c.hits++
	}
}

// scoreLines compares cells. A line is held against the one that was found
// with most of its cells, each at most once.
func scoreLines(wanted map[string]any, got map[string]value, certain *count) count {
	var c count
	used := map[int]bool{}
	for _, item := range itemsOf(wanted) {
		c.want += len(item)
		best, most := -1, 0
		for n := 0; ; n++ {
			hits, filled := 0, false
			for name, want := range item {
				v, ok := got[fmt.Sprintf("lines[%d].%s", n, name)]
				filled = filled || ok
				if ok && v.is(want) {
					hits++
				}
			}
			if !filled {
				break
			}
			if hits > most && !used[n] {
				best, most = n, hits
			}
		}
		if best < 0 {
			continue
		}
		used[best] = true
		c.hits += most
		for name, want := range item {
			v := got[fmt.Sprintf("lines[%d].%s", best, name)]
			certain.judge(v, v.is(want))
		}
	}
	return c
}

// is says whether a value is the expected one: the same number, or the same
// letters and digits.
func (v value) is(want any) bool {
	text := fmt.Sprint(want)
	a, err1 := strconv.ParseFloat(strings.ReplaceAll(v.text, ",", "."), 64)
	b, err2 := strconv.ParseFloat(text, 64)
	if err1 == nil && err2 == nil {
		return a == b
	}
	return v.text != "" && squeeze(v.text) == squeeze(text)
}
