package document

import (
	"net/textproto"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// textReach is how much of a text is looked at to find its kind, in bytes.
const textReach = 64 << 10

// detectText tells the kinds of text apart: first by signs that only one kind
// has, then by the name, then by weaker signs.
func detectText(data []byte, found *mimetype.MIME, name string) Type {
	for _, other := range []string{"text/rtf", "image/svg+xml", "application/postscript"} {
		if found.Is(other) {
			return newType(other)
		}
	}
	head := data[:min(len(data), textReach)]
	text, _ := DecodeText(head)
	extension := strings.ToLower(path.Ext(name))
	_, table := Delimiter(text)
	switch {
	case isMail(text):
		return newType("message/rfc822")
	case isPage(text):
		return newType("text/html")
	case extension == ".md" || extension == ".markdown":
		return newType("text/markdown")
	case found.Is("text/html"), (extension == ".html" || extension == ".htm") && strings.Contains(text, "</"):
		return newType("text/html")
	case extension == ".csv" || extension == ".tsv" || table:
		return newType("text/csv")
	case extension != ".txt" && isMarkdown(text):
		return newType("text/markdown")
	}
	return newType("text/plain")
}

// isPage looks for what only a whole HTML page begins with.
func isPage(text string) bool {
	text = strings.ToLower(strings.TrimLeft(text[:min(len(text), 1024)], " \t\r\n\ufeff"))
	if strings.HasPrefix(text, "<?xml") {
		return strings.Contains(text, "<!doctype html") || strings.Contains(text, "<html")
	}
	return strings.HasPrefix(text, "<!doctype html") || strings.HasPrefix(text, "<html") || strings.HasPrefix(text, "<head")
}

// isMail looks for a block of header fields with two that every message has.
func isMail(text string) bool {
	known, fields := 0, 0
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, "\r")
		if line == "" || fields > 200 {
			break
		}
		if fields > 0 && (line[0] == ' ' || line[0] == '\t') {
			continue
		}
		name, _, ok := strings.Cut(line, ":")
		if fields == 0 && strings.HasPrefix(line, "From ") { // of a mailbox file
			continue
		}
		if !ok || !isFieldName(name) {
			return false
		}
		fields++
		switch textproto.CanonicalMIMEHeaderKey(name) {
		case "From", "To", "Subject", "Date", "Received", "Message-Id", "Mime-Version", "Return-Path", "Delivered-To", "Content-Type", "Dkim-Signature":
			known++
		}
	}
	return known >= 2 && fields >= 3
}

func isFieldName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
}

// isMarkdown counts kinds of marks that plain text rarely has; two are enough.
func isMarkdown(text string) bool {
	var heading, fenced, rule, link, emphasis bool
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		marks := len(line) - len(strings.TrimLeft(line, "#"))
		switch {
		case marks > 0 && marks <= 6 && strings.HasPrefix(line[marks:], " "):
			heading = true
		case strings.HasPrefix(line, "```"):
			fenced = true
		case strings.HasPrefix(line, "|") && strings.Trim(line, "|-: ") == "":
			rule = true
		}
		link = link || strings.Contains(line, "](")
		emphasis = emphasis || strings.Count(line, "**") >= 2
	}
	n := 0
	for _, sign := range []bool{heading, fenced, rule, link, emphasis} {
		if sign {
			n++
		}
	}
	return n >= 2
}

// Delimiter finds the sign between the fields of a table in plain text, and
// whether it is sure that the text is one: at least three lines that all have
// the same number of it.
func Delimiter(text string) (delimiter rune, sure bool) {
	if at := strings.LastIndexByte(text, '\n'); at > 0 && len(text) >= textReach-8 {
		text = text[:at] // the last line may be cut off
	}
	best, bestScore := ',', 0.0
	for _, d := range []rune{',', ';', '\t', '|'} {
		counts := fieldCounts(text, d)
		score, all := evenness(counts)
		if score > bestScore {
			best, bestScore = d, score
			sure = all && len(counts) >= 3 && counts[0] >= 2 && (d != ',' || counts[0] >= 3)
		}
	}
	return best, sure
}

// evenness rates how many lines have the usual number of fields, more fields
// counting for more; all says that every line has it.
func evenness(counts []int) (score float64, all bool) {
	times := map[int]int{}
	for _, n := range counts {
		if n > 1 {
			times[n]++
		}
	}
	usual := 0
	for n, t := range times {
		if t > times[usual] || t == times[usual] && n > usual {
			usual = n
		}
	}
	if usual == 0 {
		return 0, false
	}
	share := float64(times[usual]) / float64(len(counts))
	return share * (1 + float64(min(usual, 20))/20), times[usual] == len(counts)
}

// maxSniffed is how many records are looked at for the delimiter.
const maxSniffed = 100

// fieldCounts is the number of fields of each record; quoted fields may hold
// delimiters and line ends.
func fieldCounts(text string, delimiter rune) []int {
	var counts []int
	fields, quoted, empty := 1, false, true
	begin := true // of a field
	for _, r := range text {
		switch {
		case quoted:
			quoted = r != '"'
		case r == '"' && begin:
			quoted, empty, begin = true, false, false
		case r == delimiter:
			fields++
			empty, begin = false, true
		case r == '\n':
			if !empty {
				counts = append(counts, fields)
			}
			if len(counts) == maxSniffed {
				return counts
			}
			fields, empty, begin = 1, true, true
		default:
			if r > ' ' {
				empty, begin = false, false
			}
		}
	}
	if !empty {
		counts = append(counts, fields)
	}
	return counts
}
