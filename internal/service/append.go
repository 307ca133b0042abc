package service

import (
	"context"
	"fmt"
	"slices"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/store"
)

// Append makes the documents of another submission the next ones of this. The
// other keeps its own and is still to be discarded: a job's files are in a
// folder of its own.
func (u *Submission) Append(ctx context.Context, other *Submission) error {
	for _, in := range other.inputs {
		if u.once.Again() || !in.Here() {
			u.inputs = append(u.inputs, in)
			continue
		}
		sealed, err := u.copyOf(ctx, in.File, other.inline)
		if err != nil {
			return fmt.Errorf("put %q into job %s: %w", in.Name, u.id, err)
		}
		in.File = sealed.File
		u.add(in, sealed)
	}
	return nil
}

// copyOf copies a file of a submission, of which small ones are not stored yet.
func (u *Submission) copyOf(ctx context.Context, f job.File, inline []store.Blob) (blob.Sealed, error) {
	i := slices.IndexFunc(inline, func(b store.Blob) bool { return b.Name == f.Blob })
	if i < 0 {
		return u.service.blobs.Copy(ctx, f, u.id, 0, u.nextName())
	}
	f.Name = u.nextName()
	f.Blob = blob.Name(u.id, 0, f.Name)
	return blob.Sealed{File: f, Inline: &store.Blob{Name: f.Blob, Data: inline[i].Data}}, nil
}
