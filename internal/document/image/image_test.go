package image_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	stdimage "image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"strings"
	"testing"

	"docket/internal/document"
	"docket/internal/document/image"
	"docket/internal/job"
	"docket/internal/testkit"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// sample is 40 by 20 pixels: black in its left upper quarter, white elsewhere.
func sample() *stdimage.Gray {
	p := stdimage.NewGray(stdimage.Rect(0, 0, 40, 20))
	for i := range p.Pix {
		p.Pix[i] = 255
		if i%40 < 20 && i/40 < 10 {
			p.Pix[i] = 0
		}
	}
	return p
}

func encode(t *testing.T, f func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t *testing.T, data []byte) *image.Document {
	t.Helper()
	d, err := image.Open(data, document.Detect(data, ""), document.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// exif is a block of EXIF with an orientation.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(b, 274)
	b = order.AppendUint16(b, 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, orientation)
	return append(b, 0, 0, 0, 0, 0, 0)
}

// turned is the sample as JPEG with an orientation.
func turned(t *testing.T, orientation uint16) []byte {
	t.Helper()
	plain := encode(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, sample(), &jpeg.Options{Quality: 100}) })
	block := append([]byte("Exif\x00\x00"), exif(binary.BigEndian, orientation)...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(block)+2))
	return append(append(head, block...), plain[2:]...)
}

func TestFormats(t *testing.T) {
	webp, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	for format, data := range map[string][]byte{
		"png":  testkit.PNG(sample()),
		"jpeg": encode(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, sample(), nil) }),
		"bmp":  encode(t, func(b *bytes.Buffer) error { return bmp.Encode(b, sample()) }),
		"tiff": encode(t, func(b *bytes.Buffer) error { return tiff.Encode(b, sample(), nil) }),
		"gif":  encode(t, func(b *bytes.Buffer) error { return gif.Encode(b, sample(), nil) }),
		"webp": webp,
	} {
		d := open(t, data)
		page, picture, err := d.Page(1)
		if err != nil || d.Info().Format != format || d.Info().Pages != 1 {
			t.Errorf("%s: %+v, %v", format, d.Info(), err)
			continue
		}
		if page.Width*2 != float64(picture.Rect.Dx()) || len(page.Images) != 1 || page.Images[0].Box.Width() != page.Width {
			t.Errorf("%s: page %+v of a picture of %v", format, page, picture.Rect)
		}
		if format != "webp" && (picture.GrayAt(5, 5).Y > 40 || picture.GrayAt(35, 15).Y < 215) {
			t.Errorf("%s: wrong shades", format)
		}
	}
}

func TestOrientation(t *testing.T) {
	// Where the black quarter is shown, as right and lower half.
	want := map[uint16][2]bool{1: {}, 2: {true, false}, 3: {true, true}, 4: {false, true}, 5: {}, 6: {true, false}, 7: {true, true}, 8: {false, true}, 99: {}}
	for orientation, at := range want {
		_, picture, err := open(t, turned(t, orientation)).Page(1)
		if err != nil {
			t.Fatal(err)
		}
		w, h := picture.Rect.Dx(), picture.Rect.Dy()
		if upended := orientation >= 5 && orientation <= 8; upended != (h > w) {
			t.Errorf("orientation %d: %d by %d", orientation, w, h)
		}
		x, y := w/4, h/4
		if at[0] {
			x += w / 2
		}
		if at[1] {
			y += h / 2
		}
		if picture.GrayAt(x, y).Y > 60 || picture.GrayAt(w-1-x, h-1-y).Y < 200 {
			t.Errorf("orientation %d: the black quarter is not right %t, low %t", orientation, at[0], at[1])
		}
	}
}

// pages joins pictures into one TIFF file.
func pages(t *testing.T, n int) []byte {
	t.Helper()
	one := encode(t, func(b *bytes.Buffer) error { return tiff.Encode(b, sample(), nil) })
	first := binary.LittleEndian.Uint32(one[4:])
	entries := uint32(binary.LittleEndian.Uint16(one[first:]))
	directory := one[first : first+2+12*entries]
	out := bytes.Clone(one)
	link := first + 2 + 12*entries
	for range n - 1 {
		binary.LittleEndian.PutUint32(out[link:], uint32(len(out)))
		link = uint32(len(out)) + 2 + 12*entries
		out = append(append(out, directory...), 0, 0, 0, 0)
	}
	return out
}

