package document

import "strings"

func (b *Block) markdown() string {
	text := markdownRuns(b.Text, b.Type != Title && b.Type != SectionHeader)
	_, plain := b.number()
	if b.Label != "" && (b.Type != ListItem || !plain) {
		text = strings.TrimRight(escapeInline(b.Label)+" "+text, " ")
	}
	switch {
	case b.Type == Title:
		return "# " + onOneLine(text)
	case b.Type == SectionHeader:
		return strings.Repeat("#", min(max(b.Level, 1), 6)) + " " + onOneLine(text)
	case b.Type == ListItem:
		return b.markdownItem(text, plain)
	case b.Type == TableSegment:
		return b.markdownTable()
	case b.Type == Picture:
		if len(b.Text) == 0 {
			return "<!-- image -->"
		}
		return "![" + onOneLine(escapeInline(PlainText(b.Text))) + "]()"
	case b.Type == Formula:
		return "$$" + strings.ReplaceAll(PlainText(b.Text), "\n", " ") + "$$"
	case b.Code:
		return fenced(PlainText(b.Text))
	}
	return escapeBegin(text, b)
}

// fenced puts code between more backticks than it has itself.
func fenced(code string) string {
	marks := "```"
	for strings.Contains(code, marks) {
		marks += "`"
	}
	return marks + "\n" + strings.TrimRight(code, "\n") + "\n" + marks
}

// escapeBegin keeps the beginning of a paragraph from being read as a mark.
func escapeBegin(text string, b *Block) string {
	if len(b.Text) == 0 || b.Text[0].Bold || b.Text[0].Italic || b.Text[0].Code || b.Text[0].Link != "" {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		switch {
		case startsBlock(line):
			lines[i] = `\` + line
		case numbered(line):
			n := strings.IndexAny(line, ".)")
			lines[i] = line[:n] + `\` + line[n:]
		}
	}
	return strings.Join(lines, "\n")
}

func (b *Block) markdownItem(text string, plain bool) string {
	mark := "- "
	if plain {
		n, _ := b.number()
		mark = n + ". "
	}
	indent := strings.Repeat("    ", min(b.Level, 8))
	return indent + mark + strings.ReplaceAll(text, "\n", "\n"+indent+"    ")
}

// markdownTable is a pipe table; spans need HTML.
func (b *Block) markdownTable() string {
	g := newFlowGrid(b.Rows)
	if g.spans() || g.width == 0 {
		return b.htmlTable()
	}
	var s strings.Builder
	for i, row := range g.texts(func(r []Run) string { return markdownRuns(r, true) }) {
		for _, cell := range row {
			s.WriteString("| ")
			s.WriteString(onOneLine(cell))
			s.WriteString(" ")
		}
		s.WriteString("|")
		if i == 0 {
			s.WriteString("\n" + strings.Repeat("| --- ", g.width) + "|")
		}
		if i < len(b.Rows)-1 {
			s.WriteString("\n")
		}
	}
	return s.String()
}

// markdownRuns marks up text; without looks only links are left.
func markdownRuns(text []Run, looks bool) string {
	var s strings.Builder
	for _, r := range text {
		inner := strings.TrimSpace(r.Text)
		if inner == "" {
			s.WriteString(lineBreaks(r.Text))
			continue
		}
		// Marks count only where they touch the text.
		at := strings.Index(r.Text, inner)
		before, after := r.Text[:at], r.Text[at+len(inner):]
		s.WriteString(lineBreaks(before) + markdownRun(r, inner, looks) + lineBreaks(after))
	}
	return s.String()
}

func markdownRun(r Run, inner string, looks bool) string {
	if r.Math {
		return "$" + inner + "$"
	}
	t := lineBreaks(escapeInline(inner))
	if looks {
		if r.Code {
			t = codeSpan(inner)
		}
		if r.Strike {
			t = "~~" + t + "~~"
		}
		if r.Italic {
			t = "*" + t + "*"
		}
		if r.Bold {
			t = "**" + t + "**"
		}
	}
	if r.Link != "" && harmless(r.Link) {
		t = "[" + t + "](" + linkTarget(r.Link) + ")"
	}
	return t
}

func codeSpan(s string) string {
	s = onOneLine(s)
	if strings.Contains(s, "`") {
		return "`` " + s + " ``"
	}
	return "`" + s + "`"
}

func linkTarget(link string) string {
	return strings.NewReplacer(" ", "%20", "(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "\n", "").Replace(link)
}

// lineBreaks makes hard breaks of the text's own.
func lineBreaks(s string) string { return strings.ReplaceAll(s, "\n", "  \n") }
