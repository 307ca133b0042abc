package document

import "strings"

// chunker groups segments. Headings wait for the text they stand above, so
// that no chunk ends in one.
type chunker struct {
	target   int
	yield    func(Chunk) bool
	current  []Segment
	words    int // in current
	headings []Segment
	waiting  int // words in headings
	count    int
}

// add takes the next segment; false means that nobody wants more.
func (c *chunker) add(s Segment) bool {
	n := 0
	if s.flows() {
		n = countWords(s.Content)
	}
	heading := s.SegmentType == Title || s.SegmentType == SectionHeader
	// A run of headings without text, as in a list of contents, must end.
	if heading && (c.waiting == 0 || c.waiting+n <= c.target) {
		c.headings, c.waiting = append(c.headings, s), c.waiting+n
		return true
	}
	if !c.place(n) {
		return false
	}
	c.current, c.words = append(c.current, s), c.words+n
	return true
}

// place makes room for n words after the waiting headings, and moves those
// into the chunk.
func (c *chunker) place(n int) bool {
	if c.words > 0 && c.words+c.waiting+n > c.target && !c.flush() {
		return false
	}
	c.current, c.words = append(c.current, c.headings...), c.words+c.waiting
	c.headings, c.waiting = nil, 0
	return true
}

// end yields what is left.
func (c *chunker) end() {
	if c.place(0) {
		c.flush()
	}
}

func (c *chunker) flush() bool {
	if len(c.current) == 0 {
		return true
	}
	chunk := newChunk(c.current, c.count)
	c.current, c.words = nil, 0
	c.count++
	return c.yield(chunk)
}

func newChunk(segments []Segment, index int) Chunk {
	var texts []string
	for i := range segments {
		if segments[i].flows() && segments[i].Content != "" {
			texts = append(texts, segments[i].Content)
		}
	}
	embed := strings.Join(texts, "\n")
	return Chunk{
		ChunkID:     positionID("chunk", segments[0].PageNumber, index, embed),
		ChunkLength: countWords(embed),
		Embed:       embed,
		Segments:    segments,
	}
}

func countWords(s string) int { return len(strings.Fields(s)) }
