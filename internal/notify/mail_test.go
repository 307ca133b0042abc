package notify

import (
	"bytes"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// parsed is a message as a mail reader shows it.
type parsed struct {
	header  mail.Header
	subject string
	text    string
}

func readMail(t *testing.T, raw []byte) parsed {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v:\n%s", err, raw)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	if enc := m.Header.Get("Content-Transfer-Encoding"); enc != "quoted-printable" {
		t.Fatalf("the encoding is %q", enc)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return parsed{m.Header, subject, strings.ReplaceAll(string(text), "\r\n", "\n")}
}

func newOutbox(t *testing.T) (box *Outbox, dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "outbox")
	box, err := NewOutbox(dir, "Docket <docket@example.com>", func() time.Time { return time.Unix(specTime, 0).UTC() })
	if err != nil {
		t.Fatal(err)
	}
	return box, dir
}

// contract H84
func TestOutbox(t *testing.T) {
	box, dir := newOutbox(t)
	m := Mail{To: "user@example.com", Subject: "Rechnung für März.pdf: extract completed", Text: "Grüße\n\n.\nFrom here\n" + strings.Repeat("long ", 300) + "\n", MessageID: "evt_01h"}
	a := box.Send(t.Context(), m)
	if !a.OK() || a.Answer != filepath.Join(dir, "evt_01h.eml") {
		t.Fatalf("got %+v", a)
	}
	raw, err := os.ReadFile(a.Answer)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.SplitAfter(string(raw), "\n") {
		if len(line) > 78+2 || line != "" && !strings.HasSuffix(line, "\r\n") {
			t.Errorf("the line %q", line)
		}
	}
	got := readMail(t, raw)
	if got.subject != m.Subject || got.text != m.Text {
		t.Errorf("got subject %q and text %q", got.subject, got.text)
	}
	delete(got.header, "Subject")
	want := mail.Header{
		"From": {`"Docket" <docket@example.com>`}, "To": {"<user@example.com>"}, "Message-Id": {"<evt_01h@example.com>"},
		"Date": {"Thu, 25 Feb 2021 15:02:10 +0000"}, "Auto-Submitted": {"auto-generated"}, "Mime-Version": {"1.0"},
		"Content-Type": {"text/plain; charset=UTF-8"}, "Content-Transfer-Encoding": {"quoted-printable"},
	}
	if diff := cmp.Diff(want, got.header); diff != "" {
		t.Error(diff)
	}
}

