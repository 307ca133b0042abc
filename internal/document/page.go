package document

// Box is a rectangle in points (1/72 inch). Its origin is the top left corner
// of the page as displayed: rotation is applied and the crop box respected.
// Left <= Right and Top <= Bottom.
type Box struct {
	Left   float64
	Top    float64
	Right  float64
	Bottom float64
}

// Width is the horizontal extent in points.
func (b Box) Width() float64 { return b.Right - b.Left }

// Height is the vertical extent in points.
func (b Box) Height() float64 { return b.Bottom - b.Top }

// Union is the smallest box around b and o.
func (b Box) Union(o Box) Box {
	return Box{
		Left:   min(b.Left, o.Left),
		Top:    min(b.Top, o.Top),
		Right:  max(b.Right, o.Right),
		Bottom: max(b.Bottom, o.Bottom),
	}
}

// Font is a typeface as the document names it.
type Font struct {
	// Name is the base font name without the subset tag, e.g.
	// "Helvetica-Bold"; it may be empty.
	Name string
	// Bold, Italic and Mono (fixed pitch) come from the font's weight, flags
	// and name.
	Bold   bool
	Italic bool
	Mono   bool
	// Symbol says that its letters stand for other signs; it is found on the
	// page, not read.
	Symbol bool
}

// Word is a run of characters without a space between them. A word that a
// line break splits is two Words.
type Word struct {
	// Text is valid UTF-8 without control characters; it is never empty.
	Text string
	// Box holds the word from ascent to descent.
	Box Box
	// Baseline is the distance from the top of the page to the foot of the
	// letters, in points. With Turn 1 or 3 it is the distance from the left.
	Baseline float64
	// Size is the font size as displayed, in points.
	Size float64
	// Font is an index into Page.Fonts, or -1.
	Font int
	// Turn is the number of clockwise quarter turns the text is rotated by,
	// 0 to 3; 0 is upright.
	Turn int
	// Hyphen says that the word ends in a hyphen that the reader takes for a
	// mark of hyphenation at the line's end. Text includes the "-".
	Hyphen bool
	// Hidden is text that is not painted, such as the layer that OCR puts
	// under a scan.
	Hidden bool
	// Tag is the structure element that the word belongs to, counted from 1 in
	// Page.Tags; 0 for none.
	Tag int
	// Confidence is how sure the recognition of text was, from 1 to 100; 0 for
	// text that was read from the file.
	Confidence int
	// Link is the link that the word stands in, counted from 1 in Page.Links; 0
	// for none.
	Link int
}

// Rule is a thin straight line: a ruling of a table, an underline, a
// separator. It is horizontal when its box is wider than high.
type Rule struct {
	Box Box
}

// Rect is a painted rectangle that is too thick for a Rule.
type Rect struct {
	Box     Box
	Filled  bool
	Stroked bool
}

// Image is the place of a picture on the page, clipped to the page.
type Image struct {
	Box Box
	// Tag is as in Word.
	Tag int
}

// Drawing is the place of paths near each other that are neither rules nor
// rectangles: a chart, a diagram, an ornament.
type Drawing struct {
	Box Box
	// Paths is the number of them.
	Paths int
}

// Dot is a small painted shape that is about as wide as high: perhaps the bullet
// of a list that the writer drew.
type Dot struct {
	Box Box
}

// Link is a place on the page that leads elsewhere.
type Link struct {
	Box Box
	// URI is where it leads, as the file says; empty for a place in the file.
	URI string
	// Page is the page of the file that it leads to, from 1; 0 for a URI.
	Page int
}

// FieldKind is the kind of a field of a form.
type FieldKind string

// The kinds of fields. Buttons that only do something are none.
const (
	TextField      FieldKind = "text"
	CheckboxField  FieldKind = "checkbox"
	RadioField     FieldKind = "radio"
	ChoiceField    FieldKind = "choice"
	SignatureField FieldKind = "signature"
)

// Field is one place of a form that can be filled in. A group of radio buttons
// has a Field for each button, all of one name.
type Field struct {
	Box  Box
	Kind FieldKind
	// Name is the full name, e.g. "buyer.address"; Label is the text that is
	// shown to users in its place, if the form has one.
	Name, Label string
	// Value is what was filled in; that of a checkbox or radio button is the
	// value that it stands for, whether or not it is Checked.
	Value   string
	Checked bool
}

// Tag is one element of the structure that the file says it has.
type Tag struct {
	// Role is the standard type, such as "H1", "P" or "TD".
	Role string
	// Parent is the element that this one is in, counted from 1 in Page.Tags
	// and less than its own number; 0 for none.
	Parent int
	// Rows and Columns are what a cell spans; 0 is 1.
	Rows, Columns int
	// Alt says in words what a figure shows.
	Alt string
}

// Page is the record of one page: what the read stage yields and the build
// stage works from. Words are in the order of the file, not of reading.
type Page struct {
	// Number is 1-based.
	Number int
	// Width and Height are in points, as displayed.
	Width  float64
	Height float64
	// Tilt says that the words were read from a scan that lies askew, by so many
	// degrees clockwise: they stand where they would if it were straight, turned
	// around the middle of the page. OnPage is where they are.
	Tilt   float64
	Fonts  []Font
	Words  []Word
	Rules  []Rule
	Rects  []Rect
	Images []Image
	// Drawings are apart from each other.
	Drawings []Drawing
	Dots     []Dot
	Links    []Link
	Fields   []Field
	// Tags come in the order of reading, each after the one that it is in.
	Tags []Tag
	// Unreadable says that the page could not be loaded at all; Warnings
	// then says so in words and the rest is empty.
	Unreadable bool
	// Warnings are sentences for the user, e.g. "page 7 could not be read".
	Warnings []string
}
