package app_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"docket/internal/testkit"
)

// broken is a document that breaks a limit, and what its job must say.
type broken struct {
	file    string
	content []byte
	code    string
	says    []string
}

// refuses submits documents that break a limit; each ends as it says, and the
// document after it is not late.
func (s *server) refuses(all []broken) {
	s.t.Helper()
	for _, b := range all {
		v := s.wait(s.submit(b.file, b.content))
		message := fmt.Sprint(at(v, "error_details", "message"))
		if v["status"] != "failed" || at(v, "error_details", "error_type") != b.code {
			s.t.Errorf("%s: ended as %v", b.file, v)
		}
		for _, says := range b.says {
			if !strings.Contains(message, says) {
				s.t.Errorf("%s: does not say %q: %s", b.file, says, message)
			}
		}
		begin := time.Now()
		if v := s.wait(s.submit("next.txt", []byte("fine"))); v["status"] != "completed" {
			s.t.Errorf("after %s: %v", b.file, v)
		}
		if took := time.Since(begin); took > 20*time.Second {
			s.t.Errorf("after %s the next job took %s", b.file, took)
		}
	}
}

// Each limit of what is read from a document is a setting, and the failure
// names it.
func TestDocumentLimitsAreSettings(t *testing.T) {
	t.Parallel()
	s := serve(t, dataFolder(t), "--workers", "1", "--max-file", "900kB", "--max-pages", "3", "--max-picture-pixels", "1000000", "--max-page-pixels", "10000",
		"--max-archive-entries", "20", "--max-unpacked", "1MB", "--max-archive-ratio", "50", "--max-xml-depth", "16",
		"--max-page-characters", "1000", "--max-page-paths", "100")
	entries := make([]testkit.Entry, 20)
	for i := range entries {
		entries[i].Name = fmt.Sprintf("e%d", i)
	}
	s.refuses([]broken{
		{"pages.pdf", testkit.PDF("1", "2", "3", "4"), "resource_limit", []string{"4 pages", "limit is 3", "--max-pages"}},
		{"pages.txt", []byte("1\f2\f3\f4"), "resource_limit", []string{"4 pages", "--max-pages"}},
		{"picture.png", testkit.HugePNG(2000, 501), "resource_limit", []string{"2000 by 501", "1000000", "--max-picture-pixels"}},
		{"entries.docx", testkit.DOCX(`<w:p/>`, entries...), "resource_limit", []string{"more entries", "20", "--max-archive-entries"}},
		{"unpacked.xlsx", testkit.XLSX(`<row><c t="inlineStr"><is><t>x</t></is></c></row>`, testkit.Entry{Name: "a.bin", Content: noise(200_000)}, testkit.Entry{Name: "b.bin", Content: strings.Repeat("a", 90_000)}, testkit.Entry{Name: "c.bin", Content: strings.Repeat(noise(33_000), 25)}), "resource_limit", []string{"unpacked", "1000000 bytes", "--max-unpacked"}},
		{"ratio.docx", testkit.DOCX(`<w:p><w:r><w:t>` + strings.Repeat("a", 500_000) + `</w:t></w:r></w:p>`), "resource_limit", []string{"packed more tightly", "50", "--max-archive-ratio"}},
		{"depth.docx", testkit.DOCX(strings.Repeat("<w:sdt>", 20) + strings.Repeat("</w:sdt>", 20)), "resource_limit", []string{"deeper", "16", "--max-xml-depth"}},
		{"depth.pptx", testkit.PPTX([]string{testkit.Slide("", strings.Repeat("<p:grpSp>", 20)+strings.Repeat("</p:grpSp>", 20))}), "resource_limit", []string{"deeper", "16", "--max-xml-depth"}},
	})
	if a := s.post("/parse", part{"file", "large.txt", strings.Repeat("x", 900_001)}); a.StatusCode < 400 || a.StatusCode >= 500 {
		t.Errorf("a large file: %d %s", a.StatusCode, a.body)
	}
	s.cutsPages()
}

