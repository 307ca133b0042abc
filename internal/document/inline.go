package document

import (
	"strings"
)

// lineLink is where a part of a line's text leads; from and to are offsets in
// bytes.
type lineLink struct {
	from, to int
	link     string
}

// links are the parts of the line's text that lead elsewhere: those that the
// file says, and addresses that are written out. Places inside the file and
// addresses that would run as programs are none.
func (l *line) links() []lineLink {
	var all []lineLink
	at := 0
	for i, w := range inReadingOrder(l.words, l.mirrored) {
		if i > 0 {
			at++
		}
		from, to, link := at, at+len(w.Text), ""
		if l.page != nil && w.Link > 0 && w.Link <= len(l.page.Links) {
			link = address(l.page.Links[w.Link-1].URI)
		} else if a, b := writtenAddress(w.Text); b > a {
			from, to, link = at+a, at+b, address(w.Text[a:b])
		}
		at += len(w.Text)
		if link == "" {
			continue
		}
		if n := len(all); n > 0 && all[n-1].link == link && all[n-1].to+1 == from {
			all[n-1].to = to
			continue
		}
		all = append(all, lineLink{from, to, link})
	}
	return all
}

// address is a link as it may be followed, or empty for one that may not be.
func address(link string) string {
	if strings.HasPrefix(strings.ToLower(link), "www.") {
		link = "http://" + link
	}
	if scheme, _, ok := strings.Cut(link, ":"); !ok || strings.ContainsAny(scheme, "/?#") || !harmless(link) {
		return ""
	}
	return link
}

// writtenAddress is the part of a word that is an address of the web, without
// the signs of the sentence around it; empty when there is none.
func writtenAddress(word string) (from, to int) {
	from = len(word) - len(strings.TrimLeft(word, `(<[{"'“‘«`))
	to = len(strings.TrimRight(word, `.,;:!?>]}"'”’»`))
	if from >= to {
		return 0, 0
	}
	text := strings.ToLower(word[from:to])
	rest, ok := strings.CutPrefix(text, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(text, "http://")
	}
	if !ok {
		ok = strings.HasPrefix(text, "www.")
		rest = strings.TrimPrefix(text, "www.")
	}
	if !ok || len(rest) < 4 || !strings.Contains(rest, ".") {
		return 0, 0
	}
	// A bracket at the end belongs to the sentence unless it was opened inside.
	if strings.HasSuffix(text, ")") && !strings.Contains(text, "(") {
		to--
	}
	return from, to
}

// runs is the paragraph's content with its links, or nil without any.
func (p *paragraph) runs() []Run {
	linked := false
	for i := range p.lines {
		linked = linked || len(p.lines[i].links) > 0
	}
	if !linked {
		return nil
	}
	content, starts := p.joined()
	var all []Run
	done := 0
	for i := range p.lines {
		end := len(content)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		for _, l := range p.lines[i].links {
			from, to := min(starts[i]+l.from, end), min(starts[i]+l.to, end)
			if from >= to {
				continue
			}
			between := string(content[done:from])
			// A link that goes on on the next line is one.
			if n := len(all); n > 0 && all[n-1].Link == l.link && strings.TrimSpace(between) == "" {
				all[n-1].Text += between
				between = ""
			}
			all = AppendRun(all, Run{Text: between})
			all = AppendRun(all, Run{Text: string(content[from:to]), Link: l.link})
			done = to
		}
	}
	return AppendRun(all, Run{Text: string(content[done:])})
}

// dropRuns cuts the first n bytes off.
func dropRuns(text []Run, n int) []Run {
	var rest []Run
	for _, r := range text {
		cut := min(n, len(r.Text))
		n -= cut
		r.Text = r.Text[cut:]
		rest = AppendRun(rest, r)
	}
	return rest
}
