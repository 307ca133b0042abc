package api

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"docket/internal/job"
	"docket/internal/service"
)

// Limits of a form, beside its files.
const (
	maxFields     = 200
	maxFieldBytes = 1 << 20
)

// formRules say which parts of a form are files.
type formRules struct {
	files  []string // the names that a file may go by
	most   int      // how many files a request may have
	strict bool     // other files are mistakes; elsewhere they are ignored
}

// form is a multipart body: its files are stored while it is read.
type form struct {
	values map[string][]string
}

// readForm reads the whole body; its files become inputs of the submission.
func (a *API) readForm(r *http.Request, submission *service.Submission, rules formRules) (*form, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, &job.Error{Code: job.UnsupportedMedia, Err: err, Facts: job.Facts{"got": plain(kind, 100)}}
	}
	if limit := int64(rules.most)*a.maxFile + maxFieldBytes; r.ContentLength > limit {
		return nil, &job.Error{Code: job.FileTooLarge, Facts: job.Facts{"max": a.maxFile}}
	}
	f := &form{values: map[string][]string{}}
	parts := multipart.NewReader(r.Body, params["boundary"])
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return nil, brokenForm(err)
		}
		if n == maxFields {
			return nil, invalid("", fmt.Sprintf("the form has more than %d parts", maxFields), "")
		}
		if err := f.take(part, submission, rules); err != nil {
			return nil, err
		}
	}
}

func (f *form) take(part *multipart.Part, submission *service.Submission, rules formRules) error {
	name := part.FormName()
	for _, field := range rules.files {
		if name != field {
			continue
		}
		if part.FileName() == "" {
			return invalid(name, "it was sent as text, not as a file", "With curl: -F "+name+"=@document.pdf (mind the @)")
		}
		if submission.Inputs() == rules.most {
			return invalid(name, fmt.Sprintf("more than %d file was sent", rules.most), "Send one file a request")
		}
		return uploadError(submission.Input(fileName(part.FileName()), plain(part.Header.Get("Content-Type"), 100), part))
	}
	if part.FileName() != "" && !rules.strict {
		return nil // NextPart skips what is left of it
	}
	if part.FileName() != "" {
		return invalid(plain(name, 100), "it is a file, and no file goes by that name here", "Send the document as `"+rules.files[0]+"`")
	}
	value, err := io.ReadAll(io.LimitReader(part, maxFieldBytes+1))
	if err != nil {
		return brokenForm(err)
	}
	if len(value) > maxFieldBytes {
		return invalid(plain(name, 100), fmt.Sprintf("it is longer than %d bytes", maxFieldBytes), "")
	}
	if !utf8.Valid(value) || strings.ContainsRune(string(value), 0) {
		return invalid(plain(name, 100), "it is not UTF-8 text", "")
	}
	f.values[name] = append(f.values[name], string(value))
	return nil
}

// one gives the value of a field that may be given once.
func (f *form) one(name string) (string, error) {
	switch values := f.values[name]; len(values) {
	case 0:
		return "", nil
	case 1:
		return values[0], nil
	default:
		return "", invalid(name, fmt.Sprintf("it was sent %d times", len(values)), "Send it once")
	}
}

// uploadError keeps errors with a code; any other comes from the connection.
func uploadError(err error) error {
	if _, ok := errors.AsType[*job.Error](err); err == nil || ok {
		return err
	}
	return brokenForm(err)
}

func brokenForm(err error) error {
	return &job.Error{Code: job.InvalidRequest, Err: err, Facts: job.Facts{
		"problem": "the multipart body is broken or ended early",
		"remedy":  "Let your HTTP library make the body, with curl: -F file=@document.pdf",
	}}
}

func invalid(field, problem, remedy string) error {
	facts := job.Facts{"problem": problem}
	if field != "" {
		facts["field"] = field
	}
	if remedy != "" {
		facts["remedy"] = remedy
	}
	return &job.Error{Code: job.InvalidRequest, Facts: facts}
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
