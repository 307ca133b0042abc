package image

import (
	"bytes"
	"encoding/binary"

	"docket/internal/document"
)

// tagOrientation is the entry of a TIFF directory, and so of EXIF, that says
// how a picture is turned.
const tagOrientation = 274

// exifOrientation finds how a camera was held, 1 to 8; 1 when the file does
// not say.
func exifOrientation(data []byte, format string) int {
	var exif []byte
	switch format {
	case document.FormatJPEG:
		exif = jpegEXIF(data)
	case document.FormatPNG:
		exif = chunk(data, 8, "eXIf", binary.BigEndian, 4)
	case document.FormatWebP:
		exif = bytes.TrimPrefix(chunk(data, 12, "EXIF", binary.LittleEndian, 0), []byte("Exif\x00\x00"))
	}
	order, first, ok := tiffHeader(exif)
	if !ok {
		return 1
	}
	d, ok := readDirectory(exif, order, first)
	if !ok {
		return 1
	}
	return d.orientation()
}

// jpegEXIF is the EXIF block of a JPEG file, or nil.
func jpegEXIF(data []byte) []byte {
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		kind, size := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
		if kind == 0xda || size < 2 || at+2+size > len(data) {
			return nil
		}
		body := data[at+4 : at+2+size]
		if kind == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return body[6:]
		}
		at += 2 + size
	}
	return nil
}

// chunk finds a chunk of a PNG or RIFF file, which have length and name in
// either order; each ends with more bytes of a checksum.
func chunk(data []byte, at int, name string, order binary.ByteOrder, more int) []byte {
	for at+8 <= len(data) {
		length, kind := order.Uint32(data[at:]), string(data[at+4:at+8])
		if order == binary.LittleEndian {
			length, kind = order.Uint32(data[at+4:]), string(data[at:at+4])
		}
		end := int64(at) + 8 + int64(length)
		if end > int64(len(data)) {
			return nil
		}
		if kind == name {
			return data[at+8 : end]
		}
		if order == binary.LittleEndian {
			end += end & 1
		}
		at = int(end) + more
	}
	return nil
}

// tiffHeader reads the byte order and the place of the first directory.
func tiffHeader(b []byte) (order binary.ByteOrder, first int64, ok bool) {
	if len(b) < 8 {
		return nil, 0, false
	}
	switch string(b[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return nil, 0, false
	}
	return order, int64(order.Uint32(b[4:])), true
}

// directory is what is needed of one directory of a TIFF file.
type directory struct {
	width, height, turned int
	compression           int
	at                    int64 // of its entries
	entries               int64
	next                  int64
}

func (d directory) orientation() int {
	if d.turned < 1 || d.turned > 8 {
		return 1
	}
	return d.turned
}

func readDirectory(b []byte, order binary.ByteOrder, at int64) (directory, bool) {
	var d directory
	if at < 8 || at+2 > int64(len(b)) {
		return d, false
	}
	n := int64(order.Uint16(b[at:]))
	end := at + 2 + 12*n
	d.at, d.entries = at+2, n
	if end+4 > int64(len(b)) {
		return d, false
	}
	for e := at + 2; e < end; e += 12 {
		value := int(order.Uint32(b[e+8:]))
		if order.Uint16(b[e+2:]) == 3 { // two bytes
			value = int(order.Uint16(b[e+8:]))
		}
		switch order.Uint16(b[e:]) {
		case 256:
			d.width = value
		case 257:
			d.height = value
		case tagOrientation:
			d.turned = value
		case tagCompression:
			d.compression = value
		}
	}
	d.next = int64(order.Uint32(b[end:]))
	return d, true
}
