package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"time"
)

// Outbox writes e-mails to files instead of sending them, for a server that
// has nobody else's mail to carry. It is safe for concurrent use.
type Outbox struct {
	dir  string
	from *mail.Address
	now  func() time.Time
}

// NewOutbox makes an outbox in the folder, which is made with the first mail.
// The sender is as in MailOptions; now is time.Now when nil.
func NewOutbox(dir, from string, now func() time.Time) (*Outbox, error) {
	sender, err := parseSender(from)
	if err != nil {
		return nil, err
	}
	if now == nil {
		now = time.Now
	}
	return &Outbox{dir: dir, from: sender, now: now}, nil
}

// Send writes the mail to a file of its message id that ends in .eml, whole or
// not at all. A mail that is there already is not written again.
func (o *Outbox) Send(ctx context.Context, m Mail) Attempt {
	begun := time.Now()
	a := Attempt{At: o.now(), RequestHeaders: mailHeaders(m)}
	msg, err := compose(m, o.from, a.At)
	if err != nil {
		a.Error, a.Permanent = err.Error(), true
		return a
	}
	path := filepath.Join(o.dir, m.MessageID+".eml")
	if err := ctx.Err(); err != nil {
		a.Error = "the server was stopped"
		return a
	}
	if err := o.write(path, msg.WriteTo); err != nil {
		a.Error = err.Error()
	}
	a.Answer, a.Took = path, time.Since(begun)
	return a
}

func (o *Outbox) write(path string, content func(io.Writer) (int64, error)) error {
	if _, err := os.Stat(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return wrapWrite(err)
	}
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return wrapWrite(err)
	}
	// A name that begins with a dot is no mail to a mail reader.
	f, err := os.CreateTemp(o.dir, ".mail-")
	if err != nil {
		return wrapWrite(err)
	}
	_, err = content(f)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return wrapWrite(errors.Join(err, os.Remove(f.Name())))
	}
	return wrapWrite(syncFolder(o.dir))
}

func wrapWrite(err error) error {
	if err != nil {
		return fmt.Errorf("write the mail to the outbox: %w", err)
	}
	return nil
}

// syncFolder puts a new name in the folder on disk.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
