package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"docket/internal/job"
)

// uploads is where clients put documents, each under the id of its job. What
// is there can be written again as long as its address holds, so it is no
// job's blob before it has been taken over.
const uploads = "uploads"

// PresignsUploads says that clients send awaited documents to the bucket.
func (s *Store) PresignsUploads() bool {
	return s.bucket != nil && s.bucket.options.Presign >= PresignUploads
}

// UploadURL is an address to which the document of a job can be PUT, with this
// Content-Type alone.
func (s *Store) UploadURL(ctx context.Context, id job.ID, mediaType string, life time.Duration) (string, error) {
	return s.bucket.presign(ctx, http.MethodPut, uploads+"/"+id.String(), nil, http.Header{"Content-Type": {mediaType}}, life)
}

// Uploaded is a document that a client has put into the bucket.
type Uploaded struct {
	Job  job.ID
	Size int64
	At   time.Time
}

// Uploads lists the documents that clients have put into the bucket.
func (s *Store) Uploads(ctx context.Context) ([]Uploaded, error) {
	blobs, err := s.bucket.under(ctx, uploads)
	if err != nil {
		return nil, err
	}
	var found []Uploaded
	for _, b := range blobs {
		if id, _, err := job.ParseID(strings.TrimPrefix(b.Blob, uploads+"/")); err == nil {
			found = append(found, Uploaded{Job: id, Size: b.Size, At: b.Modified})
		}
	}
	return found, nil
}

// TakeUpload makes what a client has put into the bucket a blob of its job. It
// is read once for its hash; a large one is copied by the server. The error is
// of code ResultGone when it is not there any more.
func (s *Store) TakeUpload(ctx context.Context, u Uploaded, name string) (Sealed, error) {
	from := uploads + "/" + u.Job.String()
	if u.Size <= InlineLimit {
		w := s.Create(ctx, u.Job, 0, name)
		if _, err := s.read(ctx, w, from); err != nil {
			return Sealed{}, errors.Join(err, w.Abort())
		}
		return w.Seal()
	}
	f := job.File{Name: name, Blob: Name(u.Job, 0, name)}
	if err := s.bucket.copy(ctx, from, f.Blob); err != nil {
		// The copy can be there all the same: another node may have removed the
		// upload meanwhile, or the answer was lost.
		return Sealed{}, errors.Join(fmt.Errorf("take over an upload: %w", err), s.bucket.remove(f.Blob))
	}
	hash := sha256.New()
	n, err := s.read(ctx, hash, f.Blob)
	if err != nil {
		return Sealed{}, errors.Join(err, s.bucket.remove(f.Blob))
	}
	f.Size = n
	return Sealed{File: f, SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}

// read copies an object.
func (s *Store) read(ctx context.Context, to io.Writer, name string) (int64, error) {
	r, err := s.bucket.open(ctx, name)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(to, r)
	return n, errors.Join(err, r.Close())
}

// DropUpload removes what a client has put into the bucket.
func (s *Store) DropUpload(id job.ID) error { return s.bucket.remove(uploads + "/" + id.String()) }

// presignedFrom is the size from which an object is fetched from the bucket:
// below it, the second request takes longer than the bytes.
const presignedFrom = 1 << 20

// DownloadURL is an address from which a blob can be fetched as a download of
// that name; empty when it is to be read here.
func (s *Store) DownloadURL(ctx context.Context, f job.File, name string, life time.Duration) (string, error) {
	if s.bucket == nil || s.bucket.options.Presign < PresignAll || f.Inline || f.Size < presignedFrom {
		return "", nil
	}
	return s.bucket.presign(ctx, http.MethodGet, f.Blob, url.Values{
		"response-content-type":        {objectType},
		"response-content-disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": name})},
	}, nil, life)
}

// presign signs the address of an object for one method. Nobody is asked.
func (d *s3Driver) presign(ctx context.Context, method, name string, query url.Values, header http.Header, life time.Duration) (string, error) {
	u, err := d.public.PresignHeader(ctx, method, d.options.Bucket, d.key(name), life, query, header)
	if err != nil {
		return "", fmt.Errorf("sign the address of %s: %w", name, d.failed(err))
	}
	endpoint := d.options.PublicEndpoint
	if endpoint == nil {
		endpoint = d.options.Endpoint
	}
	if endpoint == nil || strings.Trim(endpoint.Path, "/") == "" {
		return u.String(), nil
	}
	keys, err := d.keys.GetWithContext(nil)
	if err != nil {
		return "", fmt.Errorf("sign the address of %s: %w", name, err)
	}
	return presignBelow(u, strings.TrimSuffix(endpoint.Path, "/"), method, orElse(d.options.Region, defaultRegion), header, keys, life).String(), nil
}
