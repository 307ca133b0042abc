package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode"

	"docket/internal/job"
	"docket/internal/service"
)

// fileTaker takes one file of a form while it is read; false leaves it.
type fileTaker func(field, name, mediaType string, body io.Reader) (bool, error)

// into makes the files of the named fields inputs of the submission, at most
// so many of them.
func into(submission *service.Submission, most int, names ...string) fileTaker {
	return func(field, name, mediaType string, body io.Reader) (bool, error) {
		if !slices.Contains(names, field) {
			return false, nil
		}
		if name == "" {
			return true, invalid(field, "it was sent as text, not as a file", "With curl: -F "+field+"=@document.pdf (mind the @)")
		}
		if submission == nil || submission.Inputs() == most {
			return true, tooMany(field, most)
		}
		return true, uploadError(submission.Input(name, mediaType, body))
	}
}

func tooMany(field string, most int) error {
	if most == 1 {
		return invalid(field, "more than 1 file was sent", "Send one file a request")
	}
	return invalid(field, fmt.Sprintf("more than %d files were sent", most), "Send the others in another request")
}

// strictly refuses files that the taker leaves.
func strictly(take fileTaker) fileTaker {
	return func(field, name, mediaType string, body io.Reader) (bool, error) {
		taken, err := take(field, name, mediaType, body)
		if err == nil && !taken && name != "" {
			err = invalid(field, "it is a file, and no file goes by that name here", "Send the document as `file`")
		}
		return taken, err
	}
}

// readForm reads a multipart body from its beginning to its end.
func (a *API) readForm(r *http.Request, boundary string, most int64, onFile fileTaker) (*fields, error) {
	if boundary == "" {
		return nil, brokenForm(errors.New("no boundary"))
	}
	f := &fields{texts: map[string][]string{}}
	ends := &ending{from: r.Body, most: most, left: most, header: noHeader}
	parts := multipart.NewReader(ends, boundary)
	left := maxJSONBytes
	for n := 0; ; n++ {
		part, err := ends.nextPart(parts)
		if errors.Is(err, io.EOF) && ends.closed(boundary) {
			return f, nil
		}
		if err != nil {
			return nil, brokenForm(ends.cause(err))
		}
		if n == maxFields {
			return nil, invalid("", fmt.Sprintf("the form has more than %d parts", maxFields), "")
		}
		size, err := f.take(part, onFile)
		if err != nil {
			return nil, ends.cause(err)
		}
		// What nobody took is left behind here, so that what comes next is a header.
		if _, err := io.Copy(io.Discard, part); err != nil {
			return nil, brokenForm(ends.cause(err))
		}
		if left -= size; left < 0 {
			return nil, &job.Error{Code: job.BodyTooLarge, Facts: job.Facts{"max": maxJSONBytes}}
		}
	}
}

// maxPartHeader is the longest header of a part, in bytes; noHeader says that
// none is being read.
const (
	maxPartHeader = 16 << 10
	noHeader      = -1
)

// ending remembers the end of what was read: the multipart reader does not
// always tell a form that was cut off from a whole one. It also ends forms and
// headers that are too long, for which that reader has no limits of ours.
type ending struct {
	from   io.Reader
	last   []byte
	most   int64 // bytes that may come
	left   int64 // of them
	header int   // bytes that the header may still have, or noHeader
	failed error // why reading ended early
}

// nextPart reads up to the next part's content.
func (e *ending) nextPart(parts *multipart.Reader) (*multipart.Part, error) {
	e.header = maxPartHeader
	defer func() { e.header = noHeader }()
	return parts.NextPart()
}

func (e *ending) Read(p []byte) (int, error) {
	const enough = 8 << 10
	n, err := e.from.Read(p)
	e.last = append(e.last, p[max(0, n-enough):n]...)
	if cut := len(e.last) - enough; cut > 0 {
		e.last = append(e.last[:0], e.last[cut:]...)
	}
	if e.left -= int64(n); e.left < 0 {
		err = &job.Error{Code: job.BodyTooLarge, Facts: job.Facts{"max": e.most}}
	}
	if e.header != noHeader {
		if e.header = max(e.header-n, 0); e.header == 0 {
			err = invalid("", fmt.Sprintf("the header of a part is longer than %d bytes", maxPartHeader), "A part needs a name, a file name and a type there")
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		e.failed = err
	}
	return n, err
}

// closed says that the boundary after the last part was there.
func (e *ending) closed(boundary string) bool {
	return bytes.Contains(e.last, []byte("--"+boundary+"--"))
}

// cause is why the form could not be read: where reading ended early, what the
// multipart reader says of the rest is a consequence.
func (e *ending) cause(err error) error {
	if _, ok := errors.AsType[*job.Error](e.failed); ok {
		return e.failed
	}
	return err
}

// take reads one part and says how long its text was.
func (f *fields) take(part *multipart.Part, onFile fileTaker) (int, error) {
	name := plain(part.FormName(), 100)
	sentAs := ""
	if part.FileName() != "" {
		sentAs = fileName(part.FileName())
	}
	taken, err := onFile(name, sentAs, plain(part.Header.Get("Content-Type"), 100), part)
	if err != nil || taken || sentAs != "" {
		return 0, err
	}
	value, err := io.ReadAll(io.LimitReader(part, maxFieldBytes+1))
	if err != nil {
		return 0, brokenForm(err)
	}
	if len(value) > maxFieldBytes {
		return 0, invalid(name, fmt.Sprintf("it is longer than %d bytes", maxFieldBytes), "")
	}
	if !isText(string(value)) {
		return 0, invalid(name, "it is not UTF-8 text", "")
	}
	f.texts[name] = append(f.texts[name], string(value))
	return len(value), nil
}

// uploadError keeps errors with a code; any other comes from the connection.
func uploadError(err error) error {
	if err == nil {
		return nil
	}
	return brokenForm(err)
}

// brokenForm is the error for a body that cannot be read, unless it has one
// with a code.
func brokenForm(err error) error {
	if _, ok := errors.AsType[*job.Error](err); ok {
		return err
	}
	return &job.Error{Code: job.InvalidRequest, Err: err, Facts: job.Facts{
		"problem": "the body is broken or ended early",
		"remedy":  "Let your HTTP library make the body, with curl: -F file=@document.pdf",
	}}
}

// fileName is the client's name for a file, without folders of its machine.
func fileName(name string) string {
	name = plain(path.Base(strings.ReplaceAll(name, `\`, "/")), 255)
	if name == "" || name == "." || name == "/" {
		return "document"
	}
	return name
}

// plain makes a text that came from outside fit to be stored and shown: valid
// UTF-8 without control characters, at most so many bytes long.
func plain(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}
