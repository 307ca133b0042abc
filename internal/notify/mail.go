package notify

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

const (
	maxAddress = 254 // bytes, by RFC 5321
	maxSubject = 200 // characters
	maxID      = 128 // bytes of a message id, without its domain
)

// Mail is one e-mail to be sent, in plain text.
type Mail struct {
	To        string // one bare address
	Subject   string // made one line without control characters
	Text      string // UTF-8; lines end with \n
	MessageID string // of the delivery: the same at every attempt; letters, digits, and . _ - +
}

// CheckAddress tells whether mail can be sent to the address: a bare one such
// as user@example.com, without a name, a comment, quotes, or a host in numbers.
func CheckAddress(address string) error {
	parsed, err := mail.ParseAddress(address)
	switch {
	case err != nil || parsed.Name != "" || parsed.Address != address || strings.ContainsAny(address, `"[]`) || strings.ContainsFunc(address, unprintable):
		return errors.New("must be an e-mail address such as user@example.com")
	case len(address) > maxAddress:
		return fmt.Errorf("an e-mail address has at most %d characters", maxAddress)
	}
	return nil
}

// parseSender reads the address that mail is sent from, with or without a name.
func parseSender(from string) (*mail.Address, error) {
	parsed, err := mail.ParseAddress(from)
	if err != nil || strings.ContainsFunc(from, unprintable) {
		return nil, fmt.Errorf("the sender %q is no e-mail address; write docket@example.com or Docket <docket@example.com>", from)
	}
	if err := CheckAddress(parsed.Address); err != nil {
		return nil, fmt.Errorf("the sender's address %q: %w", parsed.Address, err)
	}
	return parsed, nil
}

// compose makes the message. Whatever the mail says, it has one value for each
// header and one line for each value.
func compose(m Mail, from *mail.Address, now time.Time) (*gomail.Msg, error) {
	if err := CheckAddress(m.To); err != nil {
		return nil, fmt.Errorf("receiver: %w", err)
	}
	if err := checkID(m.MessageID); err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(from)
	if err := msg.To(m.To); err != nil {
		return nil, fmt.Errorf("set the receiver: %w", err)
	}
	domain := from.Address[strings.LastIndexByte(from.Address, '@')+1:]
	msg.SetMessageIDWithValue(m.MessageID + "@" + domain)
	msg.SetDateWithValue(now)
	// Answering machines do not answer a machine, by RFC 3834.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.Subject(subjectLine(m.Subject))
	msg.SetBodyString(gomail.TypeTextPlain, bodyText(m.Text))
	return msg, nil
}

// checkID refuses what cannot stand in a header and in a file's name.
func checkID(id string) error {
	wrong := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune("._-+", r)
	}
	if id == "" || len(id) > maxID || id[0] == '.' || strings.ContainsFunc(id, wrong) {
		return fmt.Errorf("message id %q cannot be used", id)
	}
	return nil
}

// unprintable tells of runes that break lines, or change how their neighbours
// are shown.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) || r == unicode.ReplacementChar
}

// oneLine makes text of one line, with single spaces.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		case unprintable(r):
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// subjectLine also breaks up what a reader would decode into other characters.
func subjectLine(subject string) string {
	return shorten(strings.ReplaceAll(oneLine(subject), "=?", "= ?"), maxSubject)
}

// shorten cuts text after so many characters, and shows that it did.
func shorten(text string, limit int) string {
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return text
}

// bodyText keeps lines and tabs and drops all other control characters.
func bodyText(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unprintable(r) {
			return -1
		}
		return r
	}, text)
}
