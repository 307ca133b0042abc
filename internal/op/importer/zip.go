package importer

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"docket/internal/job"
)

// zip walks the entries that the directory of a zip lists.
func (w *walk) zip(file io.ReaderAt, size int64) error {
	opening := &directory{ReaderAt: file, most: w.limits.Items}
	archive, err := zip.NewReader(opening, size)
	opening.open = true
	if errors.Is(err, errManyEntries) {
		return refused(job.ResourceLimit, fmt.Sprintf("it has more than %d entries, which is --max-import-documents", w.limits.Items))
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return refused(job.FileCorrupted, "it is broken: "+err.Error())
	}
	var declared uint64
	for _, f := range archive.File {
		if declared += f.UncompressedSize64; declared > uint64(w.limits.Bytes) || f.UncompressedSize64 > uint64(w.limits.Bytes) {
			return refused(job.ResourceLimit, fmt.Sprintf("its documents are larger than %d bytes together, which is --max-import-size", w.limits.Bytes))
		}
	}
	exported, err := manifestOf(archive)
	if err != nil {
		return err
	}
	if exported != nil {
		return w.exported(archive, exported)
	}
	for _, f := range archive.File {
		if strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 == 0 {
			continue
		}
		i, ignore := w.zipped(f)
		if ignore {
			continue
		}
		if err := w.yield(i); err != nil {
			return err
		}
	}
	return nil
}

// zipped is one entry as an item.
func (w *walk) zipped(f *zip.File) (i item, ignore bool) {
	i.name, ignore, i.fault = w.entry(f.Name)
	switch {
	case i.fault != nil:
	case f.Mode().Type() != 0:
		i.fault = wrong("it is a link, a device or the like, and no file")
	case f.Flags&1 != 0:
		i.fault = &job.Error{Code: job.PasswordProtected, Facts: job.Facts{"problem": "it is encrypted, as entries of the archive"}}
	case f.Method != zip.Store && f.Method != zip.Deflate:
		i.fault = &job.Error{Code: job.Unreadable, Facts: job.Facts{"problem": fmt.Sprintf("it is packed by method %d, which is not read here", f.Method)}}
	}
	i.open = func() (io.ReadCloser, error) {
		r, err := f.Open()
		if err != nil {
			return nil, &job.Error{Code: job.FileCorrupted, Err: err, Facts: job.Facts{"problem": "it is broken: " + err.Error()}}
		}
		return readCloser{&counted{Reader: r, budget: w.budget, most: int64(f.CompressedSize64) * w.limits.Ratio}, r}, nil
	}
	return i, ignore
}

type readCloser struct {
	io.Reader
	io.Closer
}

var errManyEntries = errors.New("too many entries")

// directory reads a zip, and ends a directory with more entries than may be
// before all of them are in memory: what its end says of their number is not
// to be trusted.
type directory struct {
	io.ReaderAt
	most int
	seen int
	open bool // the directory was read
}

func (d *directory) ReadAt(p []byte, at int64) (int, error) {
	n, err := d.ReaderAt.ReadAt(p, at)
	if !d.open {
		if d.seen += bytes.Count(p[:n], []byte("PK\x01\x02")); d.seen > d.most+d.most/10+10 {
			return n, errManyEntries
		}
	}
	return n, err
}
