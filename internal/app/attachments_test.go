package app_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"docket/internal/testkit"
)

// attach is a part of a message.
func attach(name, contentType string, content []byte) string {
	return fmt.Sprintf("--x\nContent-Type: %s\nContent-Disposition: attachment; filename=%q\nContent-Transfer-Encoding: base64\n\n%s\n", contentType, name, base64.StdEncoding.EncodeToString(content))
}

func letterWith(subject string, parts ...string) string {
	return "From: a@example.com\nTo: b@example.com\nSubject: " + subject + "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nSee below.\n" + strings.Join(parts, "") + "--x--\n"
}

// The files that came with a message are files of its job, with names, sizes
// and links; what can be read of them is in the text, and one that is broken
// leaves the others alone.
func TestAttachmentsAreFilesOfTheJob(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	pdf, inner := testkit.PDF("From the PDF."), strings.ReplaceAll(letterWith("Inner", attach("deep.txt", "text/plain", []byte("From the depth."))), "=x", "=y")
	inner = strings.ReplaceAll(inner, "--x", "--y")
	broken := testkit.PNG(testkit.TextImage("x"))[:100]
	mail := letterWith("Outer",
		attach("offer.pdf", "application/octet-stream", pdf),
		attach("../../etc/pass wd", "text/plain", []byte("harmless text")),
		"--x\nContent-Type: message/rfc822\nContent-Disposition: attachment; filename=\"inner.eml\"\n\n"+inner,
		attach("broken.png", "image/png", broken),
		attach("logo.bin", "application/pdf", []byte{0, 1, 2, 3, 0xff}),
	)
	for name, files := range map[string]int{"one": 1, "two": 2} {
		parts := []part{{name: "operation", content: "parse"}}
		for range files {
			parts = append(parts, part{"file", "mail.eml", mail})
		}
		v := s.wait(s.post("/jobs", parts...).json(t)["job_id"].(string))
		if v["status"] != "completed" || !strings.Contains(fmt.Sprint(v["warnings"]), "attachment broken.png could not be read") {
			t.Fatalf("%s: %v", name, v)
		}
		result := any(s.get("/jobs/" + v["job_id"].(string) + "/result").json(t))
		if files > 1 {
			result = at(result, "files", 1, "result")
		}
		text := string(s.get("/jobs/" + v["job_id"].(string) + "/result?format=txt").body)
		for _, want := range []string{"Outer", "See below.", "From the PDF.", "harmless text", "Inner", "From the depth."} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the text lacks %q:\n%s", name, want, text)
			}
		}
		attached, _ := at(result, "attachments").([]any)
		if len(attached) != 5 {
			t.Fatalf("%s: attachments %v", name, attached)
		}
		first, second := attached[0].(map[string]any), attached[1].(map[string]any)
		if first["name"] != "offer.pdf" || first["mime_type"] != "application/pdf" || first["size"] != float64(len(pdf)) || second["name"] != "pass wd" {
			t.Errorf("%s: %v, %v", name, first, second)
		}
		a := s.get(strings.TrimPrefix(fmt.Sprint(first["url"]), s.url))
		if a.StatusCode != http.StatusOK || !bytes.Equal(a.body, pdf) || !strings.Contains(a.Header.Get("Content-Disposition"), "filename=offer.pdf") {
			t.Errorf("%s: %d, %d bytes, %s", name, a.StatusCode, len(a.body), a.Header.Get("Content-Disposition"))
		}
		if a := s.get(strings.TrimPrefix(fmt.Sprint(first["url"]), s.url) + "x"); a.StatusCode == http.StatusOK {
			t.Errorf("%s: a false link is followed", name)
		}
	}
	wide := s.wait(s.submit("wide.eml", utf16Of("From: a@example.com\nTo: b@example.com\nSubject: Wide\n\nGrüße\n")))
	if text := string(s.get("/jobs/" + wide["job_id"].(string) + "/result?format=txt").body); !strings.Contains(text, "Grüße") {
		t.Errorf("UTF-16: %q, %v", text, wide)
	}
}

// utf16Of is text in UTF-16, little-endian, with its mark.
func utf16Of(s string) []byte {
	b := []byte{0xff, 0xfe}
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return b
}

// The files in a PDF are the job's too, and what stands in them is not read.
func TestFilesInAPDFAreFilesOfTheJob(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1")
	pdf := testkit.AttachedPDF("An invoice.", map[string]string{"invoice.xml": "<invoice><total>12</total></invoice>", "notes.txt": "see the invoice"})
	id := s.submit("invoice.pdf", pdf)
	if v := s.wait(id); v["status"] != "completed" {
		t.Fatalf("ended as %v", v)
	}
	result := s.get("/jobs/" + id + "/result").json(t)
	attached, _ := result["attachments"].([]any)
	if len(attached) != 2 || at(attached[0], "name") != "invoice.xml" || at(attached[1], "name") != "notes.txt" || at(attached[1], "size") != 15.0 {
		t.Fatalf("attachments: %v", attached)
	}
	if a := s.get(strings.TrimPrefix(fmt.Sprint(at(attached[0], "url")), s.url)); a.StatusCode != http.StatusOK || string(a.body) != "<invoice><total>12</total></invoice>" {
		t.Errorf("invoice.xml: %d %s", a.StatusCode, a.body)
	}
	if text := s.get("/jobs/" + id + "/result?format=txt").body; strings.Contains(string(text), "see the invoice") {
		t.Errorf("the files were read: %s", text)
	}
	again := s.call("/jobs/" + id + "/rerun").json(t)
	if v := s.wait(fmt.Sprint(again["job_id"])); v["status"] != "completed" {
		t.Errorf("rerun: %v", v)
	}
}
