package export

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"docket/internal/job"
)

// ManifestFile is what the list of a zip is called; it comes last.
const ManifestFile = "manifest.json"

// listed is a job in the manifest.
type listed struct {
	item
	ResultFile *stored  `json:"result_file,omitempty"`
	Documents  []stored `json:"documents,omitempty"`
}

// stored is a file of the archive.
type stored struct {
	Path   string `json:"path"`
	Name   string `json:"name,omitempty"` // of a document, as it was submitted
	Size   int64  `json:"size"`           // bytes
	SHA256 string `json:"sha256"`         // hexadecimal
}

// archive is a zip while it is written.
type archive struct {
	*writing
	zip      *zip.Writer
	manifest []byte // the jobs so far, without the brackets
}

// zip writes a file for each result, the documents when they are wanted, and a
// manifest with their hashes.
func (w *writing) zip(ctx context.Context) error {
	a := &archive{writing: w, zip: zip.NewWriter(w.out)}
	for e, err := range w.entries(ctx) {
		if err == nil {
			err = a.add(e)
		}
		if err != nil {
			return err
		}
	}
	out, err := a.zip.CreateHeader(&zip.FileHeader{Name: ManifestFile, Method: zip.Deflate, Modified: w.task.Job.MadeAt()})
	if err != nil {
		return fmt.Errorf("begin the manifest: %w", err)
	}
	if _, err := fmt.Fprintf(out, "{\"docket_export\":1,\"jobs\":[\n%s\n]}\n", a.manifest); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	if err := a.zip.Close(); err != nil {
		return fmt.Errorf("end the archive: %w", err)
	}
	return nil
}

func (a *archive) add(e entry) error {
	l := listed{item: e.Item}
	at, _ := job.ParseTime(e.Item.CompletedAt)
	name := "results/" + e.Item.JobID + ".json"
	var err error
	switch {
	case e.large():
		l.ResultFile, err = a.file(name, at, func(w io.Writer) (bool, error) { return a.stream(e, job.FormatJSON, w) })
		if err == nil && l.ResultFile == nil {
			a.miss(&e)
			l.item = e.Item
		}
	case e.Kept:
		l.ResultFile, err = a.file(name, at, func(w io.Writer) (bool, error) {
			_, err := w.Write(e.Item.Result)
			return true, err
		})
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	l.Result = nil
	for n, document := range e.Inputs {
		name := fmt.Sprintf("documents/%s/%d-%s", e.Item.JobID, n, safeName(document))
		f, err := a.file(name, at, func(w io.Writer) (bool, error) { return a.document(e.ID, n, w) })
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		if f != nil {
			f.Name = document
			l.Documents = append(l.Documents, *f)
		}
	}
	b, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode job %s: %w", e.ID, err)
	}
	if len(a.manifest) > 0 {
		a.manifest = append(a.manifest, ",\n"...)
	}
	a.manifest = append(a.manifest, b...)
	return nil
}

// document copies a document of a job; false when it is not there.
func (a *archive) document(id job.ID, n int, w io.Writer) (bool, error) {
	r, err := a.task.Document(id, n)
	if gone(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = io.Copy(w, r)
	return true, errors.Join(err, r.Close())
}

// file adds one file, unless there is nothing to put in it: then it is nil.
func (a *archive) file(name string, at time.Time, fill func(io.Writer) (bool, error)) (*stored, error) {
	out := newCounter(&lateFile{zip: a.zip, header: &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at}})
	there, err := fill(out)
	if err != nil || !there {
		return nil, err
	}
	if out.n == 0 { // an empty file is one, too
		if _, err := out.Write(nil); err != nil {
			return nil, err
		}
	}
	return &stored{Path: name, Size: out.n, SHA256: out.sum()}, nil
}

// lateFile begins a file of an archive with its first byte.
type lateFile struct {
	zip    *zip.Writer
	header *zip.FileHeader
	out    io.Writer
}

func (f *lateFile) Write(p []byte) (int, error) {
	if f.out == nil {
		var err error
		if f.out, err = f.zip.CreateHeader(f.header); err != nil {
			return 0, err
		}
	}
	return f.out.Write(p)
}

// safeName is a name that is good in every file system.
func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, path.Base(strings.ReplaceAll(name, `\`, "/")))
	if len(name) > 150 {
		name = strings.ToValidUTF8(name[len(name)-150:], "")
	}
	return name
}
