package image

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"io"

	"golang.org/x/image/tiff"

	"docket/internal/job"
)

// maxFrames is the most pictures of one file that are looked for, whatever
// number of pages is allowed.
const maxFrames = 100_000

// openTIFF finds the pictures of a TIFF file, each in a directory that names
// the next.
func (d *Document) openTIFF() error {
	order, at, ok := tiffHeader(d.data)
	if !ok {
		return d.corrupted("its header cannot be read", nil)
	}
	seen := map[int64]bool{}
	for at != 0 && !seen[at] {
		seen[at] = true
		dir, ok := readDirectory(d.data, order, at)
		if !ok {
			if len(d.frames) > 0 {
				break // the pictures before are whole
			}
			return d.corrupted("it is cut off", nil)
		}
		if err := d.checkSize(dir.width, dir.height); err != nil {
			return err
		}
		if len(d.frames) == maxFrames {
			return job.Errorf(job.ResourceLimit, job.Facts{"limit": "pages", "pages": maxFrames + 1, "max": maxFrames}, "more than %d pictures", maxFrames)
		}
		d.frames = append(d.frames, frame{offset: at, width: dir.width, height: dir.height, orientation: dir.orientation()})
		at = dir.next
	}
	if len(d.frames) == 0 {
		return d.corrupted("it has no picture", nil)
	}
	return nil
}

// decodeTIFF decodes the picture of one directory: the decoder reads the
// first, so the header is made to point to this one.
func decodeTIFF(data []byte, offset int64) (image.Image, error) {
	order, _, ok := tiffHeader(data)
	if !ok {
		return nil, io.ErrUnexpectedEOF
	}
	if dir, ok := readDirectory(data, order, offset); ok && dir.compression == tiffJPEG {
		return decodeTIFFJPEG(data, order, dir)
	}
	head := append([]byte(nil), data[:8]...)
	order.PutUint32(head[4:], uint32(offset))
	return tiff.Decode(&overlay{head: head, rest: bytes.NewReader(data)})
}

// overlay is a file whose first bytes are others.
type overlay struct {
	head []byte
	rest *bytes.Reader
}

// Read reads on in order.
func (o *overlay) Read(p []byte) (int, error) {
	at := o.rest.Size() - int64(o.rest.Len())
	n, err := o.rest.Read(p)
	o.lay(p[:n], at)
	return n, err
}

// ReadAt reads at a place.
func (o *overlay) ReadAt(p []byte, at int64) (int, error) {
	n, err := o.rest.ReadAt(p, at)
	o.lay(p[:n], at)
	return n, err
}

func (o *overlay) lay(p []byte, at int64) {
	if at < int64(len(o.head)) {
		copy(p, o.head[at:])
	}
}

// openGIF decodes the first picture of a GIF file, on a screen of its own size.
func (d *Document) openGIF() error {
	c, err := gif.DecodeConfig(bytes.NewReader(d.data))
	if err != nil {
		return d.corrupted("its header cannot be read", err)
	}
	if err := d.checkSize(c.Width, c.Height); err != nil {
		return err
	}
	first, err := gif.Decode(bytes.NewReader(d.data))
	if err != nil {
		return d.corrupted("its content is damaged or cut off", err)
	}
	screen := image.NewGray(image.Rect(0, 0, c.Width, c.Height))
	draw.Draw(screen, screen.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(screen, first.Bounds(), first, first.Bounds().Min, draw.Over)
	d.frames = []frame{{width: c.Width, height: c.Height, still: screen}}
	d.animated = gifFrames(d.data) > 1
	return nil
}

// gifFrames counts the pictures of a GIF file without decoding them.
func gifFrames(b []byte) int {
	if len(b) < 13 {
		return 0
	}
	at := 13 + palette(b[10])
	for n := 0; ; {
		if at >= len(b) {
			return n
		}
		switch b[at] {
		case 0x21: // extension
			at = skipBlocks(b, at+2)
		case 0x2c: // picture
			if at+10 >= len(b) {
				return n
			}
			n++
			at = skipBlocks(b, at+11+palette(b[at+9]))
		default:
			return n
		}
	}
}

// palette is the size of a colour table that flags say is there.
func palette(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// skipBlocks gives the place behind blocks that each say their length.
func skipBlocks(b []byte, at int) int {
	for at < len(b) && b[at] != 0 {
		at += int(b[at]) + 1
	}
	return at + 1
}
