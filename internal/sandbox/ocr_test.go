package sandbox

import (
	"bytes"
	"image/jpeg"
	"os/exec"
	"strings"
	"testing"

	"docket/internal/document"
	"docket/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

// startReader starts a pool that recognizes text. The program is one of those
// that tests need.
func startReader(t *testing.T) *Pool {
	t.Helper()
	if _, err := exec.LookPath("tesseract"); err != nil {
		t.Fatal("tesseract is not installed: apt-get install tesseract-ocr")
	}
	reader, err := FindRecognizer(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	p, _ := startPool(t, 1, "", nil)
	p.reader = reader
	return p
}

func TestRecognition(t *testing.T) {
	p := startReader(t)
	lines := []string{"Invoice number 4711", "The quick brown fox jumps over the lazy dog."}
	picture := testkit.TextImage(lines...)
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, picture, nil); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		data []byte
		req  ReadRequest
		want []string
	}{
		"picture":                 {testkit.PNG(picture), ReadRequest{}, lines},
		"photo":                   {photo.Bytes(), ReadRequest{}, lines},
		"scan":                    {testkit.ScannedPDF(lines...), ReadRequest{}, lines},
		"text is not recognized":  {testkit.PDF("Plain text that is long enough to count."), ReadRequest{}, []string{"Plain text that is long enough to count."}},
		"text is, if one insists": {testkit.PDF("Plain text that is long enough to count."), ReadRequest{OCR: OCRForce}, []string{"Plain text that is long enough to count."}},
		"blank":                   {testkit.PNG(testkit.TextImage()), ReadRequest{}, nil},
		"not wanted":              {testkit.ScannedPDF(lines...), ReadRequest{OCR: OCRNever}, nil},
	} {
		_, text, warnings, err := parsed(t, p, test.data, test.req)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(strings.Fields(strings.Join(test.want, " ")), strings.Fields(text)); diff != "" && (len(test.want) > 0 || text != "") {
			t.Errorf("%s: %s", name, diff)
		}
		for _, w := range warnings {
			if w != document.NoText || len(test.want) > 0 {
				t.Errorf("%s: warning %q", name, w)
			}
		}
	}
}

// The words stand on the page where they are in the picture.
func TestRecognizedPlaces(t *testing.T) {
	p := startReader(t)
	tr, err := readAll(testContext(t), p, testkit.PNG(testkit.TextImage("First line", "Second")), ReadRequest{})
	if err != nil {
		t.Fatal(err)
	}
	page, err := document.DecodePage([]byte(tr.recs[0]))
	if err != nil || len(page.Words) != 3 {
		t.Fatalf("%+v, %v", page, err)
	}
	first, second := page.Words[0], page.Words[2]
	if page.Width != 600 || first.Text != "First" || first.Box.Left < 38 || first.Box.Left > 44 || first.Size < 8 || first.Size > 24 {
		t.Errorf("first word %+v on a page %g wide", first, page.Width)
	}
	if gap := second.Baseline - first.Baseline; gap < 25 || gap > 35 {
		t.Errorf("lines are %g points apart", gap)
	}
}

// A program that fails costs the page its text, and nobody else anything.
func TestRecognitionFails(t *testing.T) {
	p := startReader(t)
	p.reader = &Recognizer{path: "/bin/false", languages: "eng"}
	_, text, warnings, err := parsed(t, p, testkit.ScannedPDF("Hello"), ReadRequest{})
	if diff := cmp.Diff([]string{ocrFailed, document.NoText}, warnings); err != nil || text != "" || diff != "" {
		t.Errorf("%q, %v: %s", text, err, diff)
	}
}

func TestFindRecognizer(t *testing.T) {
	if _, err := FindRecognizer(t.Context(), "eng+tlh"); err == nil || !strings.Contains(err.Error(), `no language "tlh"; it has eng`) {
		t.Errorf("error %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if r, err := FindRecognizer(t.Context(), "eng"); r != nil || err != nil {
		t.Errorf("without a program: %+v, %v", r, err)
	}
}

func TestParseTSV(t *testing.T) {
	const head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
	rows := []string{
		"3\t1\t1\t1\t0\t0\t10\t10\t200\t90\t-1\t",
		"4\t1\t1\t1\t1\t0\t10\t10\t200\t30\t-1\t",
		"5\t1\t1\t1\t1\t1\t10\t12\t80\t25\t96.5\tsure",
		"5\t1\t1\t1\t1\t2\t100\t12\t80\t25\t12\tdoubtful",
		"5\t1\t1\t1\t1\t3\t100\t12\t80\t25\t95\t ",
		"4\t1\t1\t1\t2\t0\t10\t50\t200\t20\t-1\t",
		"5\t1\t1\t1\t2\t1\t10\t52\t80\t15\t91\ta\tb",
		"garbage", "5\tx", "",
	}
	got, err := parseTSV([]byte(head + strings.Join(rows, "\n")))
	if err != nil || len(got.words) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	want := []document.Word{
		{Text: "sure", Font: -1, Confidence: 96, Size: 30, Baseline: 34, Box: document.Box{Left: 10, Top: 10, Right: 90, Bottom: 40}},
		{Text: "a\tb", Font: -1, Confidence: 91, Size: 30, Baseline: 66, Box: document.Box{Left: 10, Top: 50, Right: 90, Bottom: 70}},
	}
	if diff := cmp.Diff(want, got.words); diff != "" {
		t.Error(diff)
	}
	if _, err := parseTSV(bytes.Repeat([]byte(rows[2]+"\n"), maxRecognized+1)); err == nil {
		t.Error("a page of endless words is read")
	}
}
