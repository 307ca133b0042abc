package extract

import (
	"math"
	"regexp"
	"strings"

	"docket/internal/document"
)

// Scores of what stands in the block of an address, by how its side is known.
const (
	namedBlock   = 0.78 // the label of the side stands over it
	senderBlock  = 0.7  // the name of the sender is in it
	headBlock    = 0.65 // a company at the top
	windowBlock  = 0.55 // it is the first other block, as in the window of an envelope
	maxBlockLine = 48   // letters; longer lines are prose
)

// lastLine ends an address: a postcode with its place, in the order of most of
// Europe, of North America, or of Britain.
var lastLines = []*regexp.Regexp{
	regexp.MustCompile(`^(?:(?:[A-Z]{1,3}[-– ])?(?P<zip>\d{4} ?[A-Z]{2}|\d{4,5}|\d{3} \d{2}|\d{2}-\d{3})) (?P<city>\p{Lu}[\p{L}.'’/ -]*[\p{L}.)])(?:,? \(?(?P<country>[A-Z]{2})\)?)?$`),
	regexp.MustCompile(`^(?P<city>\p{Lu}[\p{L}.' -]*),? [A-Z]{2},? (?P<zip>\d{5}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d)(?:, ?(?P<country>[\p{L} ]{2,}))?$`),
	regexp.MustCompile(`^(?P<city>\p{Lu}[\p{L}.' -]*),? (?P<zip>[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})$`),
}

// line is one line of an address: a cell, or a part of one.
type blockLine struct {
	row        int
	start, end int // in the row's text
	box        document.Box
}

// block is an address on a page.
type block struct {
	lines  []blockLine // from the name down, the last with the place
	last   [][2]int    // of zip, city and country, in the row's text; -1 when missing
	side   role
	score  float64
	street int // an index of lines, or -1
}

// blocks finds the addresses of a page and whose they are.
func (s *sheet) blocks() []block {
	if s.addresses != nil {
		return *s.addresses
	}
	all := []block{}
	for i := range s.rows {
		for n := range s.rows[i].cells {
			if b, ok := s.blockAt(i, &s.rows[i].cells[n]); ok {
				all = append(all, b)
			}
		}
	}
	s.addresses = &all
	s.findSides(all)
	return all
}

// blockAt reads the address that ends in a cell.
func (s *sheet) blockAt(at int, c *cell) (block, bool) {
	r := &s.rows[at]
	start := c.start
	if i := strings.LastIndex(r.text[c.start:c.end], ", "); i >= 0 && lastLines[0].MatchString(r.text[c.start+i+2:c.end]) {
		start += i + 2 // street and place in one line
	}
	var b block
	for _, pattern := range lastLines {
		m := pattern.FindStringSubmatchIndex(r.text[start:c.end])
		if m == nil {
			continue
		}
		for _, name := range []string{"zip", "city", "country"} {
			place := [2]int{-1, -1}
			if i := pattern.SubexpIndex(name); i >= 0 && m[2*i] >= 0 {
				place = [2]int{start + m[2*i], start + m[2*i+1]}
			}
			b.last = append(b.last, place)
		}
		break
	}
	if b.last == nil {
		return b, false
	}
	b.lines = s.above(at, c)
	if start > c.start {
		b.lines = append(b.lines, blockLine{at, c.start, start - 2, r.boxOf(c.start, start-2)})
	}
	b.street = len(b.lines) - 1
	b.lines = append(b.lines, blockLine{at, start, c.end, r.boxOf(start, c.end)})
	return b, len(b.lines) >= 3
}

// above are the lines over a cell that begin where it does, from the top.
func (s *sheet) above(at int, c *cell) []blockLine {
	var lines []blockLine
	below := c.box
	for i := at - 1; i >= 0 && len(lines) < maxBlock-1; i-- {
		r := &s.rows[i]
		if below.Top-r.box.Bottom > below.Height() {
			break
		}
		for n := range r.cells {
			u := &r.cells[n]
			text := r.text[u.start:u.end]
			if math.Abs(u.box.Left-c.box.Left) > 3 || below.Top-u.box.Bottom > 0.9*below.Height() {
				continue
			}
			if strings.Contains(text, ":") || strings.HasPrefix(text, "(") || s.isLabel(u) || u.end-u.start > maxBlockLine {
				return lines
			}
			lines = append([]blockLine{{i, u.start, u.end, u.box}}, lines...)
			below = u.box
			break
		}
	}
	return lines
}

