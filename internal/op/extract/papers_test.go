package extract

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-pdf/fpdf"

	"docket/internal/op/optest"
)

// paper is a document drawn from a picture of it in letters: a schema, the
// values that a reader would find, and pages.
type paper struct {
	name   string
	schema string
	want   map[string]string
	pages  []string
}

// readPapers reads testdata/papers. A file has the schema in its first line,
// then a line "path = value" for each value, a line of dashes, and the pages,
// apart by lines of "%%".
func readPapers(t *testing.T) []paper {
	t.Helper()
	paths, err := filepath.Glob("testdata/papers/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d papers, %v", len(paths), err)
	}
	var all []paper
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		head, body, _ := strings.Cut(string(b), "\n----\n")
		lines := strings.Split(head, "\n")
		p := paper{name: strings.TrimSuffix(filepath.Base(path), ".txt"), schema: lines[0], want: map[string]string{}}
		for _, line := range lines[1:] {
			name, value, ok := strings.Cut(line, " = ")
			if !ok {
				t.Fatalf("%s: %q", path, line)
			}
			p.want[name] = strings.ReplaceAll(value, `\n`, "\n")
		}
		p.pages = strings.Split(body, "%%\n")
		all = append(all, p)
	}
	return all
}

// phrase is a run of letters without two spaces; amount ends as columns of
// numbers do, which stand flush right.
var (
	phrase = regexp.MustCompile(`\S+(?: \S+)*`)
	amount = regexp.MustCompile(`^[-€$£]?[ \d.,]*\d(?: ?[€%]| EUR)?$`)
)

// draw puts the letters of the pages where they stand in the picture, in a
// font whose letters differ in width.
func (p *paper) draw(t *testing.T) []byte {
	t.Helper()
	doc := fpdf.New("P", "pt", "A4", "")
	encode := doc.UnicodeTranslatorFromDescriptor("")
	const column, row = 5.3, 13.0
	for _, page := range p.pages {
		doc.AddPage()
		for n, line := range strings.Split(page, "\n") {
			line, isTitle := strings.CutPrefix(line, "# ")
			runes := func(bytes int) float64 { return float64(len([]rune(line[:bytes]))) }
			for i, at := range phrase.FindAllStringIndex(line, -1) {
				doc.SetFont("Helvetica", "", 9)
				if isTitle && i == 0 {
					doc.SetFont("Helvetica", "B", 15)
				}
				text := encode(line[at[0]:at[1]])
				x := 40 + column*runes(at[0])
				if i > 0 && amount.MatchString(line[at[0]:at[1]]) {
					x = 40 + column*runes(at[1]) - doc.GetStringWidth(text)
				}
				doc.Text(x, 60+row*float64(n), text)
			}
		}
	}
	var b strings.Builder
	if err := doc.Output(&b); err != nil {
		t.Fatal(err)
	}
	return []byte(b.String())
}

// score is how many values are right, and of the sure ones how many.
type score struct{ right, wanted, given, sure, sureRight int }

// TestPapers draws papers of many kinds, in six languages, and asks for what
// stands on them.
func TestPapers(t *testing.T) {
	pool := optest.Pool(t)
	var all score
	for _, p := range readPapers(t) {
		w, _, err := run(t, pool, p.draw(t), `{"schema":`+p.schema+`}`)
		if err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		n := tree(t, w)
		one := p.score(t, rows("", &n))
		t.Logf("%-24s %2d of %2d right, %2d given, %2d of %2d at 0.9", p.name, one.right, one.wanted, one.given, one.sureRight, one.sure)
		all.right, all.wanted, all.given = all.right+one.right, all.wanted+one.wanted, all.given+one.given
		all.sure, all.sureRight = all.sure+one.sure, all.sureRight+one.sureRight
	}
	recall, precision := float64(all.right)/float64(all.wanted), float64(all.sureRight)/float64(all.sure)
	t.Logf("%d of %d right (%.3f), %d given, %d of %d right at 0.9 (%.3f)", all.right, all.wanted, recall, all.given, all.sureRight, all.sure, precision)
	if recall < 0.97 || precision < 0.98 {
		t.Errorf("%.3f right and %.3f of the sure ones, want 0.97 and 0.98", recall, precision)
	}
}

// score compares the values; one that is wrong, or that no reader would find,
// is logged.
func (p *paper) score(t *testing.T, got [][]string) score {
	t.Helper()
	s := score{wanted: len(p.want)}
	left := maps.Clone(p.want)
	for _, row := range got {
		path, value, page := row[0], row[1], row[3]
		if page == "" {
			continue
		}
		certainty, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		s.given++
		right := left[path] == value
		delete(left, path)
		if right {
			s.right++
		} else {
			t.Logf("%s: %s = %q at %.2f, want %q", p.name, path, value, certainty, p.want[path])
		}
		if certainty >= 0.9 {
			s.sure++
			if right {
				s.sureRight++
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(left)) {
		t.Logf("%s: %s is missing, want %q", p.name, path, left[path])
	}
	return s
}