func TestOutboxHasEachMailOnce(t *testing.T) {
	box, dir := newOutbox(t)
	m := exampleMail()
	for range 3 {
		if a := box.Send(t.Context(), m); !a.OK() {
			t.Fatal(a.Error)
		}
	}
	m.MessageID = "evt_2"
	if a := box.Send(t.Context(), m); !a.OK() {
		t.Fatal(a.Error)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
		}
	}
	if diff := cmp.Diff([]string{"evt_1.eml", "evt_2.eml"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestOutboxThatCannotBeWritten(t *testing.T) {
	box, dir := newOutbox(t)
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if a := box.Send(t.Context(), exampleMail()); a.OK() || a.Permanent {
		t.Errorf("got %+v", a)
	}
}

// Whatever a client calls its file or itself, no line of it becomes a header.
func TestHeaderInjection(t *testing.T) {
	const attack = "\r\nBcc: victim@example.com\r\n\r\nBody"
	box, dir := newOutbox(t)
	refused := []Mail{
		{To: "user@example.com" + attack, MessageID: "evt_1"},
		{To: "user@example.com, victim@example.com", MessageID: "evt_1"},
		{To: "user@example.com>\nBcc:<victim@example.com", MessageID: "evt_1"},
		{To: "user@example.com\x00", MessageID: "evt_1"},
		{To: "User <user@example.com>", MessageID: "evt_1"},
		{To: `"user\r\n"@example.com`, MessageID: "evt_1"},
		{To: "user@example.com", MessageID: "evt_1" + attack},
		{To: "user@example.com", MessageID: "../evt_1"},
		{To: "user@example.com", MessageID: ".."},
		{To: "user@example.com", MessageID: ""},
		{To: "", MessageID: "evt_1"},
	}
	for _, m := range refused {
		if a := box.Send(t.Context(), m); a.OK() || !a.Permanent {
			t.Errorf("%q, %q: %+v", m.To, m.MessageID, a)
		}
	}
	cleaned := []string{
		"a" + attack, "a\nBcc: b@c", "a\rBcc: b@c", "a\x00\x0b\x0c\x85\u2028\u2029b", "a\u202efdp.exe", "\xff\xfe", "=?utf-8?q?a=0D=0ABcc:_b@c?=",
		strings.Repeat("a", 5000), strings.Repeat("ä ", 5000), strings.Repeat("a\r\n", 500),
	}
	for i, subject := range cleaned {
		m := Mail{To: "user@example.com", Subject: subject, Text: "text", MessageID: "evt_" + string(rune('a'+i))}
		a := box.Send(t.Context(), m)
		if !a.OK() {
			t.Fatalf("%q: %s", subject, a.Error)
		}
		raw, err := os.ReadFile(filepath.Join(dir, m.MessageID+".eml"))
		if err != nil {
			t.Fatal(err)
		}
		got := readMail(t, raw)
		if len(got.header) != 9 || got.header.Get("Bcc") != "" || got.text != "text" {
			t.Errorf("%q makes\n%s", subject, raw)
		}
		if strings.ContainsFunc(got.subject, unprintable) || len([]rune(got.subject)) > maxSubject {
			t.Errorf("%q is shown as %q", subject, got.subject)
		}
	}
}

func TestCheckAddress(t *testing.T) {
	for _, address := range []string{"user@example.com", "first.last+tag@sub.example.com", "docket@localhost", "jürgen@bücher.example"} {
		if err := CheckAddress(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"", "user", "@example.com", "user@", "a b@example.com", "User <user@example.com>", "<user@example.com>", " user@example.com",
		"user@example.com ", "user@example.com(comment)", `"user"@example.com`, "user@[127.0.0.1]", "a@b,c@d", "a@b\n", "a@b\u2028", strings.Repeat("a", 250) + "@b.de"} {
		if err := CheckAddress(address); err == nil {
			t.Errorf("%q is accepted", address)
		}
	}
}

// contract H84
func TestMailText(t *testing.T) {
	done := MailEvent{
		JobID: "job_01h", Operation: "extract", Status: "completed", FileName: "invoice.pdf", Files: 1,
		EndedAt: time.Unix(specTime, 0), Link: "https://docket.example.com/jobs/job_01h/result",
	}
	summed := done
	summed.Files = 3
	summed.Summary = &MailSummary{Pages: 12, Method: "heuristic", Warnings: []string{"no_text", "rotated"}, Counts: []MailCount{{"Tables", 4}}}
	tests := []struct {
		name    string
		event   MailEvent
		subject string
		text    string
	}{
		{"completed", done, "invoice.pdf: extract completed", `invoice.pdf: extract completed.

Job:       job_01h
Status:    completed
File:      invoice.pdf
Ended:     2021-02-25 15:02:10 UTC

Result:
https://docket.example.com/jobs/job_01h/result
`},
		{"summary", summed, "invoice.pdf and 2 more: extract completed", `invoice.pdf and 2 more: extract completed.

Job:       job_01h
Status:    completed
File:      invoice.pdf
Files:     3
Ended:     2021-02-25 15:02:10 UTC

Result:
https://docket.example.com/jobs/job_01h/result

Summary:
Pages:     12
Tables:    4
Method:    heuristic
Warnings:  no_text, rotated
`},
		{"failed", MailEvent{JobID: "job_01h", Operation: "parse", Status: "failed", Error: "The PDF is password-protected. Submit it again with `password`.", Summary: &MailSummary{}},
			"job_01h: parse failed", "job_01h: parse failed.\n\nJob:       job_01h\nStatus:    failed\n\nWhat happened:\nThe PDF is password-protected. Submit it again with `password`.\n\nSummary:\nWarnings:  none\n"},
		{"name of several lines", MailEvent{JobID: "job_01h", Operation: "parse", Status: "completed", FileName: "a.pdf\r\nStatus: failed\u202e", Files: 1},
			"a.pdf Status: failed: parse completed", "a.pdf Status: failed: parse completed.\n\nJob:       job_01h\nStatus:    completed\nFile:      a.pdf Status: failed\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			subject, text := MailText(tt.event)
			if subject != tt.subject {
				t.Errorf("the subject is %q", subject)
			}
			if diff := cmp.Diff(tt.text, text); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("long name", func(t *testing.T) {
		subject, _ := MailText(MailEvent{FileName: strings.Repeat("ä", 255), Operation: "parse", Status: "failed"})
		if !strings.HasSuffix(subject, "…: parse failed") || subjectLine(subject) != subject {
			t.Errorf("the subject is %q", subject)
		}
	})
}
