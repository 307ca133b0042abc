package pdf

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"docket/internal/testkit"
)

// startEngine starts an engine with the cache that all tests share.
func startEngine(t *testing.T) *Engine {
	t.Helper()
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	e, err := NewEngine(context.Background(), filepath.Join(base, "docket-test-pdfium"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// A trap in PDFium ends the engine and nothing else.
func TestTrap(t *testing.T) {
	e := startEngine(t)
	d, err := e.Open(testkit.PDF("text"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()

	e.call("FPDFText_CountChars", 0xfffffff0) // a handle that points nowhere
	if !e.Dead() {
		t.Fatal("the engine lives on")
	}
	_, openErr := e.Open(testkit.PDF("text"), "")
	_, readErr := d.ReadPage(1)
	for name, err := range map[string]error{"open": openErr, "read": readErr} {
		if dead, ok := errors.AsType[*EngineError](err); !ok || dead.Call != "FPDFText_CountChars" {
			t.Errorf("%s: error %v, want what the engine died of", name, err)
		}
	}
}

func TestUnknownFunction(t *testing.T) {
	e := startEngine(t)
	if e.call("FPDF_NoSuchFunction") != 0 || !e.Dead() {
		t.Error("a function that does not exist was called")
	}
	if e.malloc(8) != 0 || e.text("FPDF_GetMetaText") != nil {
		t.Error("a dead engine was called")
	}
}

// Documents that are closed leave no memory behind.
func TestCloseFreesMemory(t *testing.T) {
	e := startEngine(t)
	data := testkit.LongPDF(20)
	data = append(data, make([]byte, 4<<20)...) // so that a copy left behind is seen
	copy(data[len(data)-4<<20:], "\n")
	var after uint32
	for i := range 20 {
		d, err := e.Open(data, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.ReadPage(1); err != nil {
			t.Fatal(err)
		}
		d.Close()
		d.Close()
		if i == 2 {
			after = e.mem.Size()
		}
	}
	if grown := e.mem.Size() - after; grown > 4<<20 {
		t.Errorf("17 documents of 4 MiB left %d bytes", grown)
	}
}

func TestIsText(t *testing.T) {
	for _, r := range []rune{0, 1, 0x1f, 0x7f, 0x85, 0xd800, 0xdfff, 0xfffe, 0xffff, 0x1fffe, 0xfeff, 0x200f, 0x110000} {
		if isText(r) {
			t.Errorf("%U is taken for text", r)
		}
	}
	for _, r := range []rune{'a', 'ß', 0xa1, 0x200d, '漢', 0xe000, 0x1f600} {
		if !isText(r) {
			t.Errorf("%U is not taken for text", r)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		"\x20 a\tb\r\n c\u00a0d\x20": "a b c d",
		"a\x00b\u0002\ufffec":        "abc",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}
