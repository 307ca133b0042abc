package testkit

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// TextImage is a white picture, 1200 pixels wide, with black lines of text
// that can be recognized.
func TextImage(lines ...string) *image.Gray {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		panic(fmt.Sprintf("testkit: parse font: %v", err))
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: 36, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		panic(fmt.Sprintf("testkit: make font: %v", err))
	}
	picture := image.NewGray(image.Rect(0, 0, 1200, 160+60*len(lines)))
	draw.Draw(picture, picture.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	d := font.Drawer{Dst: picture, Src: image.NewUniform(color.Black), Face: face}
	for i, line := range lines {
		d.Dot = fixed.P(80, 110+60*i)
		d.DrawString(line)
	}
	return picture
}

// PNG encodes a picture.
func PNG(picture image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		panic(fmt.Sprintf("testkit: encode png: %v", err))
	}
	return b.Bytes()
}

// ScannedPDF is a document of one page that is a picture of text.
func ScannedPDF(lines ...string) []byte {
	doc := newPDF(nil)
	doc.AddPage()
	options := fpdf.ImageOptions{ImageType: "PNG"}
	page := image.NewGray(image.Rect(0, 0, 1240, 1754))
	draw.Draw(page, page.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	text := TextImage(lines...)
	draw.Draw(page, text.Rect, text, image.Point{}, draw.Src)
	doc.RegisterImageOptionsReader("scan", options, bytes.NewReader(PNG(page)))
	doc.ImageOptions("scan", 0, 0, 210, 297, false, options, 0, "")
	return write(doc)
}

// PicturePDF is a document of one page with a text and, below it, a red picture
// of 200 by 100 points.
func PicturePDF(text string) []byte {
	doc := newPDF([]string{text})
	red := image.NewRGBA(image.Rect(0, 0, 20, 10))
	draw.Draw(red, red.Rect, image.NewUniform(color.RGBA{R: 255, A: 255}), image.Point{}, draw.Src)
	options := fpdf.ImageOptions{ImageType: "PNG"}
	doc.RegisterImageOptionsReader("red", options, bytes.NewReader(PNG(red)))
	const millimetres = 25.4 / 72
	doc.ImageOptions("red", 30, 60, 200*millimetres, 100*millimetres, false, options, 0, "")
	return write(doc)
}

// Askew is a picture turned clockwise by so many degrees around its middle, on a
// page so wide and high, as a scanner sees paper that lies askew.
func Askew(picture *image.Gray, degrees float64, width, height int) *image.Gray {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	page := image.NewGray(image.Rect(0, 0, width, height))
	across, down := float64(picture.Rect.Dx())/2, float64(picture.Rect.Dy())/2
	at := func(x, y int) float64 {
		if !(image.Point{X: x, Y: y}).In(picture.Rect) {
			return 255
		}
		return float64(picture.GrayAt(x, y).Y)
	}
	for y := range height {
		for x := range width {
			dx, dy := float64(x)-float64(width)/2, float64(y)-float64(height)/2
			left, top := across+dx*cos+dy*sin, down-dx*sin+dy*cos
			x0, y0 := int(math.Floor(left)), int(math.Floor(top))
			fx, fy := left-float64(x0), top-float64(y0)
			above := at(x0, y0)*(1-fx) + at(x0+1, y0)*fx
			below := at(x0, y0+1)*(1-fx) + at(x0+1, y0+1)*fx
			page.Pix[y*page.Stride+x] = byte(above*(1-fy) + below*fy)
		}
	}
	return page
}

// HalfScannedPDF is a document of one page with a text, a picture of lines of
// text below it, and another text at the foot. layer is a text that is hidden
// over the picture, or empty.
func HalfScannedPDF(above string, lines []string, below, layer string) []byte {
	doc := newPDF([]string{above})
	options := fpdf.ImageOptions{ImageType: "PNG"}
	picture := TextImage(lines...)
	doc.RegisterImageOptionsReader("scan", options, bytes.NewReader(PNG(picture)))
	height := 180 * float64(picture.Rect.Dy()) / float64(picture.Rect.Dx())
	doc.ImageOptions("scan", 15, 60, 180, height, false, options, 0, "")
	doc.SetXY(10, 70+height)
	doc.MultiCell(0, 5, below, "", "L", false)
	if layer != "" {
		doc.SetTextRenderingMode(3)
		doc.SetXY(27, 62)
		doc.SetFont("Helvetica", "", 11)
		doc.MultiCell(150, 5, layer, "", "L", false)
	}
	return write(doc)
}
