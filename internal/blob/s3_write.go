package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/minio/minio-go/v7"
)

const (
	// partSize is how much of an object is in memory while it is written; a
	// smaller object is written at once. 10,000 parts are allowed: 80 GiB.
	partSize = 8 << 20
	// objectType is all that the bucket is told of a content.
	objectType = "application/octet-stream"
)

// s3Writer writes one object, in parts if it is long.
type s3Writer struct {
	ctx    context.Context //nolint:containedctx // that of the blob's Writer
	driver *s3Driver
	name   string
	size   int64
	part   []byte // that is being filled
	upload string // its id, once a part has been sent
	parts  []minio.CompletePart
}

func (d *s3Driver) create(ctx context.Context, name string) (sink, error) {
	return &s3Writer{ctx: ctx, driver: d, name: name}, nil
}

// Write sends a part when it is full and more comes.
func (w *s3Writer) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		if len(w.part) == partSize {
			if err := w.send(); err != nil {
				return n, err
			}
		}
		taken := min(len(p), partSize-len(w.part))
		w.grow(taken)
		w.part = append(w.part, p[:taken]...)
		p, n, w.size = p[taken:], n+taken, w.size+int64(taken)
	}
	return n, nil
}

// grow makes room, but never for more than a part.
func (w *s3Writer) grow(n int) {
	if need := len(w.part) + n; need > cap(w.part) {
		larger := make([]byte, len(w.part), min(max(2*cap(w.part), need), partSize))
		copy(larger, w.part)
		w.part = larger
	}
}

// send sends what has been gathered as the next part.
func (w *s3Writer) send() error {
	ctx, cancel := context.WithTimeout(w.ctx, partTime)
	defer cancel()
	d := w.driver
	if w.upload == "" {
		id, err := d.core.NewMultipartUpload(ctx, d.options.Bucket, d.key(w.name), minio.PutObjectOptions{ContentType: objectType})
		if err != nil {
			return d.wrote(err)
		}
		w.upload = id
	}
	n := len(w.parts) + 1
	part, err := d.core.PutObjectPart(ctx, d.options.Bucket, d.key(w.name), w.upload, n, bytes.NewReader(w.part), int64(len(w.part)), minio.PutObjectPartOptions{
		Sha256Hex: sum(w.part), DisableContentSha256: true,
	})
	if err != nil {
		return d.wrote(fmt.Errorf("part %d: %w", n, err))
	}
	w.parts, w.part = append(w.parts, minio.CompletePart{PartNumber: n, ETag: part.ETag}), w.part[:0]
	return d.wrote(nil)
}

// seal makes the object. Whatever fails, no part of it stays.
func (w *s3Writer) seal() error {
	if w.upload == "" {
		return w.driver.put(w.ctx, w.name, w.part)
	}
	err := w.send()
	if err == nil {
		err = w.complete()
	}
	if err != nil {
		_ = w.abort() // parts that cannot be removed now are swept
	}
	return err
}

func (w *s3Writer) complete() error {
	ctx, cancel := context.WithTimeout(w.ctx, partTime)
	defer cancel()
	d := w.driver
	_, err := d.core.CompleteMultipartUpload(ctx, d.options.Bucket, d.key(w.name), w.upload, w.parts, minio.PutObjectOptions{})
	if err == nil {
		return d.wrote(nil)
	}
	// An answer that was lost makes the next try fail although all is well.
	if o, stat := d.core.StatObject(ctx, d.options.Bucket, d.key(w.name), minio.StatObjectOptions{}); stat == nil && o.Size == w.size {
		return d.wrote(nil)
	}
	return d.wrote(fmt.Errorf("put %d parts together: %w", len(w.parts), err))
}

// abort removes the parts that were sent, also when nobody wants the blob any
// more. Those that cannot be removed at once are swept.
func (w *s3Writer) abort() error {
	if w.upload == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), probeTime)
	defer cancel()
	d := w.driver
	if err := d.core.AbortMultipartUpload(ctx, d.options.Bucket, d.key(w.name), w.upload); err != nil && !gone(err) {
		return d.failed(err)
	}
	return nil
}

// sum is the sha256 that the server compares with what it gets.
func sum(content []byte) string {
	s := sha256.Sum256(content)
	return hex.EncodeToString(s[:])
}
