package image

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"io"

	"golang.org/x/image/tiff"
)

// Entries of a TIFF directory that are needed where a picture is cut into
// pieces, each of them a JPEG.
const (
	tagCompression  = 259
	tagPhotometric  = 262
	tagStripOffsets = 273
	tagRowsPerStrip = 278
	tagStripLengths = 279
	tagPlanes       = 284
	tagTileWidth    = 322
	tagTileHeight   = 323
	tagTileOffsets  = 324
	tagTileLengths  = 325
	tagJPEGTables   = 347
)

const (
	tiffJPEG       = 7 // the value of tagCompression
	photometricRGB = 2
)

// pieces are the strips or tiles of a picture.
type pieces struct {
	width, height    int // of each
	offsets, lengths []int
}

// decodeTIFFJPEG decodes a picture whose pieces are JPEGs, which may share
// their tables.
func decodeTIFFJPEG(data []byte, order binary.ByteOrder, dir directory) (image.Image, error) {
	all := dir.pieces(data, order)
	if planes := dir.values(data, order, tagPlanes); len(planes) > 0 && planes[0] != 1 {
		return nil, tiff.UnsupportedError("planes of JPEG apart from each other")
	}
	const spare = 1024 // that a tile may be wider and higher than the picture
	if all.width <= 0 || all.height <= 0 || all.width > dir.width+spare || all.height > dir.height+spare || len(all.offsets) == 0 || len(all.offsets) != len(all.lengths) {
		return nil, io.ErrUnexpectedEOF
	}
	tables := dir.bytes(data, order, tagJPEGTables)
	rgb := false
	if p := dir.values(data, order, tagPhotometric); len(p) > 0 {
		rgb = p[0] == photometricRGB
	}
	out := image.NewGray(image.Rect(0, 0, dir.width, dir.height))
	across := (dir.width + all.width - 1) / all.width
	for i, offset := range all.offsets {
		end := offset + all.lengths[i]
		if offset < 0 || end < offset || end > len(data) {
			return nil, io.ErrUnexpectedEOF
		}
		x, y := i%across*all.width, i/across*all.height
		if y >= dir.height {
			break
		}
		piece, err := decodePiece(joinJPEG(tables, data[offset:end], rgb), all)
		if err != nil {
			return nil, fmt.Errorf("piece %d: %w", i, err)
		}
		draw.Draw(out, image.Rect(x, y, x+all.width, y+all.height), Grey(piece), image.Point{}, draw.Src)
	}
	return out, nil
}

// decodePiece refuses a piece that is larger than its place before memory is
// taken for it.
func decodePiece(data []byte, all pieces) (image.Image, error) {
	const rounding = 64 // some programs fill the last blocks
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if c.Width > all.width+rounding || c.Height > all.height+rounding {
		return nil, fmt.Errorf("%d by %d pixels in a place of %d by %d", c.Width, c.Height, all.width, all.height)
	}
	return jpeg.Decode(bytes.NewReader(data))
}

// joinJPEG puts the tables that pieces share before the piece, and where its
// colours are red, green and blue, the mark that says so.
func joinJPEG(tables, piece []byte, rgb bool) []byte {
	const begin, end = "\xff\xd8", "\xff\xd9"
	out := []byte(begin)
	if rgb {
		out = append(out, "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"...)
	}
	tables = bytes.TrimSuffix(bytes.TrimPrefix(tables, []byte(begin)), []byte(end))
	out = append(out, tables...)
	return append(out, bytes.TrimPrefix(piece, []byte(begin))...)
}

func (d directory) pieces(data []byte, order binary.ByteOrder) pieces {
	first := func(tag uint16, otherwise int) int {
		if v := d.values(data, order, tag); len(v) > 0 {
			return v[0]
		}
		return otherwise
	}
	if w := first(tagTileWidth, 0); w > 0 {
		return pieces{w, first(tagTileHeight, 0), d.values(data, order, tagTileOffsets), d.values(data, order, tagTileLengths)}
	}
	return pieces{d.width, min(first(tagRowsPerStrip, d.height), d.height), d.values(data, order, tagStripOffsets), d.values(data, order, tagStripLengths)}
}

// values are the numbers of an entry.
func (d directory) values(data []byte, order binary.ByteOrder, tag uint16) []int {
	content, size := d.entry(data, order, tag)
	var all []int
	for ; len(content) >= size && size > 0; content = content[size:] {
		switch size {
		case 2:
			all = append(all, int(order.Uint16(content)))
		case 4:
			all = append(all, int(order.Uint32(content)))
		default:
			return nil
		}
	}
	return all
}

func (d directory) bytes(data []byte, order binary.ByteOrder, tag uint16) []byte {
	content, _ := d.entry(data, order, tag)
	return content
}

// entry is the content of an entry and the size of each of its values; nil
// when it is not there or lies outside the file.
func (d directory) entry(data []byte, order binary.ByteOrder, tag uint16) (content []byte, size int) {
	for e := d.at; e < d.at+12*d.entries; e += 12 {
		if order.Uint16(data[e:]) != tag {
			continue
		}
		size = map[uint16]int{1: 1, 3: 2, 4: 4, 7: 1}[order.Uint16(data[e+2:])]
		length := int64(order.Uint32(data[e+4:])) * int64(size)
		from := e + 8
		if length > 4 {
			from = int64(order.Uint32(data[e+8:]))
		}
		if size == 0 || from+length > int64(len(data)) {
			return nil, 0
		}
		return data[from : from+length], size
	}
	return nil, 0
}