// Whoever imports too much learns which limit it was.
func TestImportLimitsAreSettings(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1", "--max-import-documents", "2", "--max-import-size", "6MB", "--max-archive-ratio", "50")
	for _, test := range []struct{ name, archive, says string }{
		{"many", zipOf(t, "a.txt", "a", "b.txt", "b", "c.txt", "c"), "--max-import-documents"},
		{"large", zipOf(t, "a.txt", noise(7_000_000)), "--max-import-size"},
		{"bomb", zipOf(t, "a.txt", strings.Repeat("a", 5_000_000)), "--max-archive-ratio"},
	} {
		a := s.post("/v1/api/jobs", part{name: "type", content: "import"}, part{name: "parameters", content: `{"format":"zip"}`}, part{"file", test.name + ".zip", test.archive})
		if v := s.wait(fmt.Sprint(at(a.json(t), "data", "id"))); v["status"] != "failed" || !strings.Contains(fmt.Sprint(at(v, "error_details", "message")), test.says) {
			t.Errorf("%s: %v", test.name, v)
		}
	}
	if v := s.wait(s.submit("next.txt", []byte("fine"))); v["status"] != "completed" {
		t.Errorf("afterwards: %v", v)
	}
}

// noise is text that packs badly.
func noise(n int) string {
	source := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + source.IntN(26))
	}
	return string(b)
}

// cutsPages: a page with too much on it is cut, and one that would be a large
// picture is shown smaller.
func (s *server) cutsPages() {
	s.t.Helper()
	for name, test := range map[string]struct{ content, says string }{
		"characters": {"BT /F1 1 Tf 10 10 Td (" + strings.Repeat("abcdefghi ", 101) + ") Tj ET", "characters"},
		"paths":      {strings.Repeat("1 1 m 9 1 l S\n", 101), "paths"},
	} {
		v := s.wait(s.submit(name+".pdf", testkit.DrawnPDF(test.content)))
		if v["status"] != "completed" || !strings.Contains(fmt.Sprint(v["warnings"]), test.says) {
			s.t.Errorf("%s: %v", name, v)
		}
		picture := s.get(fmt.Sprintf("/jobs/%s/pages/1.png?dpi=300", v["job_id"]))
		if width := int(picture.body[18])<<8 + int(picture.body[19]); width > 100 || width < 50 {
			s.t.Errorf("%s: a picture %d pixels wide", name, width)
		}
	}
}

// longTable takes seconds to read.
func longTable(rows int) []byte {
	var b strings.Builder
	for i := range rows {
		fmt.Fprintf(&b, "%d,some words in a cell,%d\n", i, i*i)
	}
	return []byte(b.String())
}

// Time and memory of a document are settings. Who is too slow or too large is
// killed, and only that job ends.
func TestTimeAndMemoryAreSettings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		flags  []string
		broken broken
	}{
		"document time":   {[]string{"--document-time", "200ms", "--page-time", "1ms"}, broken{"slow.csv", longTable(200_000), "timeout", []string{"longer than the 1 seconds", "--document-time"}}},
		"processor time":  {[]string{"--document-time", "100s", "--page-time", "1ms", "--cpu-factor", "0.01"}, broken{"busy.csv", longTable(1_000_000), "timeout", []string{"processor time", "--cpu-factor"}}},
		"memory":          {[]string{"--child-memory", "256MiB"}, broken{"bomb.pdf", testkit.FlateBombPDF(400), "resource_limit", []string{"memory", "--child-memory"}}},
		"reserved memory": {[]string{"--child-memory", "1GiB", "--child-address-space", "3GiB", "--max-picture-pixels", "500000000"}, broken{"huge.png", testkit.HugePNG(20_000, 20_000), "resource_limit", []string{"address space", "--child-address-space"}}},
	} {
		t.Run(name, func(t *testing.T) {
			serve(t, dataFolder(t), append([]string{"--workers", "1"}, test.flags...)...).refuses([]broken{test.broken})
		})
	}
}
