package blob

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"syscall"

	"github.com/minio/minio-go/v7"

	"docket/internal/job"
)

// gone says that an object, or an upload in parts, is not there.
func gone(err error) bool {
	r, ok := errors.AsType[minio.ErrorResponse](err)
	return ok && slices.Contains([]string{"NoSuchKey", "NoSuchUpload", "NotFound"}, r.Code)
}

// wrote is failed for a write, whose outcome is remembered.
func (d *s3Driver) wrote(err error) error {
	if err == nil {
		d.away.Store(false)
		d.denied.Store(false)
		return nil
	}
	err = d.failed(err)
	d.denied.Store(!errors.Is(err, ErrAway))
	return err
}

// failed says what an error means to whoever wanted something: DiskFull, or
// Unavailable, with ErrAway when it may go well another time.
func (d *s3Driver) failed(err error) error {
	r, answered := errors.AsType[minio.ErrorResponse](err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled): // it is not wanted any more
		return err
	case full(r) || errors.Is(err, syscall.ENOSPC):
		return &job.Error{Code: job.DiskFull, Err: err}
	case !answered || busy(r):
		d.away.Store(true)
		return &job.Error{Code: job.Unavailable, Err: fmt.Errorf("%w: %w", ErrAway, err)}
	}
	return &job.Error{Code: job.Unavailable, Err: err}
}

// full says that the bucket may not grow any more.
func full(r minio.ErrorResponse) bool {
	return r.StatusCode == http.StatusInsufficientStorage ||
		slices.Contains([]string{"QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"}, r.Code)
}

// busy says that the server cannot answer now.
func busy(r minio.ErrorResponse) bool {
	return r.StatusCode >= http.StatusInternalServerError || r.StatusCode == http.StatusTooManyRequests || r.StatusCode == http.StatusRequestTimeout ||
		slices.Contains([]string{"InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout", "Throttling"}, r.Code)
}
