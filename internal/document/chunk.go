package document

// SegmentType is the role of a segment on its page.
type SegmentType string

// The segment types that this package produces.
const (
	Title         SegmentType = "Title"
	SectionHeader SegmentType = "SectionHeader"
	Text          SegmentType = "Text"
	ListItem      SegmentType = "ListItem"
	TableSegment  SegmentType = "Table"
	Picture       SegmentType = "Picture"
	Caption       SegmentType = "Caption"
	Footnote      SegmentType = "Footnote"
	Formula       SegmentType = "Formula"
	PageHeader    SegmentType = "PageHeader"
	PageFooter    SegmentType = "PageFooter"
)

// Rectangle is a box in pixels at 144 dpi (points times two), as it is stored
// and sent.
type Rectangle struct {
	Left   float64 `json:"left"`
	Top    float64 `json:"top"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// OCRResult is one line of a segment with its place.
type OCRResult struct {
	Text string `json:"text"`
	// BBox is relative to the segment's left top corner.
	BBox Rectangle `json:"bbox"`
	// Confidence is null for text that was read from the file.
	Confidence *float64 `json:"confidence"`
	// Link is the first address that the line leads to, if links were asked
	// for.
	Link string `json:"link,omitempty"`
}

// Segment is one block of a page: a paragraph, a heading, a list item.
type Segment struct {
	SegmentID   string      `json:"segment_id"`
	SegmentType SegmentType `json:"segment_type"`
	// Content is plain text; HTML and Markdown are the same marked up.
	Content  string `json:"content"`
	HTML     string `json:"html"`
	Markdown string `json:"markdown"`
	// PageNumber is 1-based.
	PageNumber int `json:"page_number"`
	// PageWidth and PageHeight are pixels at 144 dpi.
	PageWidth  float64   `json:"page_width"`
	PageHeight float64   `json:"page_height"`
	BBox       Rectangle `json:"bbox"`
	// Confidence is how sure the recognition of the text was, from 0 to 1; null
	// when none was recognized.
	Confidence *float64 `json:"confidence"`
	// Image is a URL or data URI of the segment's picture, or null.
	Image *string `json:"image"`
	// OCR holds one entry for each line.
	OCR []OCRResult `json:"ocr"`
}

// Chunk is a run of consecutive segments of about the target length.
type Chunk struct {
	ChunkID string `json:"chunk_id"`
	// ChunkLength is the number of words in Embed.
	ChunkLength int `json:"chunk_length"`
	// Embed is the chunk's text for an embedding: the headings above it that
	// are in other chunks, and its segments without running headers and
	// footers.
	Embed    string    `json:"embed"`
	Segments []Segment `json:"segments"`
	// Headings are the headings that the chunk's text stands under, the
	// outermost first.
	Headings []string `json:"headings,omitempty"`
}

// DefaultTargetLength is the length of chunks, in words, unless another is
// asked for.
const DefaultTargetLength = 512

// Strategy says where chunks begin and end.
type Strategy string

// The strategies. A table is never cut by any of them.
const (
	// SemanticChunks are of about the target length and end where a segment
	// does; headings stay with the text below them.
	SemanticChunks Strategy = "semantic"
	// FixedChunks are of the target length, but for the last: long text is cut
	// between words.
	FixedChunks Strategy = "fixed"
	// PageChunks hold a page each.
	PageChunks Strategy = "page"
	// ParagraphChunks hold one segment each, with the headings before it.
	ParagraphChunks Strategy = "paragraph"
	// HeadingChunks hold a heading and all that stands under it.
	HeadingChunks Strategy = "heading"
)

// Strategies are all of them; the first is the default.
func Strategies() []Strategy {
	return []Strategy{SemanticChunks, FixedChunks, PageChunks, ParagraphChunks, HeadingChunks}
}

// Options steer the build of chunks.
type Options struct {
	// TargetLength is the number of words a chunk aims at; 0 means
	// DefaultTargetLength.
	TargetLength int `json:"target_length"`
	// Strategy is SemanticChunks when empty.
	Strategy Strategy `json:"strategy,omitempty"`
	// Overlap is how many words from the end of a chunk the embed text of the
	// next one repeats.
	Overlap int `json:"overlap,omitempty"`
	// Keep are the types of the segments that are wanted; none means all.
	Keep []SegmentType `json:"keep,omitempty"`
	// MergeTables makes one table of those that go on over pages.
	MergeTables bool `json:"merge_tables,omitempty"`
	// Links marks up links and lists them in the details.
	Links bool `json:"links,omitempty"`
}

// SegmentTypes are all that a segment can be.
func SegmentTypes() []SegmentType {
	return []SegmentType{Title, SectionHeader, Text, ListItem, TableSegment, Picture, Caption, Footnote, Formula, PageHeader, PageFooter}
}

// Summary is what a build found.
type Summary struct {
	// Pages and Segments are counts.
	Pages    int `json:"pages"`
	Segments int `json:"segments"`
	// Characters are those of the text of all chunks. Whoever writes the chunks
	// counts them.
	Characters int `json:"characters"`
	// Warnings are those of the pages in their order, and NoText.
	Warnings []string `json:"warnings"`
	// Details are nil when there are none.
	Details *Details `json:"details,omitempty"`
}
