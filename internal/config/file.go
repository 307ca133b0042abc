package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// fileValue is a value of the file, as a flag would spell it.
type fileValue struct {
	text string
	from string // file and name
}

// readFile reads a TOML file whose keys are the names of settings. The errors
// name everything that is wrong, with the line where the file has an unknown
// key or is no TOML.
func readFile(name string) (map[string]fileValue, []error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, []error{fmt.Errorf("read the configuration file: %w", err)}
	}
	settings := Settings()
	into := reflect.New(fileType(settings))
	decoder := toml.NewDecoder(strings.NewReader(string(b))).DisallowUnknownFields()
	errs := fileErrors(name, decoder.Decode(into.Interface()))
	values := map[string]fileValue{}
	for i, s := range settings {
		v := into.Elem().Field(i).Interface()
		if v == nil {
			continue
		}
		from := name + ": " + s.Name
		text, err := spell(s, v)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", from, err))
			continue
		}
		values[s.Name] = fileValue{text, from}
	}
	return values, errs
}

// fileType is a struct with a field for each setting.
func fileType(settings []Setting) reflect.Type {
	var fields []reflect.StructField
	for i, s := range settings {
		fields = append(fields, reflect.StructField{
			Name: "Setting" + strconv.Itoa(i), Type: reflect.TypeFor[any](), Tag: reflect.StructTag(`toml:"` + s.Name + `"`),
		})
	}
	return reflect.StructOf(fields)
}

// fileErrors says at which lines the file is wrong.
func fileErrors(name string, err error) []error {
	if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		var errs []error
		for _, e := range strict.Errors {
			row, _ := e.Position()
			errs = append(errs, fmt.Errorf("%s:%d: there is no setting %q; docket serve --help lists all", name, row, strings.Join(e.Key(), ".")))
		}
		return errs
	}
	if wrong, ok := errors.AsType[*toml.DecodeError](err); ok {
		row, column := wrong.Position()
		return []error{fmt.Errorf("%s:%d:%d: %s", name, row, column, strings.TrimPrefix(wrong.Error(), "toml: "))}
	}
	if err != nil {
		return []error{fmt.Errorf("%s: %w", name, err)}
	}
	return nil
}

// spell writes a value as a flag would.
func spell(s Setting, v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case []any:
		var items []string
		for _, item := range v {
			text, ok := item.(string)
			if !ok || strings.Contains(text, ",") {
				return "", errors.New("must be a list of texts without commas")
			}
			items = append(items, text)
		}
		if s.List {
			return strings.Join(items, ","), nil
		}
	}
	if s.List {
		return "", errors.New("must be a list of texts")
	}
	return "", errors.New("must be a text or a whole number")
}
