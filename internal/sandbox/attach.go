package sandbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"docket/internal/document"
	"docket/internal/document/web"
	"docket/internal/job"
)

// maxAttachments is how many of the files that came with a document are given
// out, and maxAttachedName the bytes of the name of each.
const (
	maxAttachments  = 200
	maxAttachedName = 255
	// maxAttachedBytes is for all files embedded in a PDF together.
	maxAttachedBytes = 128 << 20
)

// AttachRequest says which document it is whose files are wanted: a message or
// a PDF.
type AttachRequest struct {
	// Size is the size of the document in bytes.
	Size int64
	// Password opens it.
	Password string
	// Name is what the client calls it.
	Name string
}

// Attachment is a file that came with a document.
type Attachment struct {
	Name string // as the sender named it, or made up
	MIME string // found from its content
	Size int64  // in bytes
}

// attachCommand asks for the files of the document of Size bytes that follows.
type attachCommand AttachRequest

// Attachments has a child take apart the document in. It calls out for each of
// the files that came with it, with its number, counted from 0, and closes
// what that gives before the next call, also after an error. out runs on the
// caller's goroutine. Of a very large number of files the first are given.
//
// Errors of in, out and the writers are returned as they are. Other errors
// are those of Read; it is no error that the document has no files.
func (p *Pool) Attachments(ctx context.Context, in io.Reader, req AttachRequest, out func(n int, a Attachment) (io.WriteCloser, error)) error {
	if req.Size < 0 {
		return fmt.Errorf("document of %d bytes", req.Size)
	}
	if most := p.opts.Limits.FileBytes; req.Size > most {
		return limitError("file_size", most, fmt.Errorf("file of %d bytes", req.Size))
	}
	return p.run(ctx, kindAttach, attachCommand(req), func(c *call) error {
		if err := c.sendFile(in, req.Size); err != nil {
			return err
		}
		all, err := c.attached()
		if err != nil {
			return err
		}
		f := &files{most: len(all), out: func(n int) (io.WriteCloser, error) { return out(n, all[n]) }, c: c}
		err = f.receive()
		if cerr := f.end(); err == nil {
			err = cerr
		}
		return err
	})
}

// attached receives the list of the files that follow.
func (c *call) attached() ([]Attachment, error) {
	k, payload, err := c.receive()
	if err != nil {
		return nil, err
	}
	if k != kindAttached {
		return nil, unexpected(k)
	}
	var all []Attachment
	err = decode(payload, &all)
	if err == nil && len(all) > maxAttachments {
		err = errors.Join(errProtocol, fmt.Errorf("%d attachments", len(all)))
	}
	return all, err
}

// attach sends the files that came with a document: what they are, then each.
func (e *engine) attach(t *task, req attachCommand, data []byte) (retire bool, err error) {
	defer func() { retire = e.pdf.Dead() }()
	found, err := e.attachedTo(data, req)
	if err != nil {
		return false, err
	}
	all := make([]Attachment, len(found))
	for n, a := range found {
		all[n] = Attachment{Name: shortName(a.Name), MIME: document.Detect(a.Data, a.Name).MIME, Size: int64(len(a.Data))}
	}
	if err := t.w.sendJSON(kindAttached, all); err != nil {
		return false, err
	}
	out := bufio.NewWriterSize(content{t}, pieceBytes)
	for n, a := range found {
		if err := t.file(n); err != nil {
			return false, err
		}
		if _, err := out.Write(a.Data); err != nil {
			return false, job.Errorf(job.Internal, nil, "send attachment %d: %w", n, err)
		}
		if err := out.Flush(); err != nil {
			return false, err
		}
	}
	return false, nil
}

// attachedTo finds the files of a message, or those embedded in a PDF. Of very
// many, and of very large ones, the first are found.
func (e *engine) attachedTo(data []byte, req attachCommand) ([]web.Attachment, error) {
	switch document.Detect(data, req.Name).Format {
	case document.FormatEML:
		_, found, err := web.ReadMail(data, &document.FlowWriter{})
		return found[:min(len(found), maxAttachments)], err
	case document.FormatPDF:
		return e.embedded(data, req.Password)
	}
	return nil, nil
}

// embedded finds the files in a PDF; those that are damaged, or that there is
// no room for, are left out.
func (e *engine) embedded(data []byte, password string) ([]web.Attachment, error) {
	d, err := e.pdf.Open(data, password)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var found []web.Attachment
	for n, left := 0, int64(maxAttachedBytes); n < min(d.Attachments(), maxAttachments); n++ {
		name, content, err := d.Attachment(n, left)
		if e.pdf.Dead() {
			return nil, err
		}
		if err != nil {
			continue
		}
		left -= int64(len(content))
		found = append(found, web.Attachment{Name: name, Data: content})
	}
	return found, nil
}

// shortName cuts a name that no file system takes.
func shortName(name string) string {
	if len(name) <= maxAttachedName {
		return name
	}
	cut := maxAttachedName
	for cut > 0 && !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut]
}
