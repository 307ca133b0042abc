// Package office reads Office Open XML: documents, presentations, workbooks.
package office

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"docket/internal/document"
	"docket/internal/job"
)

// freeBytes is how much may come out of an entry whatever its ratio: sheets of
// equal cells are packed more tightly than a bomb.
const freeBytes = 10 << 20

// archive is an Office file whose entries are read by name. Its limits are
// counted while it is read: what it says of itself is not believed.
type archive struct {
	limits  document.Limits
	entries map[string]*zip.File // by name in lower case, without a leading slash
	size    int64                // of the packed file
	read    int64                // bytes unpacked so far
}

// openArchive opens the file. Errors are of code FileCorrupted or
// ResourceLimit.
func openArchive(data []byte, format string, limits document.Limits) (*archive, error) {
	if n := declaredEntries(data); n > limits.ArchiveEntries {
		return nil, limitError("archive_entries", n, limits.ArchiveEntries)
	}
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, corrupted(format, "the archive is damaged or cut off", err)
	}
	if len(r.File) > limits.ArchiveEntries {
		return nil, limitError("archive_entries", len(r.File), limits.ArchiveEntries)
	}
	a := &archive{limits: limits, entries: make(map[string]*zip.File, len(r.File)), size: int64(len(data))}
	for _, f := range r.File {
		a.entries[entryName(f.Name)] = f
	}
	return a, nil
}

// Damaged says that an archive has no list of its entries, so that nobody can
// tell what it was.
func Damaged(data []byte) bool {
	_, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	return err != nil
}

func entryName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/"))
}

// declaredEntries is the number of entries that the end of the archive says it
// has, so that a longer list is not even read.
func declaredEntries(data []byte) int {
	tail := data[max(0, len(data)-(64<<10)-22):]
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || at+12 > len(tail) {
		return 0
	}
	return int(tail[at+10]) | int(tail[at+11])<<8
}

func corrupted(format, reason string, cause error) error {
	return &job.Error{Code: job.FileCorrupted, Facts: job.Facts{"format": format, "reason": reason}, Err: cause}
}

func limitError(limit string, got, most int) error {
	return job.Errorf(job.ResourceLimit, job.Facts{"limit": limit, "max": most}, "%s: %d, at most %d", limit, got, most)
}

// has says whether there is such an entry.
func (a *archive) has(name string) bool { return a.entries[entryName(name)] != nil }

// errMissing is the error of an entry that is not there.
var errMissing = errors.New("no such part")

// open begins an entry, counted against the limits.
func (a *archive) open(name string) (io.ReadCloser, error) {
	f := a.entries[entryName(name)]
	if f == nil {
		return nil, fmt.Errorf("%s: %w", name, errMissing)
	}
	in, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &counted{in: in, archive: a, packed: int64(f.CompressedSize64)}, nil
}

// counted is an entry while it is unpacked.
type counted struct {
	in      io.ReadCloser
	archive *archive
	packed  int64
	read    int64
}

// Read unpacks some bytes; the error past a limit is of code ResourceLimit.
func (c *counted) Read(p []byte) (int, error) {
	limits := &c.archive.limits
	n, err := c.in.Read(p)
	c.read += int64(n)
	c.archive.read += int64(n)
	switch {
	case c.archive.read > limits.Unpacked:
		return 0, job.Errorf(job.ResourceLimit, job.Facts{"limit": "unpacked_size", "bytes": limits.Unpacked}, "more than %d bytes unpacked", limits.Unpacked)
	case c.read > min(freeBytes, limits.Unpacked/10) && c.read > limits.ArchiveRatio*max(min(c.packed, c.archive.size), 1):
		return 0, job.Errorf(job.ResourceLimit, job.Facts{"limit": "compression_ratio", "max": limits.ArchiveRatio}, "%d bytes out of %d", c.read, c.packed)
	}
	return n, err
}

// Close ends the entry.
func (c *counted) Close() error { return c.in.Close() }

// bytes unpacks a whole entry.
func (a *archive) bytes(name string) ([]byte, error) {
	in, err := a.open(name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", name, err)
	}
	return b, in.Close()
}

// asCorrupted gives an error that is not yet the user's one: the file is
// damaged.
func asCorrupted(format string, err error) error {
	if _, told := errors.AsType[*job.Error](err); told || err == nil {
		return err
	}
	return corrupted(format, "a part of it cannot be read", err)
}
