package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/minio/minio-go/v7"

	"docket/internal/job"
)

// checkTime is for all that is asked at the start.
const checkTime = 30 * time.Second

// permissions are what the key needs, as AWS calls it.
const permissions = "s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload and s3:ListBucketMultipartUploads"

// check lists, writes, reads and removes. The error says what the bucket
// refuses, why, and what to do.
func (d *s3Driver) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	if err := d.ask(ctx); err != nil {
		return d.inWords("cannot be read", err)
	}
	name := probeName()
	if err := d.put(ctx, name, []byte(name)); err != nil {
		return d.inWords("cannot be written to", err)
	}
	r, err := d.open(ctx, name)
	var got []byte
	if err == nil {
		got, err = io.ReadAll(r)
		err = errors.Join(err, r.Close())
	}
	if err == nil && string(got) != name {
		err = fmt.Errorf("it gives back %d other bytes than were written", len(got))
	}
	if err != nil {
		return errors.Join(d.inWords("cannot be read", err), d.remove(name))
	}
	if err := d.remove(name); err != nil {
		return d.inWords("does not let objects be deleted", err)
	}
	return nil
}

// inWords says to an operator what is wrong.
func (d *s3Driver) inWords(what string, err error) error {
	o, remedy := d.options, "see what the server says"
	r, _ := errors.AsType[minio.ErrorResponse](err)
	switch {
	case errors.Is(err, ErrAway) && r.Code == "":
		remedy = "check the endpoint, its scheme (http or https) and its port, and whether this machine may reach it"
	case r.Code == "NoSuchBucket":
		remedy = fmt.Sprintf("make the bucket %s, or correct its name in --blobs", o.Bucket)
	case slices.Contains([]string{"InvalidAccessKeyId", "XAdminUserNotFound"}, r.Code):
		remedy = "the server does not know the access key: check DOCKET_S3_ACCESS_KEY, or AWS_ACCESS_KEY_ID"
	case r.Code == "SignatureDoesNotMatch":
		remedy = "the secret does not belong to the access key, or region= is wrong: check DOCKET_S3_SECRET, or AWS_SECRET_ACCESS_KEY"
	case r.Code == "AuthorizationHeaderMalformed" || r.Code == "PermanentRedirect" || r.Code == "InvalidRegion":
		remedy = "the bucket is in another region: give it in --blobs as region=" + orElse(r.Region, "…")
	case r.Code == "RequestTimeTooSkewed":
		remedy = "the clock of this machine is wrong"
	case d.keyless():
		remedy = "set DOCKET_S3_ACCESS_KEY and DOCKET_S3_SECRET, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
	case r.Code == "AccessDenied" || r.StatusCode == http.StatusForbidden:
		remedy = "the key may not do this: it needs " + permissions
	case job.CodeOf(err) == job.DiskFull:
		remedy = "make room in the bucket, or raise its quota"
	}
	return fmt.Errorf("--blobs: the bucket %s at %s %s (%s): %w; %s", o, d.core.EndpointURL(), what, orElse(r.Code, "no answer"), err, remedy)
}

// keyless says that there is no key to sign with.
func (d *s3Driver) keyless() bool {
	v, err := d.keys.GetWithContext(nil)
	return err != nil || v.AccessKeyID == ""
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
