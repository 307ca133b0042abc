package office

import (
	"errors"
	"io"
)

// checkDepth counts how deep elements lie in each other, without the cost of
// reading them. What is no XML passes: it fails where it is read.
func checkDepth(in io.Reader, most int) error {
	buf := make([]byte, 64<<10)
	var d depthScanner
	for {
		n, err := in.Read(buf)
		for _, c := range buf[:n] {
			d.next(c)
		}
		if d.deepest > most {
			return limitError("xml_depth", d.deepest, most)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// depthScanner follows the tags of a part, byte by byte.
type depthScanner struct {
	depth, deepest int
	inTag          bool
	quote          byte // the sign that ends an attribute's value
	first, last    byte // of the tag
	dashes         int  // at the end of a comment
	comment        bool
	head           [8]byte // the beginning of the tag
	length         int
}

func (d *depthScanner) next(c byte) {
	switch {
	case d.comment:
		d.inComment(c)
	case !d.inTag:
		if c == '<' {
			d.inTag, d.length, d.last = true, 0, 0
		}
	case d.quote != 0:
		if c == d.quote {
			d.quote = 0
		}
	case (c == '"' || c == '\'') && d.first != '!' && d.first != '?' && d.length > 0:
		d.quote = c
	case c == '>':
		d.endTag()
	default:
		d.inside(c)
	}
}

func (d *depthScanner) inside(c byte) {
	if d.length == 0 {
		d.first = c
	}
	if d.length < len(d.head) {
		d.head[d.length] = c
	}
	d.length++
	d.last = c
	if d.first == '!' && d.length == 3 && string(d.head[:3]) == "!--" || d.first == '!' && d.length == 8 && string(d.head[:8]) == "![CDATA[" {
		d.comment, d.dashes, d.inTag = true, 0, false
	}
}

// inComment waits for the end of a comment or of character data.
func (d *depthScanner) inComment(c byte) {
	end := byte('-')
	if d.head[1] == '[' {
		end = ']'
	}
	switch {
	case c == end:
		d.dashes++
	case c == '>' && d.dashes >= 2:
		d.comment = false
	default:
		d.dashes = 0
	}
}

func (d *depthScanner) endTag() {
	d.inTag = false
	switch {
	case d.first == '/':
		d.depth--
	case d.first == '!' || d.first == '?' || d.last == '/' || d.length == 0:
	default:
		d.depth++
		d.deepest = max(d.deepest, d.depth)
	}
}
