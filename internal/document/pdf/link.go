package pdf

import "docket/internal/document"

// The values of FPDFAction_GetType that lead somewhere.
const (
	actionGoTo = 1
	actionURI  = 3
)

// link reads where a link annotation leads. Those that start a program, open
// another file or run a script lead nowhere.
func (r *pageReader) link(annot uint64) {
	e, d := r.e, r.d
	handle := uint64(uint32(e.call("FPDFAnnot_GetLink", annot)))
	if handle == 0 {
		return
	}
	box, ok := r.annotBox(annot)
	if !ok {
		return
	}
	l := document.Link{Box: box}
	target := uint64(uint32(e.call("FPDFLink_GetDest", d.handle, handle)))
	if target == 0 {
		action := uint64(uint32(e.call("FPDFLink_GetAction", handle)))
		if action == 0 {
			return
		}
		switch integer(e.call("FPDFAction_GetType", action)) {
		case actionURI:
			l.URI = cText(e.longText("FPDFAction_GetURIPath", d.handle, action))
		case actionGoTo:
			target = uint64(uint32(e.call("FPDFAction_GetDest", d.handle, action)))
		}
	}
	if target != 0 {
		l.Page = integer(e.call("FPDFDest_GetDestPageIndex", d.handle, target)) + 1
	}
	if l.URI != "" || l.Page > 0 && l.Page <= d.info.Pages {
		r.page.Links = append(r.page.Links, l)
	}
}

// linkCells is about how many places a page is divided into, each way, to find
// the link that a word stands in.
const linkCells = 256

// tieLinks says of each word which link it stands in; of links that lie over
// each other it is the last.
func (r *pageReader) tieLinks() {
	p := r.page
	if len(p.Links) == 0 || len(p.Words) == 0 {
		return
	}
	side := max(p.Width, p.Height)/linkCells + 0.01
	cell := func(v float64) int { return min(max(int(v/side), 0), linkCells-1) }
	var rows [linkCells][]uint16 // the link at each place, from 1; most rows have none
	for i := range p.Links {
		b := p.Links[i].Box
		for y := cell(b.Top); y <= cell(b.Bottom); y++ {
			if rows[y] == nil {
				rows[y] = make([]uint16, linkCells)
			}
			for x := cell(b.Left); x <= cell(b.Right); x++ {
				rows[y][x] = uint16(i + 1) // there are at most maxAnnots
			}
		}
	}
	for i := range p.Words {
		b := p.Words[i].Box
		x, y := (b.Left+b.Right)/2, (b.Top+b.Bottom)/2
		row := rows[cell(y)]
		if len(row) == 0 {
			continue
		}
		n := int(row[cell(x)])
		if n == 0 {
			continue
		}
		if l := p.Links[n-1].Box; x >= l.Left && x <= l.Right && y >= l.Top && y <= l.Bottom {
			p.Words[i].Link = n
		}
	}
}
