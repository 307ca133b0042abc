package op

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"docket/internal/document"
	"docket/internal/sandbox"
)

// Attachment is a file that came with a document and is kept with the result.
type Attachment struct {
	Name string `json:"name"`      // as the sender named it
	MIME string `json:"mime_type"` // found from its content
	Size int64  `json:"size"`      // in bytes
	File string `json:"file"`      // of the result
}

// KeepAttachments makes the files that came with the task's one document, a
// message or a PDF, files of the result. Errors are those of the sandbox's
// Attachments.
func KeepAttachments(ctx context.Context, pool *sandbox.Pool, t *Task, info document.Info, password string) (all []Attachment, err error) {
	if info.Format != document.FormatEML && info.Attachments == 0 {
		return nil, nil
	}
	in := t.Inputs[0]
	file, err := t.Open(0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", in.File.Name, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	err = pool.Attachments(ctx, file, sandbox.AttachRequest{Size: in.File.Size, Name: in.Name, Password: password}, func(n int, a sandbox.Attachment) (io.WriteCloser, error) {
		kept := Attachment{Name: a.Name, MIME: a.MIME, Size: a.Size, File: fmt.Sprintf("attachments/%d/%s", n+1, SafeName(a.Name))}
		all = append(all, kept)
		return t.Create(kept.File)
	})
	return all, Again(err)
}

// longestName is the most characters of a file's name.
const longestName = 100

// SafeName is a name like the one given that every file system takes.
func SafeName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`/\:*?"<>|%#`, r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return '_'
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > longestName {
		name = string(runes[:longestName])
	}
	name = strings.Trim(name, ". ")
	if name == "" {
		return "file"
	}
	return name
}
