package extract

import (
	"bytes"
	"encoding/json"
	"fmt"

	"docket/internal/job"
)

// shape is one of the three ways in which results are written. // contract C6
type shape int

const (
	citedShape shape = iota + 1 // value, score, page_no, and bboxes if asked for
	plainShape                  // value and score
	boxedShape                  // value, two scores, and a citation
)

// shapeOf is the one that the job's route is known for. // contract J16
func shapeOf(j *job.Job, p *Parameters) shape {
	switch {
	case j.Route != "/v2/extract":
		return citedShape
	case p.EnableCitations:
		return boxedShape
	default:
		return plainShape
	}
}

// lowestKey is a key beside the properties of the root.
const lowestKey = "min_confidence_score"

// writer writes a result in a shape.
type writer struct {
	bytes.Buffer
	shape     shape
	citations bool
}

// root writes the object of all properties, and the lowest score unless a
// property has that name.
func (w *writer) root(n *node, withLowest bool) error {
	named := false
	w.WriteByte('{')
	for i := range n.Fields {
		if i > 0 {
			w.WriteByte(',')
		}
		named = named || n.Fields[i].Name == lowestKey
		if err := w.member(&n.Fields[i]); err != nil {
			return err
		}
	}
	if withLowest && !named {
		if len(n.Fields) > 0 {
			w.WriteByte(',')
		}
		w.WriteString(`"` + lowestKey + `":`)
		if err := w.json(n.lowest()); err != nil {
			return err
		}
	}
	w.WriteByte('}')
	return nil
}

func (w *writer) member(m *member) error {
	if err := w.json(m.Name); err != nil {
		return err
	}
	w.WriteByte(':')
	return w.node(&m.Node)
}

func (w *writer) node(n *node) error {
	switch {
	case n.Leaf != nil:
		return w.json(w.leaf(n.Leaf))
	case n.IsList:
		return w.list(n)
	}
	return w.root(n, false)
}

// list writes a list, which the later shapes wrap like a value.
func (w *writer) list(n *node) error {
	if w.shape != citedShape {
		w.WriteString(`{"value":`)
	}
	w.WriteByte('[')
	for i := range n.List {
		if i > 0 {
			w.WriteByte(',')
		}
		wrap := w.shape == boxedShape && n.List[i].Leaf != nil
		if wrap {
			w.WriteString(`{"__value__":`)
		}
		if err := w.node(&n.List[i]); err != nil {
			return err
		}
		if wrap {
			w.WriteByte('}')
		}
	}
	w.WriteByte(']')
	switch w.shape {
	case plainShape:
		w.WriteString(`,"score":`)
		if err := w.json(n.average()); err != nil {
			return err
		}
		w.WriteByte('}')
	case boxedShape:
		w.WriteString(`,"score":`)
		if err := w.json(scores{n.average(), nil}); err != nil {
			return err
		}
		w.WriteString(`,"citation":`)
		if err := w.json(n.citation()); err != nil {
			return err
		}
		w.WriteByte('}')
	}
	return nil
}

func (w *writer) json(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode result: %w", err)
	}
	w.Write(b)
	return nil
}

// citedLeaf, plainLeaf and boxedLeaf are a value in each of the shapes.
type citedLeaf struct {
	Value  any     `json:"value"`
	Score  float64 `json:"score"`
	Page   *int    `json:"page_no"`
	BBoxes []bbox  `json:"bboxes,omitzero"` // nil unless asked for
}

type bbox struct {
	BBox       [4]float64 `json:"bbox"` // left, top, right, bottom in points
	Text       string     `json:"text"`
	Type       string     `json:"type"` // "segment"
	Confidence float64    `json:"confidence"`
	Width      float64    `json:"page_width"` // in points
	Height     float64    `json:"page_height"`
}

type plainLeaf struct {
	Value any     `json:"value"`
	Score float64 `json:"score"`
}

type boxedLeaf struct {
	Value    any       `json:"value"`
	Score    scores    `json:"score"`
	Citation *citation `json:"citation"`
}

// scores are how sure the place is, and the value by a model's own account.
type scores struct {
	Grounding  float64  `json:"grounding_score"`
	Extraction *float64 `json:"extraction_score"` // null without a model
}

type citation struct {
	BBox   [4]float64 `json:"bbox"` // left, top, right, bottom in points
	Page   int        `json:"page"`
	Width  float64    `json:"page_width"` // in points
	Height float64    `json:"page_height"`
}

func (w *writer) leaf(l *leaf) any {
	switch w.shape {
	case plainShape:
		return plainLeaf{l.Value, l.Score}
	case boxedShape:
		return boxedLeaf{l.Value, l.scores(), l.citation()}
	}
	c := citedLeaf{Value: l.Value, Score: l.Score}
	if l.Page > 0 {
		c.Page = &l.Page
	}
	if w.citations {
		c.BBoxes = []bbox{}
		if l.BBox != nil {
			c.BBoxes = []bbox{{*l.BBox, l.Text, "segment", l.Score, l.Width, l.Height}}
		}
	}
	return c
}

func (l *leaf) scores() scores {
	if l.Grounding > 0 {
		return scores{l.Grounding, l.Extraction}
	}
	return scores{l.Score, nil}
}

func (l *leaf) citation() *citation {
	if l.Value == nil || l.BBox == nil {
		return nil
	}
	return &citation{*l.BBox, l.Page, l.Width, l.Height}
}

// citation of a list is the box around its values on the first page that has
// any.
func (n *node) citation() *citation {
	var c *citation
	n.leaves(func(l *leaf) {
		one := l.citation()
		switch {
		case one == nil:
		case c == nil:
			c = one
		case c.Page == one.Page:
			c.BBox = [4]float64{
				min(c.BBox[0], one.BBox[0]), min(c.BBox[1], one.BBox[1]), max(c.BBox[2], one.BBox[2]), max(c.BBox[3], one.BBox[3]),
			}
		}
	})
	return c
}
