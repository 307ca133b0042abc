package web_test

import (
	"strings"
	"testing"

	"docket/internal/document"
	"docket/internal/document/web"
)

// Letters beyond English are right whether the message says its encoding, says
// none, or was saved in another one than it says.
func TestMailEncodings(t *testing.T) {
	const text = "Grüße aus Köln – 100 €"
	wide := func(s string) []byte {
		b := []byte{0xff, 0xfe}
		for _, r := range s {
			b = append(b, byte(r), byte(r>>8))
		}
		return b
	}
	head := "From: a@example.com\nSubject: x\n"
	for name, data := range map[string][]byte{
		"utf-8":                  []byte(head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + text),
		"utf-8, not said":        []byte(head + "\n" + text),
		"utf-8, type alone":      []byte(head + "Content-Type: text/plain\n\n" + text),
		"utf-8 with mark":        []byte("\ufeff" + head + "\n" + text),
		"utf-8 in parts":         []byte(head + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\n" + text + "\n--x--\n"),
		"utf-8 in html":          []byte(head + "Content-Type: text/html\n\n<p>" + text + "</p>"),
		"utf-16":                 wide(head + "\n" + text),
		"utf-16 that says utf-7": wide(head + "Content-Type: text/plain; charset=utf-7\n\n" + text),
		"windows-1252":           []byte(head + "Content-Type: text/plain; charset=windows-1252\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe aus K=F6ln =96 100 =80"),
	} {
		w := &document.FlowWriter{}
		if _, _, err := web.ReadMail(data, w); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var b strings.Builder
		for block := range w.Blocks() {
			b.WriteString(document.PlainText(block.Text) + "\n")
		}
		if !strings.Contains(b.String(), text) {
			t.Errorf("%s: %q", name, b.String())
		}
	}
}
