package service

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"io"
	"time"

	"docket/internal/job"
)

// linkLife is how long a link to a document may be followed. // contract C6
const linkLife = time.Hour

const linkBytes = 16 + 2 + 8 // job, input, expiry in seconds

// InputLink makes the signed part of a link to input n of the job: whoever
// holds it may read the input, without a key, until it expires.
func (s *Service) InputLink(j job.Job, n int) string {
	b := make([]byte, 0, linkBytes+sha256.Size)
	b = append(b, j.ID[:]...)
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	b = binary.BigEndian.AppendUint64(b, uint64(s.now().Add(linkLife).Unix()))
	return base64.RawURLEncoding.EncodeToString(append(b, s.sign(b)...))
}

// OpenLink reads the input that a link leads to. Errors are of code Forbidden
// when the link is false or has expired, and NotFound when the job is gone.
func (s *Service) OpenLink(ctx context.Context, signed string) (job.Input, io.ReadCloser, error) {
	b, err := base64.RawURLEncoding.DecodeString(signed)
	if err != nil || len(b) != linkBytes+sha256.Size || !hmac.Equal(b[linkBytes:], s.sign(b[:linkBytes])) {
		return job.Input{}, nil, &job.Error{Code: job.Forbidden, Facts: job.Facts{"link": "not one of this server's"}}
	}
	if s.now().Unix() >= int64(binary.BigEndian.Uint64(b[18:])) {
		return job.Input{}, nil, &job.Error{Code: job.Forbidden, Facts: job.Facts{"link": "expired"}}
	}
	j, err := s.store.Job(ctx, job.ID(b[:16]))
	if err != nil {
		return job.Input{}, nil, err
	}
	n := int(binary.BigEndian.Uint16(b[16:]))
	if n >= len(j.Inputs) {
		return job.Input{}, nil, job.Errorf(job.NotFound, nil, "job %s has no input %d", j.ID, n)
	}
	file, err := s.blobs.Open(ctx, j.Inputs[n].File)
	return j.Inputs[n], file, err
}

func (s *Service) sign(b []byte) []byte {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte("input link\n"))
	mac.Write(b)
	return mac.Sum(nil)
}
