package document

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"
)

// WriteMarkdown writes the segments' markdown, a blank line between two; the
// items of one list follow each other without one.
func WriteMarkdown(w io.Writer, chunks iter.Seq[Chunk]) error {
	return write(w, chunks, "markdown", func(s *Segment) string { return s.Markdown }, func(prev, s *Segment) string {
		if listKind(prev) != "" && listKind(prev) == listKind(s) {
			return "\n"
		}
		return "\n\n"
	})
}

// WriteText writes the segments' plain text, a blank line between two.
func WriteText(w io.Writer, chunks iter.Seq[Chunk]) error {
	return write(w, chunks, "text", func(s *Segment) string { return s.Content }, func(_, _ *Segment) string { return "\n\n" })
}

// WriteHTML writes the segments as block elements, one a line, without head or
// body; items of one list come in one element.
func WriteHTML(w io.Writer, chunks iter.Seq[Chunk]) error {
	out := bufio.NewWriter(w)
	list := ""
	for chunk := range chunks {
		for i := range chunk.Segments {
			s := &chunk.Segments[i]
			if !s.flows() {
				continue
			}
			kind := listKind(s)
			text := s.HTML
			if kind != "" && kind == list {
				text = text[strings.IndexByte(text, '>')+1:] // the list is open
			} else if list != "" {
				out.WriteString("</" + list + ">\n")
			}
			list = kind
			out.WriteString(strings.TrimSuffix(text, "</"+kind+">") + "\n")
		}
	}
	if list != "" {
		out.WriteString("</" + list + ">\n")
	}
	return flush(out, "html")
}

// flows says whether the segment is part of the text: running headers and
// footers are not.
func (s *Segment) flows() bool { return s.SegmentType != PageHeader && s.SegmentType != PageFooter }

// listKind is "ul" or "ol" for the item of a list, and "" for anything else.
func listKind(s *Segment) string {
	switch {
	case s.SegmentType != ListItem:
		return ""
	case strings.HasPrefix(s.HTML, "<ol"):
		return "ol"
	case strings.HasPrefix(s.HTML, "<ul"):
		return "ul"
	}
	return ""
}

// write writes each segment as text says, with what between says before all
// but the first, and a final newline.
func write(w io.Writer, chunks iter.Seq[Chunk], format string, text func(*Segment) string, between func(prev, s *Segment) string) error {
	out := bufio.NewWriter(w)
	var prev *Segment
	for chunk := range chunks {
		for i := range chunk.Segments {
			s := &chunk.Segments[i]
			if !s.flows() {
				continue
			}
			if prev != nil {
				out.WriteString(between(prev, s)) // errors stay with out
			}
			out.WriteString(text(s))
			prev = s
		}
	}
	if prev != nil {
		out.WriteString("\n")
	}
	return flush(out, format)
}

// flush reports the first error of any write to out.
func flush(out *bufio.Writer, format string) error {
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", format, err)
	}
	return nil
}
