package web

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/jhillyerd/enmime/v2"

	"docket/internal/document"
	"docket/internal/job"
)

// Limits of a message.
const (
	maxParts      = 1000     // attachments
	maxBoundaries = 200      // marks between parts: one for each part that has parts
	maxHeaderSize = 64 << 10 // of one field that is shown, in bytes
)

// Attachment is a file that came with a message.
type Attachment struct {
	Name string // as the sender named it, or made up
	Data []byte
}

// ReadMail reads a message: its subject as title, who wrote to whom and when,
// the text, and a list of its attachments, which it also returns. Of two forms
// of the text it takes the HTML. Errors are of code FileCorrupted or
// ResourceLimit.
func ReadMail(data []byte, w *document.FlowWriter) (document.Info, []Attachment, error) {
	info := document.Info{Format: document.FormatEML, MIME: "message/rfc822"}
	data, options := readable(data)
	if bytes.HasPrefix(data, []byte("From ")) { // of a mailbox file
		if _, rest, ok := bytes.Cut(data, []byte("\n")); ok {
			data = rest
		}
	}
	if n := bytes.Count(data, []byte("boundary=")) + bytes.Count(data, []byte("Boundary=")); n > maxBoundaries {
		return info, nil, job.Errorf(job.ResourceLimit, job.Facts{"limit": "parts", "max": maxBoundaries}, "%d multiparts", n)
	}
	options = append(options, enmime.SkipMalformedParts(true), enmime.MaxStoredPartErrors(10), enmime.SetReadPartErrorPolicy(enmime.AllowCorruptTextPartErrorPolicy))
	parser := enmime.NewParser(options...)
	mail, err := parser.ReadEnvelope(bytes.NewReader(data))
	if err != nil {
		return info, nil, job.Errorf(job.FileCorrupted, job.Facts{"format": "e-mail message", "reason": "its parts cannot be told apart"}, "parse mail: %w", err)
	}
	info.Title, info.Author = header(mail, "Subject"), header(mail, "From")
	if info.Title != "" {
		w.Block(document.Block{Type: document.Title, Text: document.TidyRuns(document.PlainRun(info.Title))})
	}
	fields(mail, w)
	if err := body(mail, w); err != nil {
		return info, nil, err
	}
	return info, attachments(mail, w), nil
}

func header(mail *enmime.Envelope, name string) string {
	text := strings.Join(strings.Fields(mail.GetHeader(name)), " ")
	return text[:min(len(text), maxHeaderSize)]
}

// fields writes the fields that a reader of the message sees.
func fields(mail *enmime.Envelope, w *document.FlowWriter) {
	var lines []document.Run
	for _, name := range []string{"From", "To", "Cc", "Bcc", "Reply-To", "Date"} {
		value := header(mail, name)
		if value == "" {
			continue
		}
		if len(lines) > 0 {
			lines = document.AppendRun(lines, document.Run{Text: "\n"})
		}
		lines = document.AppendRun(lines, document.Run{Text: name + ":", Bold: true})
		lines = document.AppendRun(lines, document.Run{Text: " " + value})
	}
	w.Block(document.Block{Type: document.Text, Text: document.TidyRuns(lines)})
}

func body(mail *enmime.Envelope, w *document.FlowWriter) error {
	if strings.TrimSpace(mail.HTML) != "" {
		_, err := readString(mail.HTML, w)
		return err
	}
	plain(mail.Text, w)
	return nil
}

// plain writes text whose paragraphs are apart by blank lines, as mails are
// written. Lines that quote another message keep their mark.
func plain(text string, w *document.FlowWriter) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		w.Block(document.Block{Type: document.Text, Text: document.TidyRuns(document.PlainRun(paragraph))})
	}
}

// attachments lists the files that came with the message. Pictures that the
// text shows are not among them.
func attachments(mail *enmime.Envelope, w *document.FlowWriter) []Attachment {
	var all []Attachment
	for _, p := range append(append([]*enmime.Part{}, mail.Attachments...), mail.OtherParts...) {
		if len(all) == maxParts {
			w.Warn(fmt.Sprintf("attachments after the first %d were left out", maxParts))
			break
		}
		name := path.Base(strings.ReplaceAll(strings.Join(strings.Fields(p.FileName), " "), `\`, "/"))
		if name == "." || name == "/" {
			name = fmt.Sprintf("attachment-%d%s", len(all)+1, extensionOf(p.ContentType))
		}
		all = append(all, Attachment{Name: name, Data: p.Content})
	}
	if len(all) == 0 {
		return nil
	}
	w.Block(document.Block{Type: document.SectionHeader, Level: 2, Text: document.PlainRun("Attachments")})
	for _, a := range all {
		w.Block(document.Block{Type: document.ListItem, Text: document.PlainRun(fmt.Sprintf("%s (%d bytes)", a.Name, len(a.Data)))})
	}
	return all
}

func extensionOf(contentType string) string {
	switch contentType {
	case "message/rfc822":
		return ".eml"
	case "text/plain":
		return ".txt"
	case "text/html":
		return ".html"
	}
	return ""
}
