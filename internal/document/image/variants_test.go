package image_test

import (
	"bytes"
	"compress/lzw"
	"encoding/base64"
	"encoding/binary"
	stdimage "image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"docket/internal/document"
	"docket/internal/document/image"
	"docket/internal/job"
	"docket/internal/testkit"
)

// tiffOf makes a file of one picture of 40 by 20 pixels, in strips of so many
// rows, packed as the compression says; more are further entries, each a tag
// and its value, in order.
func tiffOf(compression, photometric, bits, rows int, tables []byte, strips ...[]byte) []byte {
	b := []byte("II*\x00\x00\x00\x00\x00")
	place := func(content []byte) int {
		at := len(b)
		b = append(b, content...)
		return at
	}
	var offsets, lengths []byte
	for _, s := range strips {
		offsets = binary.LittleEndian.AppendUint32(offsets, uint32(place(s)))
		lengths = binary.LittleEndian.AppendUint32(lengths, uint32(len(s)))
	}
	longs := func(values []byte) int {
		if len(values) == 4 {
			return int(binary.LittleEndian.Uint32(values))
		}
		return place(values)
	}
	entries := [][4]int{ // tag, type, count, value
		{256, 4, 1, 40}, {257, 4, 1, 20}, {258, 4, 1, bits}, {259, 4, 1, compression}, {262, 4, 1, photometric},
		{273, 4, len(strips), longs(offsets)}, {277, 4, 1, 1}, {278, 4, 1, rows}, {279, 4, len(strips), longs(lengths)},
	}
	if tables != nil {
		entries = append(entries, [4]int{347, 7, len(tables), place(tables)})
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(entries)))
	for _, e := range entries {
		b = binary.LittleEndian.AppendUint16(b, uint16(e[0]))
		b = binary.LittleEndian.AppendUint16(b, uint16(e[1]))
		b = binary.LittleEndian.AppendUint32(b, uint32(e[2]))
		b = binary.LittleEndian.AppendUint32(b, uint32(e[3]))
	}
	return append(b, 0, 0, 0, 0)
}

// jpegStrips are the upper and the lower half of the sample, and the tables
// that both share, which they themselves are without.
func jpegStrips(t *testing.T) (tables []byte, strips [2][]byte) {
	t.Helper()
	for i := range strips {
		half := stdimage.NewGray(stdimage.Rect(0, 0, 40, 10))
		draw.Draw(half, half.Rect, sample(), stdimage.Pt(0, 10*i), draw.Src)
		whole := encode(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, half, nil) })
		tables, strips[i] = []byte{0xff, 0xd8}, []byte{0xff, 0xd8}
		at := 2
		for whole[at+1] != 0xda {
			segment := whole[at : at+2+int(binary.BigEndian.Uint16(whole[at+2:]))]
			if kind := segment[1]; kind == 0xdb || kind == 0xc4 {
				tables = append(tables, segment...)
			} else {
				strips[i] = append(strips[i], segment...)
			}
			at += len(segment)
		}
		strips[i] = append(strips[i], whole[at:]...)
	}
	return append(tables, 0xff, 0xd9), strips
}

// bitString packs text of zeros and ones.
func bitString(bits string) []byte {
	out := make([]byte, (len(bits)+7)/8)
	for i, c := range bits {
		if c == '1' {
			out[i/8] |= 0x80 >> (i % 8)
		}
	}
	return out
}

func packedLZW(t *testing.T) []byte {
	t.Helper()
	return encode(t, func(b *bytes.Buffer) error {
		w := lzw.NewWriter(b, lzw.MSB, 8)
		for y := range 20 {
			row := sample().Pix[40*y : 40*y+40]
			if _, err := w.Write(row); err != nil {
				return err
			}
		}
		return w.Close()
	})
}

