package blob

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"docket/internal/job"
)

func (d *s3Driver) under(ctx context.Context, folder string) ([]Stored, error) {
	var blobs []Stored
	for b, err := range d.list(ctx, folder+"/") {
		if err != nil {
			return nil, err
		}
		blobs = append(blobs, b)
	}
	return blobs, nil
}

// list is in the order of the names, up to the first error.
func (d *s3Driver) list(ctx context.Context, prefix string) iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		for o := range d.core.ListObjectsIter(ctx, d.options.Bucket, minio.ListObjectsOptions{Prefix: d.key(prefix), Recursive: true}) {
			if o.Err != nil {
				yield(Stored{}, fmt.Errorf("list objects below %s: %w", prefix, d.failed(o.Err)))
				return
			}
			if !yield(Stored{Blob: d.name(o.Key), Size: o.Size, Modified: o.LastModified}, nil) {
				return
			}
		}
		if ctx.Err() != nil { // then the list ends without a word
			yield(Stored{}, context.Cause(ctx))
		}
	}
}

// jobs lists every object once, and gathers those that stand side by side.
func (d *s3Driver) jobs(ctx context.Context) iter.Seq2[Belongings, error] {
	return func(yield func(Belongings, error) bool) {
		var one Belongings
		for b, err := range d.list(ctx, "") {
			if err != nil {
				yield(Belongings{}, err)
				return
			}
			id, ok := ownerOf(b.Blob)
			if !ok {
				continue
			}
			if id != one.Job && len(one.Blobs) > 0 && !yield(one, nil) {
				return
			}
			if id != one.Job {
				one = Belongings{Job: id}
			}
			one.Blobs = append(one.Blobs, b)
		}
		if len(one.Blobs) > 0 {
			yield(one, nil)
		}
	}
}

// ownerOf reads the job out of the name of a blob.
func ownerOf(name string) (job.ID, bool) {
	parts := strings.SplitN(name, "/", 3)
	if len(parts) < 3 {
		return job.ID{}, false
	}
	id, _, err := job.ParseID(parts[1])
	return id, err == nil && id.Folder() == parts[0]+"/"+parts[1]
}

// clear removes the parts of objects that were begun long ago: no upload takes
// so long, and nobody sees what they cost.
func (d *s3Driver) clear(ctx context.Context, before time.Time) error {
	for u := range d.core.ListIncompleteUploads(ctx, d.options.Bucket, d.key(""), true) {
		if u.Err != nil {
			return fmt.Errorf("list unfinished uploads: %w", d.failed(u.Err))
		}
		if !u.Initiated.Before(before) {
			continue
		}
		if err := d.core.AbortMultipartUpload(ctx, d.options.Bucket, u.Key, u.UploadID); err != nil && !gone(err) {
			return fmt.Errorf("remove an unfinished upload: %w", d.failed(err))
		}
	}
	probes, err := d.under(ctx, "probe") // of processes that died
	if err != nil {
		return err
	}
	for _, b := range probes {
		if b.Modified.Before(before) {
			if err := d.remove(b.Blob); err != nil {
				return err
			}
		}
	}
	return nil
}
