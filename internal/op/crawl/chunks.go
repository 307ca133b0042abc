package crawl

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"docket/internal/document"
)

// chunkText collects the text of chunks, each of which is one Write, up to a
// length.
type chunkText struct {
	most           int
	text, markdown strings.Builder
	cut            bool
}

func (c *chunkText) Write(line []byte) (int, error) {
	if c.cut {
		return len(line), nil
	}
	var chunk document.Chunk
	if err := json.Unmarshal(line, &chunk); err != nil {
		return 0, fmt.Errorf("decode chunk: %w", err)
	}
	if c.text.Len()+len(chunk.Embed) > c.most {
		c.cut = true
		return len(line), nil
	}
	one := slices.Values([]document.Chunk{chunk})
	for _, err := range []error{document.WriteText(&c.text, one), document.WriteMarkdown(&c.markdown, one)} {
		if err != nil {
			return 0, err
		}
	}
	return len(line), nil
}
