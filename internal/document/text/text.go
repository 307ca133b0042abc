// Package text reads plain text and tables in plain text.
package text

import (
	"strings"
	"unicode/utf8"

	"docket/internal/document"
)

// Read reads plain text in any encoding: paragraphs apart by blank lines,
// pages apart by form feeds.
func Read(data []byte, w *document.FlowWriter) document.Info {
	content, _ := document.DecodeText(data)
	content = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(content)
	for n, page := range strings.Split(strings.TrimRight(content, "\f\n"), "\f") {
		if n > 0 {
			w.Break()
		}
		Paragraphs(page, w)
	}
	return document.Info{Format: document.FormatText, MIME: "text/plain"}
}

// Paragraphs adds text whose paragraphs are apart by blank lines.
func Paragraphs(content string, w *document.FlowWriter) {
	var lines []string
	end := func() {
		if len(lines) > 0 {
			paragraph(lines, w)
		}
		lines = lines[:0]
	}
	for line := range strings.SplitSeq(content, "\n") {
		line = strings.TrimRight(line, " \t\v")
		if strings.TrimSpace(line) == "" {
			end()
			continue
		}
		lines = append(lines, line)
	}
	end()
}

// paragraph adds the lines between two blank ones.
func paragraph(lines []string, w *document.FlowWriter) {
	if len(lines) == 2 && isUnderline(lines[1]) && utf8.RuneCountInString(lines[0]) <= 100 {
		w.Block(block(document.SectionHeader, lines[:1], 2))
		return
	}
	from := 0
	for i := range lines {
		if i > from && bullet(lines[i]) != "" {
			add(lines[from:i], w)
			from = i
		}
	}
	add(lines[from:], w)
}

func add(lines []string, w *document.FlowWriter) {
	mark := bullet(lines[0])
	if mark == "" {
		w.Block(block(document.Text, lines, 0))
		return
	}
	first := strings.TrimSpace(lines[0])
	item := block(document.ListItem, append([]string{strings.TrimSpace(first[len(mark):])}, lines[1:]...), 0)
	if mark[0] >= '0' && mark[0] <= '9' {
		item.Label = mark
	}
	w.Block(item)
}

func block(kind document.SegmentType, lines []string, level int) document.Block {
	separator := "\n"
	if wrapped(lines) {
		separator = " "
	}
	text := make([]string, len(lines))
	for i, line := range lines {
		text[i] = strings.TrimSpace(line)
	}
	run := document.PlainRun(strings.Join(text, separator))
	return document.Block{Type: kind, Level: level, Text: document.TidyRuns(run)}
}

// wrapped says whether the lines were broken at the width of a page rather
// than where the writer wanted a new one.
func wrapped(lines []string) bool {
	shortest, longest := 1<<30, 0
	for i, line := range lines {
		n := utf8.RuneCountInString(line)
		longest = max(longest, n)
		if i < len(lines)-1 {
			shortest = min(shortest, n)
		}
	}
	return len(lines) > 1 && longest >= 40 && longest <= 120 && shortest*3 >= longest*2
}

// bullet is the mark of a list item at the beginning of the line, or "".
func bullet(line string) string {
	mark, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
	if !ok || strings.TrimSpace(rest) == "" {
		return ""
	}
	switch mark {
	case "-", "*", "+", "•", "–", "◦", "▪", "·":
		return mark
	}
	digits := strings.TrimRight(mark, ".)")
	if len(mark) == len(digits)+1 && digits != "" && len(digits) <= 3 && strings.Trim(digits, "0123456789") == "" {
		return mark
	}
	return ""
}

func isUnderline(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= 3 && (strings.Trim(line, "=") == "" || strings.Trim(line, "-") == "")
}
