package pdf

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"docket/internal/document"
	"docket/internal/job"
)

// Splitter copies pages of one PDF into new ones. It belongs to one Engine
// and lives no longer.
type Splitter struct {
	e      *Engine
	source references.FPDF_DOCUMENT
	info   document.Info
}

// OpenSplitter opens a PDF whose pages are to be copied; data is copied, too.
// The errors are those of Open.
func (e *Engine) OpenSplitter(data []byte, password string) (*Splitter, error) {
	// Open knows what is wrong with a file; the library only that it is.
	d, err := e.Open(data, password)
	if err != nil {
		return nil, err
	}
	info := d.Info()
	d.Close()
	if e.err != nil {
		return nil, e.err
	}
	opened, err := e.lib.OpenDocument(&requests.OpenDocument{File: &data, Password: &password})
	if err != nil {
		return nil, e.fail("OpenDocument", "its pages cannot be copied", err)
	}
	return &Splitter{e: e, source: opened.Document, info: info}, nil
}

// Info is what the file says of itself.
func (s *Splitter) Info() document.Info { return s.info }

// Write makes a PDF of the pages given, counted from 1, in that order, and
// writes it to out in pieces of any size. The new file is not encrypted and
// has neither bookmarks nor form fields. Errors are those of out,
// Unreadable {reason} for pages that cannot be copied, or a dead engine's.
func (s *Splitter) Write(out io.Writer, pages []int) error {
	if s.e.err != nil {
		return s.e.err
	}
	for _, n := range pages {
		if n < 1 || n > s.info.Pages {
			return fmt.Errorf("copy page %d: the document has %d", n, s.info.Pages)
		}
	}
	if len(pages) == 0 {
		return fmt.Errorf("write pdf: no pages are named")
	}
	made, err := s.e.lib.FPDF_CreateNewDocument(&requests.FPDF_CreateNewDocument{})
	if err != nil {
		return s.e.fail("FPDF_CreateNewDocument", "no new file could be made", err)
	}
	err = s.fill(made.Document, out, pages)
	if s.e.err == nil {
		if _, cerr := s.e.lib.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: made.Document}); cerr != nil {
			return s.e.fail("FPDF_CloseDocument", "a new file could not be closed", cerr)
		}
	}
	return err
}

func (s *Splitter) fill(made references.FPDF_DOCUMENT, out io.Writer, pages []int) error {
	list := pageList(pages)
	_, err := s.e.lib.FPDF_ImportPages(&requests.FPDF_ImportPages{Source: s.source, Destination: made, PageRange: &list})
	if err != nil {
		return s.e.fail("FPDF_ImportPages", "its pages cannot be copied", err)
	}
	// The library forgets what the writer said.
	w := &keepError{out: out}
	_, err = s.e.lib.FPDF_SaveAsCopy(&requests.FPDF_SaveAsCopy{Document: made, FileWriter: w})
	if w.err != nil {
		return fmt.Errorf("write pdf: %w", w.err)
	}
	if err != nil {
		return s.e.fail("FPDF_SaveAsCopy", "its pages cannot be copied", err)
	}
	return nil
}

// Close frees the source.
func (s *Splitter) Close() {
	if s.e.err == nil {
		if _, err := s.e.lib.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: s.source}); err != nil {
			s.e.die("FPDF_CloseDocument", err)
		}
	}
}

// fail ends the engine: the library does not tell a refusal from a trap, and
// after a trap the memory is in no order.
func (e *Engine) fail(call, reason string, err error) error {
	e.die(call, err)
	if job.CodeOf(e.err) == job.ResourceLimit {
		return e.err
	}
	return &job.Error{Code: job.Unreadable, Facts: job.Facts{"reason": reason}, Err: e.err}
}

// pageList is "1-3,7" for 1, 2, 3, 7.
func pageList(pages []int) string {
	var b strings.Builder
	for i := 0; i < len(pages); {
		j := i + 1
		for j < len(pages) && pages[j] == pages[j-1]+1 {
			j++
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(pages[i]))
		if j-i > 1 {
			b.WriteString("-" + strconv.Itoa(pages[j-1]))
		}
		i = j
	}
	return b.String()
}

type keepError struct {
	out io.Writer
	err error
}

func (w *keepError) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.out.Write(p)
	w.err = err
	return n, err
}
