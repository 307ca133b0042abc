package document

import (
	"slices"
	"strings"
)

// maxSection bounds a chunk, in words, for strategies without a length.
const maxSection = 8000

// chunker groups segments. Headings wait for the text they stand above, so
// that no chunk ends in one.
type chunker struct {
	opts     Options
	yield    func(Chunk) bool
	current  []Segment
	words    int // in current
	headings []Segment
	waiting  int // words in headings
	path     headingPath
	tail     []string // the last words of the chunk before
	count    int
}

// add takes the next segment; false means that nobody wants more.
func (c *chunker) add(s Segment) bool {
	if c.opts.Strategy == FixedChunks && s.SegmentType == Text {
		return c.addPieces(s)
	}
	return c.addWhole(s)
}

// addPieces adds a long text in pieces that fill chunks up to their length.
func (c *chunker) addPieces(s Segment) bool {
	words := strings.Fields(s.Content)
	for n := 0; ; n++ {
		room := c.opts.TargetLength - (c.words+c.waiting)%c.opts.TargetLength
		if len(words) <= room {
			return c.addWhole(s.piece(n, words))
		}
		if !c.addWhole(s.piece(n, words[:room])) {
			return false
		}
		words = words[room:]
	}
}

// piece is the part of a text that has these words; the first piece keeps the
// segment's id.
func (s *Segment) piece(n int, words []string) Segment {
	p := *s
	if n == 0 && len(words) == len(strings.Fields(s.Content)) {
		return p
	}
	it := item{kind: Text, content: strings.Join(words, " ")}
	p.Content, p.HTML, p.Markdown = it.content, it.html(), it.markdown()
	if n > 0 {
		p.SegmentID = positionID(s.SegmentID, s.PageNumber, n, p.Content)
		p.OCR = []OCRResult{}
	}
	return p
}

func (c *chunker) addWhole(s Segment) bool {
	n := 0
	if s.flows() {
		n = countWords(s.Content)
	}
	if !c.makeRoom(&s, n) {
		return false
	}
	// A run of headings without text, as in a list of contents, must end.
	if s.isHeading() && (c.waiting == 0 || c.waiting+n <= c.opts.TargetLength) {
		c.headings, c.waiting = append(c.headings, s), c.waiting+n
		return true
	}
	if c.full(n) && !c.flush() {
		return false
	}
	c.settle()
	c.current, c.words = append(c.current, s), c.words+n
	return true
}

// makeRoom ends the chunk where its strategy says that s begins another.
func (c *chunker) makeRoom(s *Segment, words int) bool {
	var ends bool
	last := lastOfSegments(c.current, c.headings)
	switch c.opts.Strategy {
	case PageChunks:
		if last != nil && last.PageNumber != s.PageNumber {
			c.settle()
			ends = true
		}
	case HeadingChunks:
		ends = s.isHeading() && c.words > 0 && c.waiting == 0
	case ParagraphChunks:
		ends = s.flows() && c.words > 0
	}
	if !ends && c.opts.Strategy != SemanticChunks && c.opts.Strategy != FixedChunks {
		ends = c.words > 0 && c.words+c.waiting+words > maxSection
	}
	return !ends || c.flush()
}

func lastOfSegments(lists ...[]Segment) *Segment {
	for _, l := range slices.Backward(lists) {
		if len(l) > 0 {
			return &l[len(l)-1]
		}
	}
	return nil
}

// full says whether n more words are too many for the chunk's length.
func (c *chunker) full(n int) bool {
	if c.opts.Strategy != SemanticChunks && c.opts.Strategy != FixedChunks {
		return false
	}
	return c.words > 0 && c.words+c.waiting+n > c.opts.TargetLength
}

// settle moves the waiting headings into the chunk.
func (c *chunker) settle() {
	c.current, c.words = append(c.current, c.headings...), c.words+c.waiting
	c.headings, c.waiting = nil, 0
}

// end yields what is left.
func (c *chunker) end() {
	if c.full(0) && !c.flush() {
		return
	}
	c.settle()
	c.flush()
}

func (c *chunker) flush() bool {
	if len(c.current) == 0 {
		return true
	}
	chunk := c.chunk(c.current)
	c.current, c.words = nil, 0
	c.count++
	return c.yield(chunk)
}

// chunk sums up segments.
func (c *chunker) chunk(segments []Segment) Chunk {
	above := slices.Clone(c.path)
	var texts []string
	headings, found := []string(nil), false
	for i := range segments {
		s := &segments[i]
		if s.isHeading() {
			c.path = c.path.with(s)
		} else if s.flows() && !found {
			headings, found = c.path.texts(), true
		}
		if s.flows() && s.Content != "" {
			texts = append(texts, s.Content)
		}
	}
	if !found {
		headings = c.path.texts()
	}
	text := strings.Join(texts, "\n")
	next := lastWords(text, c.opts.Overlap)
	var before []string
	if kept := above.common(headings); len(kept) > 0 && text != "" {
		before = append(before, strings.Join(kept, " > "))
	}
	if len(c.tail) > 0 && text != "" {
		before = append(before, strings.Join(c.tail, " "))
	}
	c.tail = next
	embed := strings.Join(append(before, text), "\n")
	return Chunk{
		ChunkID:     positionID("chunk", segments[0].PageNumber, c.count, embed),
		ChunkLength: countWords(embed),
		Embed:       embed,
		Segments:    segments,
		Headings:    headings,
	}
}

func lastWords(text string, n int) []string {
	if n <= 0 {
		return nil
	}
	words := strings.Fields(text)
	return words[max(0, len(words)-n):]
}

func countWords(s string) int {
	n := 0
	for range strings.FieldsSeq(s) {
		n++
	}
	return n
}
