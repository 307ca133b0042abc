package sandbox

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
	"docket/internal/testkit"
)

func TestAttachments(t *testing.T) {
	p, _ := startPool(t, 1, "", nil)
	take := func(data string) (all []Attachment, contents []string, err error) {
		var files []*kept
		err = p.Attachments(testContext(t), strings.NewReader(data), AttachRequest{Size: int64(len(data)), Name: "a.eml"}, func(n int, a Attachment) (io.WriteCloser, error) {
			if n != len(files) {
				t.Errorf("file %d begun after %d", n, len(files))
			}
			all, files = append(all, a), append(files, &kept{})
			return files[n], nil
		})
		for _, f := range files {
			contents = append(contents, f.String())
		}
		return all, contents, err
	}
	all, contents, err := take(mail)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 3 || all[0] != (Attachment{"prices.csv", "text/csv", 7}) || contents[0] != "a,b\n1,2" || contents[1] != "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09" {
		t.Errorf("%+v, %q", all, contents)
	}
	if all, _, err := take("no message at all"); err != nil || len(all) != 0 {
		t.Errorf("of a text: %+v, %v", all, err)
	}
	var many strings.Builder
	many.WriteString("From: a@example.com\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n")
	for range maxAttachments + 5 {
		many.WriteString("--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=\"" + strings.Repeat("ä", 300) + "\"\n\nx\n")
	}
	all, _, err = take(many.String() + "--x--\n")
	if err != nil || len(all) != maxAttachments || len(all[0].Name) > maxAttachedName || strings.Contains(all[0].Name, "\ufffd") {
		t.Errorf("%d files, %v", len(all), err)
	}
	full := errors.New("no room")
	err = p.Attachments(testContext(t), strings.NewReader(mail), AttachRequest{Size: int64(len(mail))}, func(int, Attachment) (io.WriteCloser, error) { return nil, full })
	if !errors.Is(err, full) {
		t.Errorf("the caller's error became %v", err)
	}
	err = p.Attachments(testContext(t), bytes.NewReader(nil), AttachRequest{Size: p.opts.Limits.FileBytes + 1}, nil)
	if diff := cmp.Diff(job.ResourceLimit, job.CodeOf(err)); diff != "" {
		t.Errorf("a large message: %v", err)
	}
}

// Files embedded in a PDF come out as they went in, whatever they are called.
func TestEmbeddedFiles(t *testing.T) {
	p, _ := startPool(t, 1, "", nil)
	files := map[string]string{
		"a.csv": "a,b\n1,2\n", "b/../../etc/passwd": "root", "ünïcode.txt": strings.Repeat("long ", 50_000), "z.bin": "\x00\x01\xff",
	}
	data := testkit.AttachedPDF("A page.", files)
	got := map[string]string{}
	take := func(data []byte, password string) error {
		var names []string
		var contents []*kept
		err := p.Attachments(testContext(t), bytes.NewReader(data), AttachRequest{Size: int64(len(data)), Name: "a.pdf", Password: password}, func(_ int, a Attachment) (io.WriteCloser, error) {
			names, contents = append(names, a.Name), append(contents, &kept{})
			return contents[len(contents)-1], nil
		})
		for i, name := range names {
			got[name] = contents[i].String()
		}
		return err
	}
	if err := take(data, ""); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(files, got); diff != "" {
		t.Error(diff)
	}
	clear(got)
	if err := take(testkit.PDF("Nothing embedded."), ""); err != nil || len(got) != 0 {
		t.Errorf("of a plain PDF: %v, %v", got, err)
	}
	if err := take(testkit.EncryptedPDF("secret", "x"), "wrong"); job.CodeOf(err) != job.PasswordProtected {
		t.Errorf("behind another password: %v", err)
	}
	for cut := range 20 { // a damaged file never does harm
		err := take(data[:len(data)*cut/20], "")
		if code := job.CodeOf(err); err != nil && code != job.FileCorrupted && code != job.Unreadable {
			t.Errorf("cut off at %d of 20: %v", cut, err)
		}
	}
}
