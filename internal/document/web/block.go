package web

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"docket/internal/document"
)

// flush ends the block that is being read.
func (r *reader) flush() {
	text := document.TidyRuns(r.text)
	r.text = nil
	switch {
	case len(text) == 0:
	case r.item != nil:
		r.item.Text = text
		r.w.Block(*r.item)
		r.item = nil
	default:
		kind := r.kind
		if kind == "" {
			kind = document.Text
		}
		r.w.Block(document.Block{Type: kind, Level: r.level, Text: text})
	}
	for _, p := range r.pictures {
		r.w.Block(p)
	}
	r.pictures = nil
}

// block reads an element that begins and ends a line.
func (r *reader) block(n *html.Node, kind document.SegmentType, level, depth int) error {
	r.flush()
	beforeKind, beforeLevel := r.kind, r.level
	if kind != document.Text { // what lies in a heading belongs to it
		r.kind, r.level = kind, level
	}
	err := r.children(n, depth)
	r.flush()
	r.kind, r.level = beforeKind, beforeLevel
	return err
}

// heading reads a heading; the first of the highest level is the title.
func (r *reader) heading(n *html.Node, depth int) error {
	level := int(n.Data[1] - '0')
	kind := document.SectionHeader
	if level == 1 && !r.titled {
		kind, r.titled = document.Title, true
	}
	item := r.item
	r.flush()
	r.item = nil // a heading in an item stands for itself
	err := r.block(n, kind, level, depth)
	r.item = item
	return err
}

func (r *reader) preformatted(n *html.Node) {
	r.flush()
	text := strings.Trim(strings.ReplaceAll(textOf(n), "\r", ""), "\n")
	if text != "" {
		r.w.Block(document.Block{Type: document.Text, Code: true, Text: document.PlainRun(text)})
	}
}

func (r *reader) list(n *html.Node, depth int) error {
	r.flush()
	l := list{ordered: n.DataAtom == atom.Ol, next: 1}
	if start, ok := attribute(n, "start"); ok {
		if v, err := strconv.Atoi(start); err == nil {
			l.next = v
		}
	}
	r.lists = append(r.lists, l)
	err := r.children(n, depth)
	r.flush()
	r.item = nil
	r.lists = r.lists[:len(r.lists)-1]
	return err
}

func (r *reader) listItem(n *html.Node, depth int) error {
	r.flush()
	item := &document.Block{Type: document.ListItem, Level: max(len(r.lists)-1, 0)}
	if r.notes {
		item.Type, item.Level = document.Footnote, 0
	}
	if len(r.lists) > 0 {
		l := &r.lists[len(r.lists)-1]
		if value, ok := attribute(n, "value"); ok && l.ordered {
			if v, err := strconv.Atoi(value); err == nil {
				l.next = v
			}
		}
		if l.ordered {
			item.Label = label(l.next)
			l.next++
		}
	}
	r.item = item
	err := r.children(n, depth)
	r.flush()
	r.item = nil
	return err
}
