package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"docket/internal/job"
)

// Export puts a blob that is a file under its own name below a folder, and gives
// its sha256 in hexadecimals. On the same disk it is a hard link, and costs no
// room. Its bytes are on disk then, its folders after SyncTree. The error is of
// code ResultGone when there is no such file.
func (s *Store) Export(ctx context.Context, f job.File, folder string) (sum string, err error) {
	if s.files == nil {
		return "", fmt.Errorf("export blob %s: it is in %s", f.Blob, s.Place())
	}
	name := filepath.FromSlash(f.Blob)
	if !filepath.IsLocal(name) {
		return "", fmt.Errorf("export blob %q: its name leads elsewhere", f.Blob)
	}
	source, target := filepath.Join(s.files.root, name), filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return "", fmt.Errorf("export blob %s: %w", f.Blob, err)
	}
	switch linked := os.Link(source, target); {
	case errors.Is(linked, fs.ErrNotExist):
		return "", job.Errorf(job.ResultGone, nil, "no blob %s", f.Blob)
	case errors.Is(linked, fs.ErrExist):
		return "", fmt.Errorf("export blob %s: %w", f.Blob, linked)
	case linked != nil: // another disk, or one without links
		sum, err = CopyFile(ctx, source, target, f.Size)
	default:
		sum, err = SumFile(ctx, target, f.Size)
	}
	if err != nil {
		return "", fmt.Errorf("export blob %s: %w", f.Blob, err)
	}
	return sum, nil
}

// CopyFile copies a file of a size durably to a place where there is none, and
// gives the sha256 of what it copied. The folder is the caller's to sync.
func CopyFile(ctx context.Context, from, to string, size int64) (sum string, err error) {
	source, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer source.Close() //nolint:errcheck // it was only read
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(target, hash), whileIn(ctx, source))
	if err == nil && n != size {
		err = fmt.Errorf("it has %d bytes instead of %d", n, size)
	}
	if err == nil {
		err = target.Sync()
	}
	return hex.EncodeToString(hash.Sum(nil)), errors.Join(err, target.Close())
}

// SyncTree puts the entries of a folder, and of those below it, on disk.
func SyncTree(folder string) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		return syncFolder(path)
	})
}

// SyncFolder puts the entries of one folder on disk.
func SyncFolder(folder string) error { return syncFolder(folder) }

// SumFile gives the sha256 of a file of a size, in hexadecimals.
func SumFile(ctx context.Context, name string, size int64) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // it was only read
	hash := sha256.New()
	n, err := io.Copy(hash, whileIn(ctx, f))
	if err == nil && n != size {
		err = fmt.Errorf("it has %d bytes instead of %d", n, size)
	}
	return hex.EncodeToString(hash.Sum(nil)), err
}

// reader reads until the context ends.
type reader struct {
	ctx  context.Context
	from io.Reader
}

func whileIn(ctx context.Context, from io.Reader) io.Reader { return reader{ctx, from} }

func (r reader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.from.Read(p)
}
