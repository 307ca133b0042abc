package pdf

import (
	"bytes"
	"compress/zlib"
	"io"
)

// PDFium compares every element of a page's structure with all kids of the
// element around it, in time that no call can end. So what the longest lists of
// a file would take is reckoned before: of the elements that a page can name,
// and of the kids that an element can have.
type structureLists struct {
	kids     int
	elements int
	unread   bool // a stream of objects could not be read
	room     int  // bytes of such streams that are still to be looked at
}

// maxObjectBytes bounds what is unpacked of a file's streams of objects.
const maxObjectBytes = 64 << 20

// structureOf reads the lists of a file.
func structureOf(file []byte) structureLists {
	s := structureLists{room: maxObjectBytes}
	s.scan(file, false)
	return s
}

// comparisons is the most that PDFium does for one page.
func (s *structureLists) comparisons() int { return s.kids * s.elements }

// pdfList is an array or a dictionary that is not closed yet.
type pdfList struct {
	array bool
	// kids and elements say that the array may be the kids of an element, or
	// the elements that a page names.
	kids, elements bool
	from           int // where a dictionary begins
	// values are all entries, and others those that are references or
	// dictionaries.
	values, others int
}

// maxListDepth bounds lists in lists; PDFium reads no deeper.
const maxListDepth = 512

// objectScanner walks over the signs of objects without making them.
type objectScanner struct {
	*structureLists
	data []byte
	open []pdfList
	// inside says that these are the objects of a stream, among which there are
	// no streams.
	inside bool
	name   []byte // the name right before, or nil
	dict   []byte // the dictionary that was closed right before, or nil
}

// scan notes the lists of objects that stand one after the other.
func (s *structureLists) scan(data []byte, inside bool) {
	o := &objectScanner{structureLists: s, data: data, inside: inside}
	for i := 0; i < len(data); {
		i = o.next(i)
	}
	o.closeAll()
}

// next takes what begins at i and gives its end.
func (o *objectScanner) next(i int) int {
	switch c := o.data[i]; c {
	case 0, '\t', '\n', '\f', '\r', ' ':
		return i + 1
	case '%':
		return lineEnd(o.data, i)
	case '(':
		o.value(false)
		return stringEnd(o.data, i)
	case '/':
		end := wordEnd(o.data, i+1)
		if n := len(o.open); n > 0 && o.open[n-1].array {
			o.value(false)
		} else {
			o.name = o.data[i+1 : end]
		}
		return end
	case '[':
		o.begin(pdfList{array: true})
		return i + 1
	case ']':
		o.close(true, i)
		return i + 1
	case '<', '>':
		if i+1 < len(o.data) && o.data[i+1] == c {
			if c == '<' {
				o.begin(pdfList{from: i})
			} else {
				o.close(false, i)
			}
			return i + 2
		}
		return i + 1
	case ')', '{', '}':
		return i + 1
	}
	end := wordEnd(o.data, i)
	return o.word(o.data[i:end], end)
}

// word takes a number or keyword that ends there.
func (o *objectScanner) word(word []byte, end int) int {
	switch string(word) {
	case "R":
		if n := len(o.open); n > 0 {
			o.open[n-1].others++
			o.open[n-1].values--
		}
		o.name, o.dict = nil, nil
	case "obj", "endobj":
		o.closeAll()
	case "stream":
		dict := o.dict
		o.closeAll()
		if !o.inside {
			return o.stream(dict, end)
		}
	default:
		o.value(false)
	}
	return end
}

// value counts an entry of the list that is open.
func (o *objectScanner) value(other bool) {
	if n := len(o.open); n > 0 {
		o.open[n-1].values++
		if other {
			o.open[n-1].others++
		}
	}
	o.name, o.dict = nil, nil
}

func (o *objectScanner) begin(l pdfList) {
	n := len(o.open)
	if n >= maxListDepth {
		return
	}
	own, inside := n == 0, n > 0 && o.open[n-1].array
	l.elements = own || inside
	l.kids = own || string(o.name) == "K" || bytes.IndexByte(o.name, '#') >= 0 // a name may be written with escapes
	o.value(!l.array)
	o.open = append(o.open, l)
}

// close ends the list that is open, if it is of that kind.
func (o *objectScanner) close(array bool, at int) {
	n := len(o.open)
	if n == 0 || o.open[n-1].array != array {
		return
	}
	l := o.open[n-1]
	o.open = o.open[:n-1]
	o.name, o.dict = nil, nil
	if !array {
		o.dict = o.data[l.from:at]
		return
	}
	if l.kids {
		o.kids = max(o.kids, l.values)
	}
	if l.elements {
		o.elements = max(o.elements, l.others)
	}
}

// closeAll ends the lists that an object left open.
func (o *objectScanner) closeAll() {
	for n := len(o.open); n > 0; n = len(o.open) {
		o.close(o.open[n-1].array, len(o.data))
	}
	o.name, o.dict = nil, nil
}

// stream takes the content of a stream, which begins behind the keyword at
// from: objects are scanned, all else is passed over.
func (o *objectScanner) stream(dict []byte, from int) int {
	rest := o.data[from:]
	length := bytes.Index(rest, []byte("endstream"))
	if length < 0 {
		length = len(rest)
	}
	if !bytes.Contains(dict, []byte("/ObjStm")) && bytes.IndexByte(dict, '#') < 0 {
		return from + length
	}
	content := bytes.TrimLeft(rest[:length], "\r\n")
	if !bytes.Contains(dict, []byte("/Filter")) && bytes.IndexByte(dict, '#') < 0 {
		o.scan(content, true)
		return from + length
	}
	unpacked, err := unpack(content, o.room)
	if err != nil {
		o.unread = true
	}
	if o.room -= len(unpacked); o.room <= 0 {
		o.kids, o.elements = maxObjectBytes, maxObjectBytes
	}
	o.scan(unpacked, true)
	return from + length
}

// unpack gives at most so many bytes of what was packed, and what there is when
// the end is missing.
func unpack(packed []byte, most int) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	unpacked, err := io.ReadAll(io.LimitReader(r, int64(max(most, 0))))
	if len(unpacked) > 0 {
		err = nil
	}
	return unpacked, err
}

func lineEnd(data []byte, i int) int {
	if n := bytes.IndexAny(data[i:], "\r\n"); n >= 0 {
		return i + n
	}
	return len(data)
}

// stringEnd is behind the bracket that closes the one at i.
func stringEnd(data []byte, i int) int {
	depth := 0
	for ; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(data)
}

// wordEnd is the end of the run of regular signs at i.
func wordEnd(data []byte, i int) int {
	for ; i < len(data); i++ {
		switch data[i] {
		case 0, '\t', '\n', '\f', '\r', ' ', '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
			return i
		}
	}
	return i
}
