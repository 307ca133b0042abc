package app_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"docket/internal/testkit"
)

// pictured submits a document to /parse and gives its segments of a type.
func (s *server) pictured(document []byte, kind, query string, fields ...part) []any {
	s.t.Helper()
	a := s.post("/parse", append(fields, part{"file", "a.pdf", string(document)})...)
	id, _ := a.json(s.t)["job_id"].(string)
	s.wait(id)
	var found []any
	chunks, _ := s.get("/parse/" + id + query).json(s.t)["chunks"].([]any)
	for _, c := range chunks {
		segments, _ := at(c, "segments").([]any)
		for _, segment := range segments {
			if at(segment, "segment_type") == kind {
				found = append(found, segment)
			}
		}
	}
	return found
}

// picture reads a PNG file.
func picture(t *testing.T, file []byte) image.Image {
	t.Helper()
	p, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("%v: %.80q", err, file)
	}
	return p
}

// contract C2
func TestPicturesOfSegments(t *testing.T) {
	s := serve(t, dataFolder(t))
	document := testkit.PicturePDF("The text above the picture goes on over the line.")
	t.Run("by link", func(t *testing.T) {
		s := s.on(t)
		found := s.pictured(document, "Picture", "")
		if len(found) != 1 {
			t.Fatalf("got %v", found)
		}
		link, _ := at(found[0], "image").(string)
		a := s.get(strings.TrimPrefix(link, s.url))
		if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "image/png" {
			t.Fatalf("%s: %d %v", link, a.StatusCode, a.Header)
		}
		p := picture(t, a.body)
		box, _ := at(found[0], "bbox").(map[string]any)
		if w, h := box["width"].(float64), box["height"].(float64); p.Bounds().Dx() < int(w) || p.Bounds().Dx() > int(w)+2 || p.Bounds().Dy() < int(h) || p.Bounds().Dy() > int(h)+2 {
			t.Errorf("picture of %v for a box of %v by %v", p.Bounds(), w, h)
		}
		if r, g, b, _ := p.At(p.Bounds().Dx()/2, p.Bounds().Dy()/2).RGBA(); r>>8 < 200 || g>>8 > 60 || b>>8 > 60 {
			t.Errorf("the middle is %x %x %x, and not red", r>>8, g>>8, b>>8)
		}
		changed := []byte(link)
		changed[len(changed)-60] ^= 1
		if a := s.get(strings.TrimPrefix(string(changed), s.url)); a.StatusCode != http.StatusForbidden {
			t.Errorf("a link that was changed: %d", a.StatusCode)
		}
	})
	t.Run("inline", func(t *testing.T) {
		found := s.on(t).pictured(document, "Picture", "?base64_urls=true")
		uri, _ := at(found[0], "image").(string)
		file, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(uri, "data:image/png;base64,"))
		if err != nil {
			t.Fatalf("%v: %.80q", err, uri)
		}
		picture(t, file)
	})
	t.Run("of text when asked for", func(t *testing.T) {
		s := s.on(t)
		how := part{name: "segment_processing", content: `{"Text":{"crop_image":"All"},"Picture":{"crop_image":"None"},"NewKind":{"html":"LLM"}}`}
		if got := at(s.pictured(document, "Picture", "", how), 0, "image"); got != nil {
			t.Errorf("a picture that was not wanted: %v", got)
		}
		link, _ := at(s.pictured(document, "Text", "", how), 0, "image").(string)
		picture(t, s.get(strings.TrimPrefix(link, s.url)).body)
	})
	t.Run("not when left out", func(t *testing.T) {
		if got := at(s.on(t).pictured(document, "Picture", "", part{name: "output_fields", content: `{"image":false}`}), 0, "image"); got != nil {
			t.Errorf("got %v", got)
		}
	})
	t.Run("a value that is not known", func(t *testing.T) {
		a := s.on(t).post("/parse", part{name: "segment_analysis", content: `{"Table":{"crop_image":"Some"}}`}, part{"file", "a.pdf", string(document)})
		if a.StatusCode != http.StatusBadRequest || !bytes.Contains(a.body, []byte("crop_image")) || !bytes.Contains(a.body, []byte("None")) {
			t.Errorf("%d %s", a.StatusCode, a.body)
		}
	})
}

// contract C1, J16
func TestLinksOfADocument(t *testing.T) {
	s := serve(t, dataFolder(t))
	for address, want := range map[string]bool{"https://example.org/?a=1": true, "javascript:alert(1)": false} {
		a := s.post("/parse", part{name: "extract_links", content: "true"}, part{"file", "a.pdf", string(testkit.LinkPDF("our page", address))})
		id, _ := a.json(t)["job_id"].(string)
		s.wait(id)
		body := string(s.get("/parse/" + id).body)
		if got := strings.Contains(body, `"link":"`+strings.ReplaceAll(address, "&", "\\u0026")); got != want {
			t.Errorf("%s is a link: %t, in %s", address, got, body)
		}
		links, _ := s.get("/jobs/" + id + "/result").json(t)["links"].([]any)
		if (len(links) == 1 && at(links, 0, "url") == address && at(links, 0, "text") == "our page") != want {
			t.Errorf("%s is listed as %v", address, links)
		}
		if html := string(s.get("/jobs/" + id + "/result?format=html").body); strings.Contains(html, `<a href="`+address+`">our page</a>`) != want || strings.Contains(html, "javascript") {
			t.Errorf("%s in html: %s", address, html)
		}
	}
}
