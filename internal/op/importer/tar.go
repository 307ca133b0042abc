package importer

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"docket/internal/job"
)

// tarFreely is how much may come of a packed tar of however few bytes: many
// small files of one kind pack well.
const tarFreely = 64 << 20

// tar walks the entries of a tar, packed by gzip or not.
func (w *walk) tar(in io.Reader, size int64, packed bool) error {
	whole := &unpacked{Reader: bufio.NewReaderSize(in, 64<<10)}
	if packed {
		gz, err := gzip.NewReader(whole.Reader)
		if err != nil {
			return refused(job.FileCorrupted, "it is broken: "+err.Error())
		}
		whole.Reader, whole.most = gz, size*w.limits.Ratio+tarFreely
	}
	archive := tar.NewReader(whole)
	for {
		h, err := archive.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case whole.over:
			return refused(job.ResourceLimit, "it is packed more tightly than any documents are: a bomb, by --max-archive-ratio")
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			return refused(job.FileCorrupted, "it is broken or cut off: "+err.Error())
		}
		if h.Typeflag == tar.TypeDir || h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		name, ignore, fault := w.entry(h.Name)
		if ignore {
			continue
		}
		if fault == nil && h.Typeflag != tar.TypeReg {
			fault = wrong("it is a link, a device or the like, and no file")
		}
		entry := &counted{Reader: archive, budget: w.budget}
		if err := w.yield(item{name: name, fault: fault, open: func() (io.ReadCloser, error) { return io.NopCloser(entry), nil }}); err != nil {
			return err
		}
		// The rest of the entry is unpacked on the way to the next one.
		if err := w.budget.spend(max(h.Size-entry.read, 0)); err != nil {
			return err
		}
	}
}

// unpacked ends what comes of a gzip when it is too much.
type unpacked struct {
	io.Reader
	read, most int64
	over       bool
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	if u.read += int64(n); u.most > 0 && u.read > u.most {
		u.over = true
		return 0, fmt.Errorf("more than %d bytes", u.most)
	}
	return n, err
}
