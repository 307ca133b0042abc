// Package notify tells receivers what became of jobs, by webhook and by e-mail.
// A sender gets one message as plain values, tries once, and says how it went;
// what is due, and what is remembered of a try, is not its business.
package notify

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"docket/internal/trace"
)

// Attempt is how one try to deliver went. All text in it is valid UTF-8
// without NUL.
type Attempt struct {
	At             time.Time         // when it began
	Took           time.Duration     // until the answer was read, or until it failed
	Status         int               // of HTTP, or the last reply of SMTP; 0: no answer, or none was needed
	RequestHeaders map[string]string // what was sent, under lower-case names
	AnswerHeaders  map[string]string // what came back, under lower-case names; at most 4 KiB
	Answer         string            // the first 2 KiB of what came back
	Error          string            // why it failed, in a few words; empty when it was delivered
	RetryAfter     time.Duration     // how long the receiver wants to be left alone; 0: it did not say
	Gone           bool              // the receiver wants nothing more: 410
	Permanent      bool              // another try with the same content would fail too
}

// OK says that the message was delivered.
func (a Attempt) OK() bool { return a.Error == "" }

// traced ends the span of the try. What went wrong is told by a number: words
// may be the receiver's own.
func (a Attempt) traced(s *trace.Span) {
	if a.Status != 0 {
		s.Note(trace.Number("docket.answer.status", a.Status))
	}
	switch {
	case a.OK():
	case a.Status != 0:
		s.Fail(strconv.Itoa(a.Status))
	default:
		s.Fail("no_answer")
	}
	s.End(nil)
}

const (
	maxAnswer  = 2 << 10 // bytes that are kept of an answer
	maxHeaders = 4 << 10 // bytes that are kept of its headers
)

// clean makes text that can be stored, of at most limit bytes.
func clean(text string, limit int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
