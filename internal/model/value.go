package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Value is a JSON value of an answer and where it stands there.
type Value struct {
	Scalar  any               // string, json.Number, bool or nil, of what is neither object nor list
	Members map[string]*Value // of an object; else nil
	List    []*Value
	IsList  bool
	From    int // in bytes of Answer.Text
	To      int
}

// maxDepth is how deep values may be nested.
const maxDepth = 100

// Parse reads the answer as a JSON object. The error says what is wrong with
// it, in words for the model.
func (a *Answer) Parse() (*Value, error) {
	p := &parser{text: a.Text, d: json.NewDecoder(strings.NewReader(a.Text))}
	p.d.UseNumber()
	v, err := p.value(0)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("it is not a whole JSON object")
	case err != nil:
		return nil, fmt.Errorf("it is not JSON: %w", err)
	case v.Members == nil:
		return nil, errors.New("it is not a JSON object")
	case p.d.More():
		return nil, errors.New("something follows the JSON object")
	}
	return v, nil
}

type parser struct {
	text string
	d    *json.Decoder
}

// next is the next token and where it begins.
func (p *parser) next() (json.Token, int, error) {
	from := int(p.d.InputOffset())
	t, err := p.d.Token()
	for from < len(p.text) && strings.IndexByte(" \t\r\n,:", p.text[from]) >= 0 {
		from++
	}
	return t, from, err
}

func (p *parser) value(depth int) (*Value, error) {
	t, from, err := p.next()
	if err != nil {
		return nil, err
	}
	v := &Value{From: from}
	switch t {
	case json.Delim('{'), json.Delim('['):
		if depth == maxDepth {
			return nil, fmt.Errorf("it is nested more than %d deep", maxDepth)
		}
		v.IsList = t == json.Delim('[')
		err = p.inside(v, depth+1)
	default:
		v.Scalar = t
	}
	v.To = int(p.d.InputOffset())
	return v, err
}

// inside reads the members or elements of v, and its end.
func (p *parser) inside(v *Value, depth int) error {
	if !v.IsList {
		v.Members = map[string]*Value{}
	}
	for p.d.More() {
		name := ""
		if !v.IsList {
			t, _, err := p.next()
			if err != nil {
				return err
			}
			name, _ = t.(string) // the decoder takes nothing else there
		}
		one, err := p.value(depth)
		if err != nil {
			return err
		}
		if v.IsList {
			v.List = append(v.List, one)
			continue
		}
		v.Members[name] = one
	}
	_, err := p.d.Token()
	return err
}
