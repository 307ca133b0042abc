package notify

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// MailEvent is what an e-mail tells of a job that has ended. Its texts may be
// anything that a client sent.
type MailEvent struct {
	JobID     string // in the spelling that its submit answered
	Operation string // such as "extract"
	Status    string // "completed" or "failed", in the Jobs words
	FileName  string // of the first document; empty when there is none
	Files     int    // how many documents there are
	EndedAt   time.Time
	Error     string       // why it failed and what to do now; empty when it did not
	Link      string       // to the result; empty when there is none
	Summary   *MailSummary // nil unless it was asked for
}

// MailSummary is the part of an e-mail that has to be asked for.
type MailSummary struct {
	Pages    int // that were read; 0: not counted
	Method   string
	Warnings []string
	Counts   []MailCount
}

// MailCount is one of the operation's own counters, such as 4 tables.
type MailCount struct {
	Name  string
	Value int
}

// MailText writes the subject and the plain text of the e-mail.
// contract H84
func MailText(e MailEvent) (subject, text string) {
	headline := fmt.Sprintf("%s: %s %s", e.subjectOf(), oneLine(e.Operation), oneLine(e.Status))
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\n", headline)
	row(&b, "Job", e.JobID)
	row(&b, "Status", e.Status)
	row(&b, "File", e.FileName)
	if e.Files > 1 {
		row(&b, "Files", strconv.Itoa(e.Files))
	}
	if !e.EndedAt.IsZero() {
		row(&b, "Ended", e.EndedAt.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	section(&b, "What happened", e.Error)
	section(&b, "Result", e.Link)
	if e.Summary != nil {
		e.Summary.write(&b)
	}
	return headline, b.String()
}

// maxName bounds the name in the subject, so that what happened is seen too.
const maxName = 100

func (e MailEvent) subjectOf() string {
	name := shorten(oneLine(e.FileName), maxName)
	switch {
	case name == "":
		return oneLine(e.JobID)
	case e.Files > 1:
		return fmt.Sprintf("%s and %d more", name, e.Files-1)
	}
	return name
}

func (s *MailSummary) write(b *strings.Builder) {
	b.WriteString("\nSummary:\n")
	if s.Pages > 0 {
		row(b, "Pages", strconv.Itoa(s.Pages))
	}
	for _, c := range s.Counts {
		row(b, oneLine(c.Name), strconv.Itoa(c.Value))
	}
	row(b, "Method", s.Method)
	warnings := strings.Join(s.Warnings, ", ")
	if warnings == "" {
		warnings = "none"
	}
	row(b, "Warnings", warnings)
}

// row is one line. No value can make another: a file may be called anything.
func row(b *strings.Builder, name, value string) {
	if value = oneLine(value); value != "" {
		fmt.Fprintf(b, "%-10s %s\n", name+":", value)
	}
}

func section(b *strings.Builder, name, value string) {
	if value = oneLine(value); value != "" {
		fmt.Fprintf(b, "\n%s:\n%s\n", name, value)
	}
}
