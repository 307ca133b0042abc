package parses

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
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

// scan makes pictures of a document's pages and a document of those.
func scan(ctx context.Context, folder string, content []byte, n int) ([]byte, error) {
	from, to := filepath.Join(folder, "scan.pdf"), filepath.Join(folder, "scan")
	if err := os.WriteFile(from, content, 0o644); err != nil {
		return nil, fmt.Errorf("write a document: %w", err)
	}
	if out, err := exec.CommandContext(ctx, "pdftoppm", "-r", "200", "-gray", "-jpeg", from, to).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("pdftoppm: %w: %s", err, out)
	}
	pictures, err := filepath.Glob(to + "-*.jpg")
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
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read a picture: %w", err)
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(b))
		if err != nil {
			return nil, fmt.Errorf("read a picture: %w", err)
		}
		objects = append(objects, stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode", c.Width, c.Height), string(b)))
	}
	return pdf(objects), nil
}
