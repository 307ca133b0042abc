package blob

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"docket/internal/job"
)

// ErrAway is wrapped by errors of a store that does not answer, or cannot now:
// what was to be done may be done later, unchanged.
var ErrAway = errors.New("the store of the documents does not answer")

// driver keeps the blobs that are not in the database, under names with
// slashes.
type driver interface {
	// create begins a blob; nobody sees it before it is sealed. Nothing is waited
	// for when the context has ended.
	create(ctx context.Context, name string) (sink, error)
	// open and copy fail with code ResultGone when there is no such blob.
	open(ctx context.Context, name string) (io.ReadCloser, error)
	copy(ctx context.Context, from, to string) error
	// remove and removeAll are content when there is nothing to remove.
	remove(name string) error
	removeAll(folder string) error
	// under lists what is below a folder, of which there may be nothing.
	under(ctx context.Context, folder string) ([]Stored, error)
	// jobs lists the jobs that have blobs, oldest day first, up to the first
	// error.
	jobs(ctx context.Context) iter.Seq2[Belongings, error]
	// clear removes what was begun before a time and never sealed.
	clear(ctx context.Context, before time.Time) error
	// probe says whether blobs can be written.
	probe() error
	// reachable is quick as long as nothing has failed.
	reachable(ctx context.Context) bool
	// free is how many bytes may still be written.
	free() (int64, error)
	// place says to an operator where the blobs are.
	place() string
}

// sink takes the bytes of one blob.
type sink interface {
	io.Writer
	seal() error
	abort() error
}

// Stored is a blob that is there, whether or not a job knows of it.
type Stored struct {
	Blob     string // its name
	Size     int64
	Modified time.Time
}

// Belongings are the blobs of one job, of which there may be none.
type Belongings struct {
	Job   job.ID
	Blobs []Stored
}
