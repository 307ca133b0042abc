package sandbox

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
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