func TestTIFFPages(t *testing.T) {
	d := open(t, pages(t, 3))
	if d.Info().Pages != 3 {
		t.Fatalf("%d pages", d.Info().Pages)
	}
	for n := 1; n <= 3; n++ {
		if _, picture, err := d.Page(n); err != nil || picture.GrayAt(5, 5).Y != 0 {
			t.Errorf("page %d: %v", n, err)
		}
	}
	if _, _, err := d.Page(4); err == nil {
		t.Error("page 4 is read")
	}
	// A file whose last directory names the first does not go on for ever.
	loop := pages(t, 2)
	binary.LittleEndian.PutUint32(loop[len(loop)-4:], binary.LittleEndian.Uint32(loop[4:]))
	if n := open(t, loop).Info().Pages; n != 2 {
		t.Errorf("a loop of two has %d pages", n)
	}
}

// Of an animation the first picture is read, and the page says so.
func TestGIFFrames(t *testing.T) {
	full := stdimage.NewPaletted(stdimage.Rect(0, 0, 40, 20), color.Palette{color.White, color.Black, color.Transparent})
	part := stdimage.NewPaletted(stdimage.Rect(0, 0, 20, 10), full.Palette)
	for i := range part.Pix {
		part.Pix[i] = 1
	}
	data := encode(t, func(b *bytes.Buffer) error {
		return gif.EncodeAll(b, &gif.GIF{Config: stdimage.Config{ColorModel: full.Palette, Width: 40, Height: 20}, Image: []*stdimage.Paletted{part, full}, Delay: []int{1, 1}, Disposal: []byte{1, 1}})
	})
	d := open(t, data)
	page, picture, err := d.Page(1)
	if err != nil || d.Info().Pages != 1 || picture.Rect.Dx() != 40 || picture.GrayAt(5, 5).Y != 0 || picture.GrayAt(30, 15).Y != 255 {
		t.Fatalf("%d pages of %v, %v", d.Info().Pages, picture, err)
	}
	if len(page.Warnings) != 1 || !strings.Contains(page.Warnings[0], "animated") {
		t.Errorf("warnings %q", page.Warnings)
	}
}

// pngHeader is a PNG file that claims a size and has no content.
func pngHeader(width, height uint32) []byte {
	chunk := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)...)
	chunk = append(chunk, 8, 0, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	return binary.BigEndian.AppendUint32(append(out, chunk...), crc32.ChecksumIEEE(chunk))
}

func TestRefusesLargePictures(t *testing.T) {
	huge := map[string][]byte{"png": pngHeader(60_000, 60_000)}
	b := encode(t, func(b *bytes.Buffer) error { return bmp.Encode(b, sample()) })
	binary.LittleEndian.PutUint32(b[18:], 60_000)
	binary.LittleEndian.PutUint32(b[22:], 60_000)
	huge["bmp"] = b
	g := encode(t, func(b *bytes.Buffer) error { return gif.Encode(b, sample(), nil) })
	binary.LittleEndian.PutUint16(g[6:], 60_000)
	binary.LittleEndian.PutUint16(g[8:], 60_000)
	huge["gif"] = g
	for name, data := range huge {
		_, err := image.Open(data, document.Detect(data, ""), document.DefaultLimits())
		if job.CodeOf(err) != job.ResourceLimit {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A picture cut off anywhere is refused, or what is left of it is shown.
func TestCutOff(t *testing.T) {
	files := map[string][]byte{
		"png":  testkit.PNG(sample()),
		"jpeg": turned(t, 6),
		"bmp":  encode(t, func(b *bytes.Buffer) error { return bmp.Encode(b, sample()) }),
		"tiff": pages(t, 2),
		"gif":  encode(t, func(b *bytes.Buffer) error { return gif.Encode(b, sample(), nil) }),
	}
	for name, data := range files {
		for n := 12; n < len(data); n++ {
			kind := document.Detect(data, "")
			d, err := image.Open(data[:n], kind, document.DefaultLimits())
			for i := 1; err == nil && i <= d.Info().Pages; i++ {
				_, _, err = d.Page(i)
			}
			if code := job.CodeOf(err); err != nil && code != job.FileCorrupted && code != job.ResourceLimit {
				t.Fatalf("%s cut to %d bytes: %v", name, n, err)
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(testkit.PNG(sample()))
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x01\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		kind := document.Detect(data, "")
		d, err := image.Open(data, kind, document.DefaultLimits())
		for i := 1; err == nil && i <= min(d.Info().Pages, 3); i++ {
			_, _, err = d.Page(i)
		}
		if code := job.CodeOf(err); err != nil && code != job.FileCorrupted && code != job.ResourceLimit {
			t.Errorf("%v", err)
		}
	})
}
