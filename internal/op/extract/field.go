package extract

import (
	"fmt"
	"regexp"
	"regexp/syntax"
)

// field is one property of the schema, or the items of a list.
type field struct {
	name        string
	title       string
	description string
	required    bool

	form    form
	fields  []*field // of an object, in the order of the schema
	items   *field   // of a list
	kind    kind     // of a value
	typ     string   // of a value: string, number, integer or boolean
	format  string
	pattern *regexp.Regexp
	enum    []any
	border  border      // of a date
	inList  bool        // it is a property of the items of a list
	labels  []label     // what may stand beside the value
	role    role        // whose name or address it is a part of
	part    addressPart // which
}

// form is what a field holds.
type form int

const (
	valueForm form = iota
	objectForm
	listForm
)

// maxInstructions bounds the work of a pattern for each letter it reads.
const maxInstructions = 5000

// compilePattern makes a pattern of the schema ready. What takes more than
// linear time, such as looking around, is not supported.
func compilePattern(pattern string) (*regexp.Regexp, error) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, err
	}
	if len(program.Inst) > maxInstructions {
		return nil, fmt.Errorf("it is too large")
	}
	return regexp.Compile(pattern)
}
