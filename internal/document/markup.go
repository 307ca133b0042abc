package document

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// item is a segment's text as it is marked up.
type item struct {
	kind SegmentType
	// content is the plain text, with a list item's number or letter but
	// without its bullet.
	content string
	// number is "3" for an item marked "3." or "3)", whose text is then rest.
	number, rest string
	table        *Table
	linked       bool // links of the table are marked up
	code         bool
	runs         []Run // content with its links, or nil
	level        int   // of a heading or list item, from 1; 0 is 1
}

// item is the paragraph as a segment; linked says whether links are marked up.
func (p *paragraph) item(kind SegmentType, linked bool) item {
	it := item{kind: kind, content: p.content(), table: p.table, linked: linked, level: p.level}
	if linked {
		it.runs = p.runs()
	}
	if p.table != nil {
		it.content = p.table.text()
		return it
	}
	if kind == Picture {
		it.content, it.runs = p.altText(), nil
	}
	if kind == Text && p.isCode() {
		it.content, it.code, it.runs = p.code(), true, nil
	}
	if kind != ListItem {
		return it
	}
	first, rest, _ := strings.Cut(it.content, " ")
	switch p.mark {
	case bulletMark, dashMark:
		it.content, it.runs = rest, dropRuns(it.runs, len(first)+1)
	case numberMark:
		it.number, it.rest, it.runs = first[:len(first)-1], rest, dropRuns(it.runs, len(first)+1)
	}
	return it
}

// html is one block element; a list item is a list of its own, which WriteHTML
// joins with the next.
func (it *item) html() string {
	text := html.EscapeString(it.content)
	if len(it.runs) > 0 {
		text = htmlRuns(it.runs)
	}
	if it.table != nil {
		return it.table.html(it.linked)
	}
	switch it.kind {
	case Title:
		return "<h1>" + text + "</h1>"
	case SectionHeader:
		tag := "h" + strconv.Itoa(max(it.level, 2))
		return "<" + tag + ">" + text + "</" + tag + ">"
	case ListItem:
		if it.number != "" {
			return `<ol start="` + it.number + `"><li>` + it.restHTML(text) + "</li></ol>"
		}
		return "<ul><li>" + text + "</li></ul>"
	case Picture:
		return "<figure>" + text + "</figure>"
	default:
		if it.code {
			return "<pre><code>" + text + "</code></pre>"
		}
		return "<p>" + text + "</p>"
	}
}

func (it *item) markdown() string {
	if it.table != nil {
		return it.table.markdown(it.linked)
	}
	switch it.kind {
	case Title:
		return "# " + it.inline(it.content)
	case SectionHeader:
		return strings.Repeat("#", max(it.level, 2)) + " " + it.inline(it.content)
	case ListItem:
		indent := strings.Repeat("   ", max(it.level-1, 0))
		if it.number != "" {
			return indent + it.number + ". " + it.block(it.rest)
		}
		return indent + "- " + it.block(it.content)
	case Picture:
		return "<!-- image -->"
	default:
		if it.code {
			marks := fence(it.content)
			return marks + "\n" + it.content + "\n" + marks
		}
		return it.block(it.content)
	}
}

// restHTML is the text of a numbered item; with links it is marked up already.
func (it *item) restHTML(linked string) string {
	if len(it.runs) > 0 {
		return linked
	}
	return html.EscapeString(it.rest)
}

// inline is text, or its links in its place, inside a line of markdown.
func (it *item) inline(text string) string {
	if len(it.runs) > 0 {
		return markdownRuns(it.runs, false)
	}
	return escapeInline(text)
}

// block is the same at the beginning of a block.
func (it *item) block(text string) string {
	if len(it.runs) == 0 {
		return escapeMarkdown(text)
	}
	return escapeStart(text, markdownRuns(it.runs, false))
}

// escapeMarkdown keeps markdown from reading marks into plain text that stands
// at the beginning of a block.
func escapeMarkdown(s string) string {
	return escapeStart(s, escapeInline(s))
}

// escapeStart keeps the beginning of s, which is text once it is escaped inside,
// from being read as the mark of a block.
func escapeStart(s, text string) string {
	switch {
	case startsBlock(s):
		return `\` + text
	case numbered(s):
		i := strings.IndexAny(text, ".)")
		return text[:i] + `\` + text[i:]
	}
	return text
}

// startsBlock is true for a sign that opens a heading, quotation, list, fence
// or rule; those that escapeInline has taken care of are left out.
func startsBlock(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '>', '=':
		return true
	case '#':
		rest := strings.TrimLeft(s, "#")
		return rest == "" || rest[0] == ' '
	case '-', '+':
		return len(s) == 1 || s[1] == ' ' || strings.HasPrefix(s, "---")
	}
	return strings.HasPrefix(s, "~~~")
}

// numbered is true for "12. text", which would become a list.
func numbered(s string) bool {
	rest := strings.TrimLeft(s, "0123456789")
	digits := len(s) - len(rest)
	return digits > 0 && digits <= 9 && rest != "" && (rest[0] == '.' || rest[0] == ')') && (len(rest) == 1 || rest[1] == ' ')
}

// escapeInline escapes the signs that mean something inside a line.
func escapeInline(s string) string {
	if !strings.ContainsAny(s, "\\`*_[]<&|~") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := range len(s) {
		if special(s, i) {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// special says whether the byte at i would be read as markup.
func special(s string, i int) bool {
	switch s[i] {
	case '\\', '`', '*', '[', ']', '|':
		return true
	case '_': // between letters it means nothing
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		after, _ := utf8.DecodeRuneInString(s[i+1:])
		return !isWordRune(before) || !isWordRune(after)
	case '~':
		return strings.HasPrefix(s[i+1:], "~") || i > 0 && s[i-1] == '~'
	case '<':
		return i+1 < len(s) && (isASCIILetter(s[i+1]) || strings.IndexByte("/!?", s[i+1]) >= 0)
	case '&':
		semicolon := strings.IndexByte(s[i:], ';')
		return semicolon > 1 && semicolon < 34 && !strings.Contains(s[i:i+semicolon], " ")
	}
	return false
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
