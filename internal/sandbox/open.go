package sandbox

import (
	"fmt"

	"docket/internal/document"
	"docket/internal/document/image"
	"docket/internal/document/office"
	"docket/internal/document/text"
	"docket/internal/document/web"
	"docket/internal/job"
)

// maxAttached is how deep messages may be attached to each other, and
// attachedPages how many pages all attachments of one may have.
const maxAttached = 3

// open opens a document as what it is.
func (e *engine) open(data []byte, req readCommand) (source, error) {
	return e.openAt(data, req, 0)
}

func (e *engine) openAt(data []byte, req readCommand, depth int) (source, error) {
	if len(data) == 0 {
		return nil, job.Errorf(job.FileCorrupted, job.Facts{"empty": true}, "open document: the file is empty")
	}
	t := document.Detect(data, req.Name)
	if t.Locked() {
		opened, err := office.Unlock(data, req.Password)
		if err != nil {
			return nil, err
		}
		data, t = opened, document.Detect(opened, req.Name)
	}
	if document.IsPicture(t.Format) {
		doc, err := image.Open(data, t, e.limits)
		if err != nil {
			return nil, err
		}
		return &pictures{doc: doc, ocr: req.OCR, most: e.limits.PagePixels}, nil
	}
	w := &document.FlowWriter{}
	var info document.Info
	var err error
	switch t.Format {
	case document.FormatPDF:
		doc, err := e.pdf.Open(data, req.Password)
		if err != nil {
			return nil, err
		}
		return &pdfPages{engine: e.pdf, doc: doc, ocr: req.OCR}, nil
	case document.FormatEML:
		return e.openMail(data, req, depth)
	case document.FormatDOCX:
		info, err = office.ReadDOCX(data, e.limits, w)
	case document.FormatPPTX:
		info, err = office.ReadPPTX(data, e.limits, w)
	case document.FormatXLSX:
		info, err = office.ReadXLSX(data, e.limits, w)
	case document.FormatHTML:
		info, err = web.Read(data, w)
	case document.FormatMarkdown:
		info, err = web.ReadMarkdown(data, w)
	case document.FormatCSV:
		info, err = text.ReadCSV(data, w)
	case document.FormatText:
		info = text.Read(data, w)
	default:
		if t.MIME == "application/zip" && office.Damaged(data) {
			return nil, job.Errorf(job.FileCorrupted, job.Facts{"format": "ZIP archive", "reason": "it is damaged or cut off"}, "open document: a damaged archive")
		}
		return nil, job.Errorf(job.UnsupportedFormat, job.Facts{
			"detected": t.Name, "mime": t.MIME, "allowed": document.Formats(),
		}, "open document: the file is %s", t.MIME)
	}
	if err != nil {
		return nil, err
	}
	return newFlows(info, w), nil
}

// openMail opens a message and, after it, each attachment that can be read.
func (e *engine) openMail(data []byte, req readCommand, depth int) (source, error) {
	w := &document.FlowWriter{}
	info, attached, err := web.ReadMail(data, w)
	if err != nil {
		return nil, err
	}
	all := &chain{parts: []source{nil}, names: []string{""}}
	for _, a := range attached {
		t := document.Detect(a.Data, a.Name)
		if t.Format == "" && !t.Locked() || depth >= maxAttached {
			continue // it stands in the list
		}
		part, err := e.openAt(a.Data, readCommand{Name: a.Name, Password: req.Password, OCR: req.OCR}, depth+1)
		if err != nil {
			all.parts[0] = newFlows(document.Info{}, &document.FlowWriter{})
			if e.pdf.Dead() || job.CodeOf(err) == job.ResourceLimit {
				all.close()
				return nil, fmt.Errorf("attachment %q: %w", a.Name, err)
			}
			f := job.FailureOf(err)
			w.Warn(attachmentUnread(a.Name, f))
			continue
		}
		all.parts, all.names = append(all.parts, part), append(all.names, a.Name)
	}
	all.parts[0] = newFlows(info, w)
	return all, nil
}
