package pdf

import (
	"fmt"
	"strings"

	"docket/internal/document"
	"docket/internal/job"
)

// Document is an open PDF. It belongs to one Engine and lives no longer.
type Document struct {
	e      *Engine
	handle uint64
	data   uint32 // the file, in the engine's memory
	size   int    // of the file
	text   uint32 // buffer for a page's text
	textSz int
	held   uint64 // the FPDF_PAGE that was read last
	info   document.Info

	form      uint64 // the FPDF_FORMHANDLE, once it was asked for
	formInfo  uint32 // and what it was made with
	formAsked bool
	tagsAsked bool
	hasTags   bool // the file says its structure
	xfa       bool // the form is more than what is read of it
	xfaTold   bool // and a page has said so
}

// The values of FPDF_GetLastError.
const (
	errFile     = 2
	errFormat   = 3
	errPassword = 4
	errSecurity = 5
)

// Open opens a PDF; data is copied. The errors are *job.Error, or a dead
// engine's *EngineError:
//
//   - UnsupportedFormat {detected, mime}: not a PDF
//   - FileCorrupted {empty: true} or {reason}: not readable as one
//   - PasswordProtected {password_given: bool}: the password is missing or wrong
//   - Unreadable {reason}: protected in a way that PDFium does not know
//   - ResourceLimit {limit: "memory"}: too large for the engine's memory
func (e *Engine) Open(data []byte, password string) (*Document, error) {
	if e.err != nil {
		return nil, e.err
	}
	if err := check(data); err != nil {
		return nil, err
	}
	d := &Document{e: e}
	if err := d.load(data, password); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func check(data []byte) error {
	if len(data) == 0 {
		return job.Errorf(job.FileCorrupted, job.Facts{"empty": true}, "open pdf: the file is empty")
	}
	if t := document.Detect(data, ""); t.Format != document.FormatPDF {
		return job.Errorf(job.UnsupportedFormat, job.Facts{"detected": t.Name, "mime": t.MIME, "allowed": []string{document.FormatPDF}}, "open pdf: the file is %s", t.MIME)
	}
	return nil
}

func (d *Document) load(data []byte, password string) error {
	e := d.e
	if d.data = e.malloc(len(data)); d.data == 0 || !e.mem.Write(d.data, data) {
		if e.err != nil {
			return e.err
		}
		return outOfMemory(fmt.Errorf("copy a file of %d bytes", len(data)))
	}
	d.size = len(data)
	secret := e.cString(password)
	d.handle = e.call("FPDF_LoadMemDocument64", uint64(d.data), uint64(len(data)), uint64(secret))
	d.handle = uint64(uint32(d.handle))
	code := 0
	if d.handle == 0 {
		code = integer(e.call("FPDF_GetLastError"))
	}
	e.free(secret)
	if e.err != nil {
		return e.err
	}
	if d.handle == 0 {
		return loadError(code, password)
	}
	d.info = d.readInfo()
	if e.err != nil {
		return e.err
	}
	if d.info.Pages <= 0 {
		return job.Errorf(job.FileCorrupted, job.Facts{"reason": "it has no pages"}, "open pdf: %d pages", d.info.Pages)
	}
	return nil
}

func loadError(code int, password string) error {
	switch code {
	case errPassword:
		return job.Errorf(job.PasswordProtected, job.Facts{"password_given": password != ""}, "open pdf: pdfium error %d", code)
	case errSecurity:
		return job.Errorf(job.Unreadable, job.Facts{"reason": "its protection is of an unknown kind"}, "open pdf: pdfium error %d", code)
	case errFile, errFormat:
		return job.Errorf(job.FileCorrupted, job.Facts{"reason": "it is not a complete PDF"}, "open pdf: pdfium error %d", code)
	default:
		return job.Errorf(job.FileCorrupted, job.Facts{"reason": "it could not be read"}, "open pdf: pdfium error %d", code)
	}
}

// cString copies s into the engine's memory; a C string ends at the first NUL.
func (e *Engine) cString(s string) uint32 {
	s, _, _ = strings.Cut(s, "\x00")
	if s == "" {
		return 0
	}
	p := e.malloc(len(s) + 1)
	if p == 0 || !e.mem.Write(p, append([]byte(s), 0)) {
		return 0
	}
	return p
}

// Info is what the file says of itself.
func (d *Document) Info() document.Info { return d.info }

// Pages is the number of pages, at least 1.
func (d *Document) Pages() int { return d.info.Pages }

// Close frees the document's memory. It may be called twice.
func (d *Document) Close() {
	d.hold(0)
	d.closeForm()
	if d.handle != 0 {
		d.e.call("FPDF_CloseDocument", d.handle)
	}
	d.e.free(d.text)
	d.e.free(d.data)
	d.handle, d.text, d.data, d.textSz = 0, 0, 0, 0
}

func (d *Document) readInfo() document.Info {
	e := d.e
	info := document.Info{
		Format:    document.FormatPDF,
		MIME:      "application/pdf",
		Pages:     integer(e.call("FPDF_GetPageCount", d.handle)),
		Encrypted: integer(e.call("FPDF_GetSecurityHandlerRevision", d.handle)) >= 0,
		Title:     d.meta("Title"),
		Author:    d.meta("Author"),
		Producer:  d.meta("Producer"),

		Attachments: d.Attachments(),
	}
	if boolean(e.call("FPDF_GetFileVersion", d.handle, uint64(e.scratch))) {
		v, _ := e.mem.ReadUint32Le(e.scratch)
		info.Version = fmt.Sprintf("%d.%d", v/10, v%10)
	}
	return info
}

// meta reads one entry of the document's information dictionary.
func (d *Document) meta(key string) string {
	name := d.e.cString(key)
	if name == 0 {
		return ""
	}
	defer d.e.free(name)
	return clean(decodeUTF16(d.e.text("FPDF_GetMetaText", d.handle, uint64(name))))
}
