package importer

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"docket/internal/job"
)

// The parts of an archive that an export has made.
const (
	manifestFile = "manifest.json"
	resultsPath  = "results/"
	maxManifest  = 256 << 20 // bytes
)

// original is a document as the manifest of an export lists it.
type original struct {
	Path   string `json:"path"`
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// manifestOf reads the manifest of an archive that an export has made, and
// gives the documents that it lists; nil of any other archive.
func manifestOf(archive *zip.Reader) ([]original, error) {
	var manifest struct {
		Export int `json:"docket_export"`
		Jobs   []struct {
			Documents []original `json:"documents"`
		} `json:"jobs"`
	}
	for _, f := range archive.File {
		if f.Name != manifestFile || f.UncompressedSize64 > maxManifest {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, nil //nolint:nilerr // then it is an entry like any other, and fails as one
		}
		err = json.NewDecoder(io.LimitReader(r, maxManifest)).Decode(&manifest)
		if err := errors.Join(err, r.Close()); err != nil || manifest.Export == 0 {
			return nil, nil //nolint:nilerr // it is somebody else's file of that name
		}
		var all []original
		for _, j := range manifest.Jobs {
			all = append(all, j.Documents...)
		}
		if len(all) == 0 {
			return nil, refused(job.Unreadable, "it is an export without documents; export with include_documents to import it again")
		}
		return all, nil
	}
	return nil, nil
}

// exported walks the documents of an export, under the names that they had;
// each must be what the manifest says. What else is there but results is at
// fault, and so is what the manifest lists and the archive has not.
func (w *walk) exported(archive *zip.Reader, manifest []original) error {
	listed := map[string]*original{}
	for n := range manifest {
		listed[manifest[n].Path] = &manifest[n]
	}
	found := map[string]bool{}
	for _, f := range archive.File {
		if strings.HasSuffix(f.Name, "/") || f.Name == manifestFile || strings.HasPrefix(f.Name, resultsPath) {
			continue
		}
		i, ignore := w.zipped(f)
		if ignore {
			continue
		}
		switch was := listed[f.Name]; {
		case was == nil && i.fault == nil:
			i.fault = wrong("the manifest of the export does not list it")
		case was != nil:
			found[f.Name] = true
			i.name = shown(was.Name)
			i.open = was.checked(i.open)
		}
		if err := w.yield(i); err != nil {
			return err
		}
	}
	for _, was := range manifest {
		if found[was.Path] {
			continue
		}
		if err := w.yield(item{name: shown(was.Name), fault: wrong("the manifest of the export lists it, and the archive has no " + shown(was.Path))}); err != nil {
			return err
		}
	}
	return nil
}

// checked opens the document so that reading it to its end fails, unless it is
// what the manifest says.
func (was *original) checked(open func() (io.ReadCloser, error)) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		r, err := open()
		if err != nil {
			return nil, err
		}
		return &checkedReader{ReadCloser: r, was: was, sum: sha256.New()}, nil
	}
}

// checkedReader hashes what it reads.
type checkedReader struct {
	io.ReadCloser
	was *original
	sum hash.Hash
	n   int64
}

func (c *checkedReader) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	_, _ = c.sum.Write(p[:n]) // never fails
	c.n += int64(n)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	if sum := hex.EncodeToString(c.sum.Sum(nil)); c.n != c.was.Size || !strings.EqualFold(sum, c.was.SHA256) {
		return n, &job.Error{Code: job.FileCorrupted, Facts: job.Facts{
			"problem": fmt.Sprintf("it is not what the manifest of the export says: %d bytes with sha256 %s instead of %d with %.64q", c.n, sum, c.was.Size, c.was.SHA256),
		}}
	}
	return n, err
}