// Pictures as scanners, cameras and printers make them.
func TestVariants(t *testing.T) {
	tables, strips := jpegStrips(t)
	// No white pixel, twenty black ones, white to the end; the lines below are as
	// the first.
	fax := bitString("001" + "00110101" + "00001101000" + "1" + strings.Repeat("111", 19) + "000000000001000000000001")
	deep := stdimage.NewNRGBA64(stdimage.Rect(0, 0, 40, 20))
	draw.Draw(deep, deep.Rect, sample(), stdimage.Point{}, draw.Src)
	for name, data := range map[string][]byte{
		"tiff, lzw":            tiffOf(5, 1, 8, 20, nil, packedLZW(t)),
		"tiff, fax":            tiffOf(4, 0, 1, 20, nil, fax),
		"tiff, jpeg":           tiffOf(7, 1, 8, 10, tables, strips[0], strips[1]),
		"png, 16 bits a color": encode(t, func(b *bytes.Buffer) error { return png.Encode(b, deep) }),
		"jpeg, cmyk":           cmykJPEG(t),
	} {
		page, picture, err := open(t, data).Page(1)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if picture.GrayAt(5, 5).Y > 40 || picture.GrayAt(35, 15).Y < 215 || picture.Rect.Dx() != 40 || len(page.Warnings) != 0 {
			t.Errorf("%s: %v, shades %d and %d", name, picture.Rect, picture.GrayAt(5, 5).Y, picture.GrayAt(35, 15).Y)
		}
	}
}

// cmykSample is the sample in cyan, magenta, yellow and black.
const cmykSample = "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/8AAFAgAFAAoBEMRAE0RAFkRAEsRAP/EABcAAQEBAQAAAAAAAAAAAAAAAAAJBwj/xAAvEAEAAAIECgsAAAAAAAAAAAAAERMDBAUIAQIGBxIVGVel1AkUFhchJDIzR4XE/9oADgRDAE0AWQBLAAA/AKpqpqppVAACqnQY/Nn0n7wFVAAByrsuLsW7Lj9qcyAbLi7Fuy4/anMgNVzF3XM2F2vXfdxkz2c11I6/5+tVqdJmSvfpcfRhNpPTCOl4xhggBqoAAAAAAAD/2Q=="

// cmykJPEG has four components, stored inverted, as Photoshop does.
func cmykJPEG(t *testing.T) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(cmykSample)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// What no reader here can decode is told from what is broken.
func TestUnsupportedPictures(t *testing.T) {
	arithmetic := encode(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, sample(), nil) })
	arithmetic[bytes.Index(arithmetic, []byte{0xff, 0xc0})+1] = 0xc9
	for name, data := range map[string][]byte{
		"tiff, old jpeg":   tiffOf(6, 6, 8, 20, nil, []byte("x")),
		"jpeg, arithmetic": arithmetic,
	} {
		d, err := image.Open(data, document.Detect(data, ""), document.DefaultLimits())
		if err == nil {
			_, _, err = d.Page(1)
		}
		if reason, _ := job.FailureOf(err).Facts["reason"].(string); job.CodeOf(err) != job.Unreadable || !strings.Contains(reason, "not read") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A JPEG inside a TIFF cannot claim more than its place.
func TestTIFFPieceThatLies(t *testing.T) {
	data := tiffOf(7, 1, 8, 20, nil, testkit.HugeJPEG(60_000, 60_000))
	d := open(t, data)
	if _, _, err := d.Page(1); job.CodeOf(err) != job.FileCorrupted {
		t.Errorf("%v", err)
	}
}

// Of an animated WebP the first frame is read.
func TestAnimatedWebP(t *testing.T) {
	still, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	frame := append(make([]byte, 16), still[12:]...)
	var b []byte
	add := func(name string, content []byte) {
		b = binary.LittleEndian.AppendUint32(append(b, name...), uint32(len(content)))
		b = append(b, content...)
		if len(content)%2 == 1 {
			b = append(b, 0)
		}
	}
	b = append(b, "WEBP"...)
	add("VP8X", []byte{2, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	add("ANIM", make([]byte, 6))
	add("ANMF", frame)
	add("ANMF", frame)
	data := append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(b))), b...)
	page, picture, err := open(t, data).Page(1)
	if err != nil || picture.Rect.Dx() != 1 || len(page.Warnings) != 1 {
		t.Errorf("%v, %v", picture, err)
	}
	for n := 12; n < len(data); n++ {
		d, err := image.Open(data[:n], document.Detect(data, ""), document.DefaultLimits())
		if err == nil {
			_, _, err = d.Page(1)
		}
		if code := job.CodeOf(err); err != nil && code != job.FileCorrupted {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
}
