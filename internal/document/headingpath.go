package document

import "strings"

// headingPath are the headings that the text at some place stands under.
type headingPath []headingStep

type headingStep struct {
	level int
	text  string
}

func (s *Segment) isHeading() bool { return s.SegmentType == Title || s.SegmentType == SectionHeader }

// headingLevel is the level of a heading, from 1, as its HTML says.
func (s *Segment) headingLevel() int {
	if strings.HasPrefix(s.HTML, "<h") && len(s.HTML) > 2 && s.HTML[2] >= '1' && s.HTML[2] <= '6' {
		return int(s.HTML[2] - '0')
	}
	return 2
}

// with is the path below one more heading, which ends those of its level and
// deeper ones.
func (p headingPath) with(s *Segment) headingPath {
	level := s.headingLevel()
	for len(p) > 0 && p[len(p)-1].level >= level {
		p = p[:len(p)-1]
	}
	return append(p[:len(p):len(p)], headingStep{level, s.Content})
}

func (p headingPath) texts() []string {
	var all []string
	for _, step := range p {
		all = append(all, step.text)
	}
	return all
}

// common are the first steps that a path has in common with another.
func (p headingPath) common(texts []string) []string {
	n := 0
	for n < len(p) && n < len(texts) && p[n].text == texts[n] {
		n++
	}
	return texts[:n]
}
