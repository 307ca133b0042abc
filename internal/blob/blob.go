// Package blob keeps named bytes: the documents that come in and the results
// that go out. A blob belongs to one job and is never overwritten or shared.
// Small ones travel in the database, in the transaction of the row that names
// them; larger ones are files or objects of an S3 bucket, durable before the
// row is.
package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"syscall"

	"docket/internal/job"
	"docket/internal/store"
)

// InlineLimit is the size in bytes up to which a blob is kept in the database.
const InlineLimit = 64 << 10

// Store is where the blobs are.
type Store struct {
	driver driver
	files  *fileDriver // the driver, if the blobs are files
	bucket *s3Driver   // the driver, if they are objects
	db     *store.Store
}

// Open uses the folder for files, made when it is not there, and the database
// for small blobs. Several processes may use one folder.
func Open(folder string, db *store.Store) (*Store, error) {
	files, err := openFiles(folder)
	if err != nil {
		return nil, err
	}
	return &Store{driver: files, files: files, db: db}, nil
}

// Name is where a job's blob is kept. It is known from the id alone, so that a
// job's blobs can be found without its row: day/job-id/attempt/name.
func Name(id job.ID, attempt int, name string) string {
	return id.Folder() + "/" + strconv.Itoa(attempt) + "/" + name
}

// Writer takes the bytes of one blob. It must end with Seal or Abort.
type Writer struct {
	ctx   context.Context //nolint:containedctx // it writes for as long as somebody wants the blob
	store *Store
	name  string // the operation's
	blob  string
	small bytes.Buffer
	large sink // once it has outgrown the database
	size  int64
	sum   hash.Hash
}

// Sealed is a blob that is safe: on disk, or ready to go with its row.
type Sealed struct {
	File   job.File
	SHA256 string      // hexadecimal
	Inline *store.Blob // to be written with the row; nil when it is large
}

// Create begins a blob of a job's attempt; inputs belong to attempt 0. When the
// context ends it cannot be sealed any more, and nobody waits for a bucket.
func (s *Store) Create(ctx context.Context, id job.ID, attempt int, name string) *Writer {
	return &Writer{ctx: ctx, store: s, name: name, blob: Name(id, attempt, name), sum: sha256.New()}
}

// Write takes more bytes. A full disk is an error of code DiskFull.
func (w *Writer) Write(p []byte) (int, error) {
	w.sum.Write(p)
	w.size += int64(len(p))
	if w.large == nil && w.size <= InlineLimit {
		return w.small.Write(p)
	}
	if w.large == nil {
		to, err := w.store.driver.create(w.ctx, w.blob)
		if err != nil {
			return 0, writeError(w.blob, err)
		}
		w.large = to
		if _, err := to.Write(w.small.Bytes()); err != nil {
			return 0, writeError(w.blob, err)
		}
		w.small = bytes.Buffer{}
	}
	n, err := w.large.Write(p)
	return n, writeError(w.blob, err)
}

// ReadFrom takes all that the reader has, the beginning of it without a buffer in
// between, which would be larger than most blobs. Errors are those of the reader
// and of Write.
func (w *Writer) ReadFrom(r io.Reader) (n int64, err error) {
	const first = 2 << 10
	for w.large == nil {
		if w.small.Available() == 0 {
			w.small.Grow(first)
		}
		free := w.small.AvailableBuffer()
		got, err := r.Read(free[:cap(free)])
		taken, failed := w.Write(free[:got])
		n += int64(taken)
		switch {
		case failed != nil:
			return n, failed
		case err == io.EOF: // one that is wrapped tells of a failure
			return n, nil
		case err != nil:
			return n, err
		}
	}
	rest, err := io.Copy(struct{ io.Writer }{w}, r)
	return n + rest, err
}

// Size is the number of bytes taken so far.
func (w *Writer) Size() int64 { return w.size }

// Seal makes the blob durable, or ready to become so with its row.
func (w *Writer) Seal() (Sealed, error) {
	sealed := Sealed{
		File:   job.File{Name: w.name, Blob: w.blob, Size: w.size, Inline: w.large == nil},
		SHA256: hex.EncodeToString(w.sum.Sum(nil)),
	}
	if w.large == nil {
		sealed.Inline = &store.Blob{Name: w.blob, Data: w.small.Bytes()}
		return sealed, nil
	}
	if err := w.large.seal(); err != nil {
		return Sealed{}, writeError(w.blob, err)
	}
	return sealed, nil
}

// Abort throws away what was taken.
func (w *Writer) Abort() error {
	if w.large == nil {
		return nil
	}
	if err := w.large.abort(); err != nil {
		return fmt.Errorf("abort blob %s: %w", w.blob, err)
	}
	return nil
}

// Open reads a blob from its beginning. The error is of code ResultGone when
// it has been removed.
func (s *Store) Open(ctx context.Context, f job.File) (io.ReadCloser, error) {
	if f.Inline {
		data, err := s.db.InlineBlob(ctx, f.Blob)
		if err != nil {
			return nil, err
		}
		return io.NopCloser(bytes.NewReader(data)), nil
	}
	return s.driver.open(ctx, f.Blob)
}

// Remove deletes a large blob; small ones go with their rows.
func (s *Store) Remove(f job.File) error {
	if f.Inline {
		return nil
	}
	return s.driver.remove(f.Blob)
}

// Free is how many bytes may still be written, as far as this machine can
// tell.
func (s *Store) Free() (int64, error) { return s.driver.free() }

// RemoveJob deletes all large blobs of a job; small ones go with its row.
func (s *Store) RemoveJob(id job.ID) error { return s.driver.removeAll(id.Folder()) }

// Reachable says that the store answers, as far as is known: it is asked only
// after something has failed.
func (s *Store) Reachable(ctx context.Context) bool { return s.driver.reachable(ctx) }

// Place is where the large blobs are: a folder, or s3://bucket/prefix.
func (s *Store) Place() string { return s.driver.place() }

// Bucket says that the large blobs are objects of a bucket.
func (s *Store) Bucket() bool { return s.bucket != nil }

func writeError(name string, err error) error {
	e, known := errors.AsType[*job.Error](err)
	switch {
	case err == nil:
		return nil
	case known:
		return &job.Error{Code: e.Code, Err: fmt.Errorf("write blob %s: %w", name, err)}
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return &job.Error{Code: job.DiskFull, Err: fmt.Errorf("write blob %s: %w", name, err)}
	default:
		return &job.Error{Code: job.Unavailable, Err: fmt.Errorf("write blob %s: %w", name, err)}
	}
}

// Probe says whether blobs can be written.
func (s *Store) Probe() error {
	if err := s.driver.probe(); err != nil {
		return fmt.Errorf("write a blob: %w", err)
	}
	return nil
}
