package document

import (
	"slices"
	"strings"
)

// FormField is one field of a form that the document is, with what was filled
// in. A group of radio buttons is one, with the value of that which is chosen.
type FormField struct {
	// Name is the field's full name; Label is what users see in its place, if
	// the form says so.
	Name  string    `json:"name"`
	Label string    `json:"label,omitempty"`
	Type  FieldKind `json:"type"`
	// Value is empty for what was not filled in; that of a checkbox is what it
	// stands for while it is checked.
	Value string `json:"value"`
	// Checked is of checkboxes alone.
	Checked *bool `json:"checked,omitempty"`
	// PageNumber is 1-based; BBox is in pixels at 144 dpi.
	PageNumber int       `json:"page_number"`
	BBox       Rectangle `json:"bbox"`
}

// Hyperlink is a place of the document that leads elsewhere: to a URL, or
// to another page of it.
type Hyperlink struct {
	Text       string    `json:"text"`
	URL        string    `json:"url,omitempty"`
	TargetPage int       `json:"target_page,omitempty"`
	PageNumber int       `json:"page_number"`
	BBox       Rectangle `json:"bbox"`
}

// Details are what a document says beside its text.
type Details struct {
	FormFields []FormField `json:"form_fields,omitempty"`
	Links      []Hyperlink `json:"links,omitempty"`
}

// maxDetails bounds the details of a document, in bytes as they are counted
// here, and DetailsCut is the warning of one that has more.
const (
	maxDetails = 400 << 10
	DetailsCut = "details_cut"
)

// detailReader gathers details from pages.
type detailReader struct {
	Details
	size int
	full bool
}

// room says whether an entry with these texts can be kept.
func (d *detailReader) room(texts ...string) bool {
	const besides = 160 // the keys and numbers of an entry
	n := besides
	for _, t := range texts {
		n += 2 * len(t) // signs that JSON escapes
	}
	if d.full || d.size+n > maxDetails {
		d.full = true
		return false
	}
	d.size += n
	return true
}

// fields takes the fields of a page. The buttons of a radio group that are not
// chosen only say that the group is there.
func (d *detailReader) fields(p *Page) {
	groups := map[string]int{}
	for i := range p.Fields {
		f := &p.Fields[i]
		out := FormField{Name: f.Name, Label: f.Label, Type: f.Kind, Value: f.Value, PageNumber: p.Number, BBox: rectangle(f.Box, Box{})}
		switch f.Kind {
		case CheckboxField:
			out.Checked = &f.Checked
			if !f.Checked {
				out.Value = ""
			}
		case RadioField:
			if !f.Checked {
				out.Value = ""
			}
			if n, ok := groups[f.Name]; ok {
				if f.Checked {
					d.FormFields[n].Value, d.FormFields[n].BBox = out.Value, out.BBox
				}
				continue
			}
			groups[f.Name] = len(d.FormFields)
		}
		if !d.room(out.Name, out.Label, out.Value) {
			return
		}
		d.FormFields = append(d.FormFields, out)
	}
}

// links takes the links of a page: its annotations, and addresses that are
// written out.
func (d *detailReader) links(p *Page) {
	texts := make([][]string, len(p.Links))
	written := []Hyperlink{}
	for i := range p.Words {
		w := &p.Words[i]
		if w.Link > 0 {
			texts[w.Link-1] = append(texts[w.Link-1], w.Text)
		} else if from, to := writtenAddress(w.Text); to > from {
			written = append(written, Hyperlink{Text: w.Text[from:to], URL: address(w.Text[from:to]), PageNumber: p.Number, BBox: rectangle(w.Box, Box{})})
		}
	}
	all := make([]Hyperlink, 0, len(p.Links)+len(written))
	for i := range p.Links {
		l := &p.Links[i]
		out := Hyperlink{Text: strings.Join(texts[i], " "), URL: address(l.URI), TargetPage: l.Page, PageNumber: p.Number, BBox: rectangle(l.Box, Box{})}
		if out.URL != "" || out.TargetPage > 0 {
			all = append(all, out)
		}
	}
	all = append(all, written...)
	slices.SortStableFunc(all, func(a, b Hyperlink) int {
		switch {
		case a.BBox.Top < b.BBox.Top:
			return -1
		case a.BBox.Top > b.BBox.Top:
			return 1
		}
		return 0
	})
	for _, l := range all {
		if !d.room(l.Text, l.URL) {
			return
		}
		d.Links = append(d.Links, l)
	}
}
