package parses

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// pdf writes objects in order; the first is the catalogue.
func pdf(objects []string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, at)
	return b.Bytes()
}

// pages begins a document whose page n has the objects 4+2n and 5+2n.
func pages(n int, resources string) []string {
	kids := ""
	for i := range n {
		kids += fmt.Sprintf("%d 0 R ", 4+2*i)
	}
	return []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d /MediaBox [0 0 595 842] /Resources << %s >> >>", kids, n, resources),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
}

func stream(dict, content string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(content), content)
}

// textPages is a document of headings and paragraphs, 46 lines a page.
func textPages(n int) []byte {
	objects := pages(n, "/Font << /F 3 0 R >>")
	for page := range n {
		text := fmt.Sprintf("BT /F 20 Tf 60 780 Td (%d. On the state of affairs) Tj /F 10 Tf 0 -30 Td 14 TL\n", page+1)
		for line := range 45 {
			if line%9 == 8 {
				text += "T*\n"
				continue
			}
			text += fmt.Sprintf("(Line %d of page %d says that the quick brown fox has paid %d.50 EUR for its dinner.) Tj T*\n", line+1, page+1, 7*line+page)
		}
		objects = append(objects, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /Contents %d 0 R >>", len(objects)+2), stream("", text+"ET"))
	}
	return pdf(objects)
}

// scanDPI is the resolution of a scanned page.
const scanDPI = 200

// scan makes pictures of a document's pages and a document of those. pdftoppm
// gives no JPEG files in shades of grey, so they are made here.
func scan(ctx context.Context, folder string, content []byte, n int) ([]byte, error) {
	from, to := filepath.Join(folder, "scan.pdf"), filepath.Join(folder, "scan")
	if err := os.WriteFile(from, content, 0o644); err != nil {
		return nil, fmt.Errorf("write a document: %w", err)
	}
	if out, err := exec.CommandContext(ctx, "pdftoppm", "-r", strconv.Itoa(scanDPI), "-gray", from, to).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("pdftoppm: %w: %s", err, out)
	}
	pictures, err := filepath.Glob(to + "-*.pgm")
	if err != nil || len(pictures) != n {
		return nil, fmt.Errorf("pdftoppm made %d pictures of %d pages: %w", len(pictures), n, err)
	}
	names := ""
	for i := range n {
		names += fmt.Sprintf("/P%d %d 0 R ", i, 4+2*n+i)
	}
	objects := pages(n, "/XObject << "+names+">>")
	for i := range n {
		objects = append(objects, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /Contents %d 0 R >>", len(objects)+2), stream("", fmt.Sprintf("q 595 0 0 842 0 0 cm /P%d Do Q", i)))
	}
	for _, name := range pictures {
		picture, err := readGrey(name)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, picture, nil); err != nil {
			return nil, fmt.Errorf("write a picture: %w", err)
		}
		objects = append(objects, stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode", picture.Rect.Dx(), picture.Rect.Dy()), b.String()))
	}
	return pdf(objects), nil
}

// readGrey reads a picture that pdftoppm made in shades of grey.
func readGrey(path string) (*image.Gray, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read a picture: %w", err)
	}
	var width, height, most int
	if _, err := fmt.Fscanf(bytes.NewReader(b), "P5\n%d %d\n%d\n", &width, &height, &most); err != nil || width < 1 || height < 1 || len(b) < width*height {
		return nil, fmt.Errorf("%s is no picture in shades of grey: %w", path, err)
	}
	picture := image.NewGray(image.Rect(0, 0, width, height))
	copy(picture.Pix, b[len(b)-width*height:])
	return picture, nil
}