// findSides decides whose the addresses are: by the label over them, by the
// company whose name is in an address of the web, and by their order.
func (s *sheet) findSides(all []block) {
	taken := map[role]bool{}
	for i := range all {
		if side := s.labelOver(&all[i]); side != noRole && !taken[side] {
			all[i].side, all[i].score, taken[side] = side, namedBlock, true
		}
	}
	hosts := s.hosts()
	for i := range all {
		if b := &all[i]; b.side == noRole && !taken[senderRole] && namesHost(s.textOf(b.lines[0]), hosts) {
			b.side, b.score, taken[senderRole] = senderRole, senderBlock, true
		}
	}
	for i := range all {
		b := &all[i]
		if b.side == noRole && !taken[senderRole] && s.number == 1 && b.lines[0].box.Top < letterhead*s.height && len(findCompanies(s.textOf(b.lines[0]))) > 0 {
			b.side, b.score, taken[senderRole] = senderRole, headBlock, true
		}
	}
	for i := range all {
		b := &all[i]
		top := b.lines[0].box.Top
		if b.side == noRole && !taken[receiverRole] && s.number == 1 && (taken[senderRole] || len(hosts) > 0) && !namesHost(s.textOf(b.lines[0]), hosts) &&
			top > 0.08*s.height && top < 0.4*s.height && b.lines[0].box.Left < 0.75*s.width {
			b.side, b.score, taken[receiverRole] = receiverRole, windowBlock, true
		}
	}
}

// labelOver is the side that the words over or before a block name.
func (s *sheet) labelOver(b *block) role {
	first := b.lines[0]
	for i := first.row - 1; i >= 0 && first.box.Top-s.rows[i].box.Bottom < 2*first.box.Height(); i-- {
		for n := range s.rows[i].cells {
			c := &s.rows[i].cells[n]
			if math.Abs(c.box.Left-first.box.Left) > 6 || len(c.tokens) > maxLabelWords {
				continue
			}
			return sideOf(c.tokens)
		}
	}
	return noRole
}

// sideOf is the side that a label names.
func sideOf(tokens []token) role {
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.word
	}
	phrase := strings.Join(words, " ")
	for _, group := range synonyms {
		side := map[string]role{"vendor": senderRole, "customer": receiverRole, "customer address": receiverRole}[group[0]]
		if side == noRole {
			continue
		}
		for _, known := range group {
			if strings.Join(normalWords(known), " ") == phrase {
				return side
			}
		}
	}
	return noRole
}

func (s *sheet) textOf(l blockLine) string { return s.rows[l.row].text[l.start:l.end] }

// hosts are the addresses on the web that the page names.
func (s *sheet) hosts() []string {
	var all []string
	for i := range s.rows {
		all = append(all, hosts(s.rows[i].text)...)
	}
	return all[:min(len(all), maxHosts)]
}

// namesHost says whether a company's name is in one of the addresses.
func namesHost(name string, hosts []string) bool {
	name = letters(legalForm.ReplaceAllString(name, ""))
	if len(name) < minCompanyName {
		return false
	}
	for _, host := range hosts {
		if strings.Contains(host, name) || strings.Contains(host, asTyped(name)) {
			return true
		}
	}
	return false
}

// inBlocks is what the addresses of the page have for the field.
func (s *sheet) inBlocks(f *field) []candidate {
	if f.role == noRole || f.part == noPart {
		return nil
	}
	var all []candidate
	for _, b := range s.blocks() {
		if b.side == f.role {
			all = append(all, s.blockPart(&b, f.part)...)
		}
	}
	return all
}

func (s *sheet) blockPart(b *block, part addressPart) []candidate {
	last := b.lines[len(b.lines)-1]
	r := &s.rows[last.row]
	take := func(l blockLine) []candidate {
		return []candidate{s.candidate(&s.rows[l.row], l.start, l.end, s.textOf(l), b.score)}
	}
	switch part {
	case namePart:
		return take(b.lines[0])
	case streetPart:
		return take(b.lines[b.street])
	case wholePart:
		texts, box := make([]string, len(b.lines)), last.box
		for i, l := range b.lines {
			texts[i] = s.textOf(l)
			box = box.Union(l.box)
		}
		text := strings.Join(texts, "\n")
		return []candidate{{leaf: s.leaf(text, text, box, b.score)}}
	case zipPart, cityPart, countryPart:
		place := b.last[part-zipPart]
		if place[0] < 0 {
			return nil
		}
		return []candidate{s.candidate(r, place[0], place[1], r.text[place[0]:place[1]], b.score)}
	}
	return nil
}
