package extract

// leaf is one value of the result, or null.
type leaf struct {
	Value  any         `json:"value"`
	Score  float64     `json:"score"`                // 0 to 1
	Page   int         `json:"page_no,omitempty"`    // from 1; 0 when there is no value
	BBox   *[4]float64 `json:"bbox,omitempty"`       // left, top, right, bottom in points from the top left corner
	Text   string      `json:"text,omitempty"`       // as it stands there
	Width  float64     `json:"page_width,omitempty"` // in points
	Height float64     `json:"page_height,omitempty"`

	// Of a value that a model has given: how sure its place is, and how sure
	// the model is of it; nil when it did not tell.
	Grounding  float64  `json:"grounding,omitempty"`
	Extraction *float64 `json:"extraction,omitempty"`

	lines []int // the numbers of its lines, while passages are joined
}

// node is a part of the result: a leaf, an object or a list.
type node struct {
	Leaf   *leaf    `json:"leaf,omitempty"`
	Fields []member `json:"fields,omitempty"`
	List   []node   `json:"list,omitempty"`
	IsList bool     `json:"is_list,omitempty"`
}

// member is a property of an object, in the order of the schema.
type member struct {
	Name string `json:"name"`
	Node node   `json:"node"`
}

// leaves calls each for every leaf.
func (n *node) leaves(each func(*leaf)) {
	if n.Leaf != nil {
		each(n.Leaf)
	}
	for i := range n.Fields {
		n.Fields[i].Node.leaves(each)
	}
	for i := range n.List {
		n.List[i].leaves(each)
	}
}

// lowest is the lowest score of all values that were found, 0 without any.
func (n *node) lowest() float64 {
	low, found := 1.0, false
	n.leaves(func(l *leaf) {
		if l.Value != nil {
			low, found = min(low, l.Score), true
		}
	})
	if !found {
		return 0
	}
	return low
}

// average is the mean score of all values that were found.
func (n *node) average() float64 {
	sum, count := 0.0, 0
	n.leaves(func(l *leaf) {
		if l.Value != nil {
			sum += l.Score
			count++
		}
	})
	if count == 0 {
		return 0
	}
	return float64(int(100*sum/float64(count)+0.5)) / 100
}

// doubtful says whether a required property below f has no value or one with
// a score under the threshold.
func (n *node) doubtful(f *field, threshold float64) bool {
	switch f.form {
	case objectForm:
		for i, child := range f.fields {
			if child.required && n.Fields[i].Node.doubtful(child, threshold) {
				return true
			}
		}
		return false
	case listForm:
		if len(n.List) == 0 {
			return true
		}
		for i := range n.List {
			if n.List[i].doubtful(f.items, threshold) {
				return true
			}
		}
		return false
	}
	return n.Leaf == nil || n.Leaf.Value == nil || n.Leaf.Score < threshold
}
