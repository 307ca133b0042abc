package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"docket/internal/document"
)

// headings compares the set of headings with that of the expected markdown.
func (s *scorer) headings(path string, p *parsed, want string) {
	wanted := map[string]bool{}
	fence := false
	for _, line := range strings.Split(want, "\n") {
		if strings.HasPrefix(line, "```") {
			fence = !fence
		}
		if rest := strings.TrimLeft(line, "#"); !fence && rest != line && strings.HasPrefix(rest, " ") {
			wanted[squeeze(plain(rest))] = true
		}
	}
	got := map[string]bool{}
	for _, seg := range p.segments {
		if seg.SegmentType == document.Title || seg.SegmentType == document.SectionHeader {
			got[squeeze(seg.Content)] = true
		}
	}
	if len(got)+len(wanted) == 0 {
		return
	}
	hits := 0
	for h := range got {
		if wanted[h] {
			hits++
		} else if s.each {
			fmt.Printf("    extra heading   %.70s\n", h)
		}
	}
	for h := range wanted {
		if !got[h] && s.each {
			fmt.Printf("    missing heading %.70s\n", h)
		}
	}
	format := strings.TrimPrefix(filepath.Ext(path), ".")
	s.heading[format] = append(s.heading[format], f1(hits, len(got), len(wanted)))
	s.note(path, fmt.Sprintf("headings %.3f", f1(hits, len(got), len(wanted))))
}
