// Package image reads pictures: each is a page whose only content is itself.
package image

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"

	"docket/internal/document"
	"docket/internal/job"
)

// Document is a file of one or more pictures.
type Document struct {
	data   []byte
	most   int64 // pixels of one picture
	info   document.Info
	frames []frame

	animated bool // only the first of its pictures is read
}

// frame is one picture of a file.
type frame struct {
	offset        int64 // of a TIFF directory
	width, height int
	orientation   int
	still         image.Image // what a GIF shows
}

// Open looks at a file of that type. Errors are of code FileCorrupted,
// Unreadable, or ResourceLimit for a picture that would be too large.
func Open(data []byte, t document.Type, limits document.Limits) (*Document, error) {
	d := &Document{data: data, most: limits.PicturePixels, info: document.Info{Format: t.Format, MIME: t.MIME}}
	var err error
	switch t.Format {
	case document.FormatTIFF:
		err = d.openTIFF()
	case document.FormatGIF:
		err = d.openGIF()
	case document.FormatWebP:
		d.data, d.animated = stillWebP(data)
		err = d.openSingle()
	default:
		err = d.openSingle()
	}
	if err != nil {
		return nil, err
	}
	d.info.Pages = len(d.frames)
	return d, nil
}

// Info is what the file says of itself.
func (d *Document) Info() document.Info { return d.info }

func (d *Document) openSingle() error {
	var c image.Config
	var err error
	in := bytes.NewReader(d.data)
	switch d.info.Format {
	case document.FormatPNG:
		c, err = png.DecodeConfig(in)
	case document.FormatJPEG:
		c, err = jpeg.DecodeConfig(in)
	case document.FormatWebP:
		c, err = webp.DecodeConfig(in)
	case document.FormatBMP:
		c, err = bmp.DecodeConfig(in)
	default:
		err = fmt.Errorf("format %q", d.info.Format)
	}
	if err != nil && isUnsupported(err) {
		return d.undecodable(err)
	}
	if err != nil {
		return d.corrupted("its header cannot be read", err)
	}
	if err := d.checkSize(c.Width, c.Height); err != nil {
		return err
	}
	d.frames = []frame{{width: c.Width, height: c.Height, orientation: exifOrientation(d.data, d.info.Format)}}
	return nil
}

// checkSize refuses pictures before memory is taken for them.
func (d *Document) checkSize(width, height int) error {
	if width <= 0 || height <= 0 {
		return job.Errorf(job.FileCorrupted, job.Facts{"format": "image", "reason": "it has no area"}, "picture of %d by %d", width, height)
	}
	if int64(width)*int64(height) > d.most {
		return job.Errorf(job.ResourceLimit, job.Facts{"limit": "pixels", "max": d.most, "width": width, "height": height}, "picture of %d by %d", width, height)
	}
	return nil
}

func (d *Document) corrupted(reason string, cause error) error {
	return &job.Error{Code: job.FileCorrupted, Facts: job.Facts{"format": "image", "reason": reason}, Err: cause}
}

// undecodable tells a picture of a kind that is not read from a broken one.
func (d *Document) undecodable(err error) error {
	if isUnsupported(err) {
		return &job.Error{Code: job.Unreadable, Facts: job.Facts{"reason": "the picture is stored in a way that is not read: " + err.Error()}, Err: err}
	}
	return d.corrupted("its content is damaged or cut off", err)
}

func isUnsupported(err error) bool {
	_, asPNG := errors.AsType[png.UnsupportedError](err)
	_, asJPEG := errors.AsType[jpeg.UnsupportedError](err)
	_, asTIFF := errors.AsType[tiff.UnsupportedError](err)
	return asPNG || asJPEG || asTIFF || errors.Is(err, bmp.ErrUnsupported)
}

// Page decodes picture n, counted from 1: as a page of the picture's own size,
// a pixel being a unit of 1/144 inch, and in shades of grey, upright.
func (d *Document) Page(n int) (*document.Page, *image.Gray, error) {
	if n < 1 || n > len(d.frames) {
		return nil, nil, fmt.Errorf("the file has %d pictures", len(d.frames))
	}
	f := &d.frames[n-1]
	picture, err := d.decode(f)
	if err != nil {
		return nil, nil, d.undecodable(err)
	}
	gray := upright(picture, f.orientation)
	width, height := float64(gray.Rect.Dx())/2, float64(gray.Rect.Dy())/2
	page := &document.Page{
		Number: n, Width: width, Height: height,
		Images: []document.Image{{Box: document.Box{Right: width, Bottom: height}}},
	}
	if d.animated {
		page.Warnings = []string{"the picture is animated; its first frame alone was read"}
	}
	return page, gray, nil
}

func (d *Document) decode(f *frame) (image.Image, error) {
	in := bytes.NewReader(d.data)
	switch d.info.Format {
	case document.FormatPNG:
		return png.Decode(in)
	case document.FormatJPEG:
		return jpeg.Decode(in)
	case document.FormatWebP:
		return webp.Decode(in)
	case document.FormatBMP:
		return bmp.Decode(in)
	case document.FormatTIFF:
		return decodeTIFF(d.data, f.offset)
	}
	return f.still, nil
}
