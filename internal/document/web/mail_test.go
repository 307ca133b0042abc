package web_test

import (
	"strings"
	"testing"

	"docket/internal/document"
	"docket/internal/document/web"
	"docket/internal/job"

	"github.com/google/go-cmp/cmp"
)

const mixed = `From: =?utf-8?q?J=C3=B6rg?= <joerg@example.com>
To: Ann <ann@example.com>,
 Bob <bob@example.com>
Subject: =?utf-8?b?UmVjaG51bmcg4oKs?=
Date: Mon, 15 Jan 2024 10:30:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8

Plain form.
--inner
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<p>Gr=FC=DFe, <b>Ann</b>.</p><script>x()</script>
--inner--
--outer
Content-Type: text/csv
Content-Disposition: attachment; filename="../../prices.csv"
Content-Transfer-Encoding: base64

YSxiCjEsMgo=
--outer
Content-Type: message/rfc822
Content-Disposition: attachment

From: x@example.com
To: y@example.com
Subject: inner

Inner text.
--outer--
`

func TestReadMail(t *testing.T) {
	w := &document.FlowWriter{}
	info, attached, err := web.ReadMail([]byte(strings.ReplaceAll(mixed, "\n", "\r\n")), w)
	if err != nil {
		t.Fatal(err)
	}
	if want := (document.Info{Format: "eml", MIME: "message/rfc822", Title: "Rechnung €", Author: "Jörg <joerg@example.com>"}); info != want {
		t.Errorf("info %+v", info)
	}
	want := "# Rechnung €\n\n**From:** Jörg \\<joerg@example.com>  \n**To:** Ann \\<ann@example.com>, Bob \\<bob@example.com>  \n**Date:** Mon, 15 Jan 2024 10:30:00 +0000\n\n" +
		"Grüße, **Ann**.\n\n## Attachments\n\n- prices.csv (8 bytes)\n- attachment-2.eml (69 bytes)"
	got := show(t, w)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(attached) != 2 || string(attached[0].Data) != "a,b\n1,2\n" || attached[0].Name != "prices.csv" || !strings.Contains(string(attached[1].Data), "Inner text.") {
		t.Errorf("attached %+v", attached)
	}
}

func TestReadMailPlain(t *testing.T) {
	w := &document.FlowWriter{}
	if _, _, err := web.ReadMail([]byte("From someone Mon Jan 15\nFrom: a@example.com\nTo: b@example.com\n\nHello,\n\n> you wrote\n> this\n"), w); err != nil {
		t.Fatal(err)
	}
	want := "**From:** a@example.com  \n**To:** b@example.com\n\nHello,\n\n\\> you wrote  \n\\> this"
	if diff := cmp.Diff(want, show(t, w)); diff != "" {
		t.Error(diff)
	}
}

// A message cut off anywhere is read as far as it goes, or refused.
func TestReadMailCutOff(t *testing.T) {
	for n := range len(mixed) {
		_, _, err := web.ReadMail([]byte(mixed[:n]), &document.FlowWriter{})
		if code := job.CodeOf(err); err != nil && code != job.FileCorrupted {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
}

func TestReadMailRefusesNesting(t *testing.T) {
	var b strings.Builder
	b.WriteString("From: a@example.com\nTo: b@example.com\nSubject: x\nMIME-Version: 1.0\n")
	for i := range 10_000 {
		b.WriteString("Content-Type: multipart/mixed; boundary=b" + strings.Repeat("x", i%50) + "\n\n--b" + strings.Repeat("x", i%50) + "\n")
	}
	_, _, err := web.ReadMail([]byte(b.String()), &document.FlowWriter{})
	if job.CodeOf(err) != job.ResourceLimit {
		t.Errorf("%v", err)
	}
}
