package notify

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"docket/internal/safehttp"
)

// quitTimeout is how long the server may take to say goodbye.
const quitTimeout = 2 * time.Second

// Send sends the mail once. A reply of 4xx and any trouble with the connection
// may pass. A reply of 5xx to the mail itself is permanent; to the greeting or
// the login it is not, since that is for the operator to put right. When ctx
// ends first, the attempt says nothing about the receiver.
func (m *Mailer) Send(ctx context.Context, mail Mail) Attempt {
	ctx, cancel := context.WithTimeout(ctx, m.timeout)
	defer cancel()
	begun, at := time.Now(), m.now()
	a := Attempt{At: at, RequestHeaders: mailHeaders(mail)}
	msg, err := compose(mail, m.from, at)
	if err != nil {
		a.Error, a.Permanent = err.Error(), true
		return a
	}
	s := session{mailer: m, msg: msg}
	err = s.run(ctx)
	a.Took = time.Since(begun)
	if err != nil {
		s.explain(ctx, err, &a)
		return a
	}
	a.Status, a.Answer = replyTaken, clean(s.reply, maxAnswer)
	return a
}

const replyTaken = 250

func mailHeaders(mail Mail) map[string]string {
	return map[string]string{
		"to": clean(oneLine(mail.To), maxAddress), "subject": subjectLine(mail.Subject), "message-id": clean(oneLine(mail.MessageID), maxID),
	}
}

// session is one connection, for one mail.
type session struct {
	mailer *Mailer
	msg    *gomail.Msg
	step   string // what the server was asked last, for the user
	about  bool   // the mail itself, and no longer the connection
	reply  string // to the whole mail
}

func (s *session) run(ctx context.Context) error {
	s.step = "connection"
	conn, err := s.mailer.dial(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close() }() // what matters was said
	// The client does not watch the context; a closed connection ends whatever
	// it waits for.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	server, err := smtp.NewClient(conn, s.mailer.server.host)
	if err != nil {
		return fmt.Errorf("read greeting: %w", err)
	}
	if err := s.begin(server); err != nil {
		return err
	}
	s.about = true
	if err := s.transfer(server); err != nil {
		return err
	}
	// It was taken: nothing after this matters.
	if server.UpdateDeadline(quitTimeout) == nil {
		_ = server.Quit()
	}
	return nil
}

// transfer is one mail within a session. It ends with the server's word that
// it took the mail: one that hangs up after that has it all the same.
func (s *session) transfer(server *smtp.Client) error {
	from, err := s.msg.GetSender(false)
	if err != nil {
		return fmt.Errorf("read sender: %w", err)
	}
	to, err := s.msg.GetRecipients()
	if err != nil {
		return fmt.Errorf("read receiver: %w", err)
	}
	server.SkipSMTPUTF8(ascii(from) && ascii(to...)) // relays turn away what asks for more than they have
	s.step = "sender"
	if err := server.Mail(from); err != nil {
		return fmt.Errorf("send MAIL FROM: %w", err)
	}
	s.step = "receiver"
	for _, address := range to {
		if err := server.Rcpt(address); err != nil {
			return fmt.Errorf("send RCPT TO: %w", err)
		}
	}
	s.step = "message"
	w, err := server.Data()
	if err != nil {
		return fmt.Errorf("send DATA: %w", err)
	}
	if _, err := s.msg.WriteTo(w); err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("finish message: %w", err)
	}
	if data, ok := w.(*smtp.DataCloser); ok {
		s.reply = data.ServerResponse()
	}
	return nil
}

func ascii(addresses ...string) bool {
	for _, address := range addresses {
		if strings.ContainsFunc(address, func(r rune) bool { return r > unicode.MaxASCII }) {
			return false
		}
	}
	return true
}

// explain puts into the attempt why the session failed.
func (s *session) explain(ctx context.Context, err error, a *Attempt) {
	reply, replied := errors.AsType[*textproto.Error](err)
	switch {
	case replied:
		a.Status, a.Answer = reply.Code, clean(reply.Error(), maxAnswer)
		a.Permanent = s.about && reply.Code >= 500
		a.Error = fmt.Sprintf("the mail server answered %d to the %s", reply.Code, s.step)
	case errors.Is(ctx.Err(), context.Canceled):
		a.Error = "the server was stopped"
	case ctx.Err() != nil:
		a.Error = "the mail server timed out"
	case errors.Is(err, errNoTLS), errors.Is(err, errNoLogin):
		a.Error = err.Error()
	default:
		a.Error = "the mail server cannot be used: " + safehttp.Reason(err)
	}
}
