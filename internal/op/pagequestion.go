package op

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"docket/internal/model"
)

// saidMost is the most a model's own word for its certainty counts.
const saidMost = 0.9

// noneOfThese is the category for a page that fits no other.
const noneOfThese = "none of these"

// pageQuestion is what is asked of pages.
type pageQuestion struct {
	classifier *Classifier
	index      map[string]int // of the categories, by name in lower case; -1 for none of them
	listed     []string
	schema     json.RawMessage
}

func newPageQuestion(c *Classifier) (*pageQuestion, error) {
	q := &pageQuestion{classifier: c, index: map[string]int{}}
	var names []string
	for i, category := range c.categories {
		q.index[strings.ToLower(category.Name)] = i
		names = append(names, category.Name)
		line := strconv.Quote(category.Name)
		if category.Description != "" {
			line += ": " + strconv.Quote(category.Description)
		}
		q.listed = append(q.listed, line)
	}
	if _, taken := q.index[noneOfThese]; !taken && c.other < 0 {
		q.index[noneOfThese] = -1
		names, q.listed = append(names, noneOfThese), append(q.listed, strconv.Quote(noneOfThese))
	}
	page := Object(map[string]any{
		"page": map[string]any{"type": "integer"}, "category": map[string]any{"type": "string", "enum": names}, "confidence": map[string]any{"type": "number"},
	}, "page", "category", "confidence")
	var err error
	q.schema, err = json.Marshal(Object(map[string]any{"pages": map[string]any{"type": "array", "items": page}}, "pages"))
	if err != nil {
		return nil, fmt.Errorf("encode schema: %w", err)
	}
	return q, nil
}

// Object is a strict schema of an object.
func Object(properties map[string]any, required ...string) map[string]any {
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// read takes the classes of the pages that were asked for out of an answer,
// and says what is wrong with it.
func (q *pageQuestion) read(answer *model.Answer, asked []int, first int, classes []PageClass) (wrong []string) {
	v, err := answer.Parse()
	if err != nil {
		return []string{err.Error()}
	}
	found := map[int]*model.Value{}
	if list := v.Members["pages"]; list != nil {
		for _, one := range list.List {
			n, _ := scalar(one, "page").(json.Number)
			if number, err := n.Int64(); err == nil {
				found[int(number)] = one
			}
		}
	}
	for _, number := range asked {
		one := found[number]
		if one == nil {
			wrong = append(wrong, fmt.Sprintf("page %d is missing", number))
			continue
		}
		name, _ := scalar(one, "category").(string)
		k, known := q.index[strings.ToLower(strings.TrimSpace(name))]
		if !known {
			wrong = append(wrong, fmt.Sprintf("page %d has a category that is not in the list", number))
			continue
		}
		classes[number-first] = q.class(k, confidenceOf(answer, one))
	}
	return wrong
}

func (q *pageQuestion) class(k int, sure float64) PageClass {
	p := PageClass{Category: k, Confidence: sure, Scores: make([]float64, len(q.classifier.categories))}
	if k < 0 {
		p.Category, p.Confidence = 0, 0
		return p
	}
	p.Scores[k] = sure
	return p
}

// confidenceOf is how sure the model is of the category: by the probabilities
// of its letters, else by its own word.
func confidenceOf(answer *model.Answer, page *model.Value) float64 {
	category := page.Members["category"]
	if mean, ok := answer.LogProb(category.From, category.To); ok {
		return math.Round(min(math.Exp(mean), 1)*1e4) / 1e4
	}
	n, _ := scalar(page, "confidence").(json.Number)
	said, err := n.Float64()
	if err != nil {
		return 0.5
	}
	return min(max(said, 0), saidMost)
}

// scalar is a member of an object, or nil.
func scalar(v *model.Value, name string) any {
	if m := v.Members[name]; m != nil {
		return m.Scalar
	}
	return nil
}
