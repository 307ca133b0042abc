package service

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"path"
	"time"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/store"
)

// How long links may be followed. // contract C3, C6
const (
	linkLife   = time.Hour
	UploadLife = 15 * time.Minute
)

// purpose is what a link is for; one kind cannot be used as another.
type purpose byte

const (
	inputLink purpose = iota + 1
	resultLink
	uploadLink
	pictureLink
)

// link is what is signed: whoever holds it may do this one thing, without a
// key, until it expires.
type link struct {
	purpose purpose
	job     job.ID
	n       int // of the input or the result's file
	expires time.Time
	part    part // of a picture link
}

const linkBytes = 1 + 16 + 2 + 8 // purpose, job, number, expiry in seconds

// InputLink makes the signed part of a link to input n of the job.
func (s *Service) InputLink(j job.Job, n int) string { return s.signed(inputLink, j.ID, n, linkLife) }

// ResultLink makes the signed part of a link to file n of the job's result.
func (s *Service) ResultLink(j job.Job, n int) string { return s.signed(resultLink, j.ID, n, linkLife) }

// UploadLink makes the address to which the job's awaited input is to be sent,
// and says until when: one of this server, which is reached under base, or one
// of the bucket. // contract C3
func (s *Service) UploadLink(ctx context.Context, j job.Job, base string) (address string, expires time.Time, err error) {
	expires = s.now().Add(UploadLife)
	if s.blobs.PresignsUploads() {
		address, err = s.blobs.UploadURL(ctx, j.ID, j.Inputs[0].Type, UploadLife)
		return address, expires, err
	}
	return base + "/uploads/" + s.signed(uploadLink, j.ID, 0, UploadLife), expires, nil
}

// signed makes the signed part of a link; more is what the purpose needs.
func (s *Service) signed(p purpose, id job.ID, n int, life time.Duration, more ...byte) string {
	b := make([]byte, 0, linkBytes+len(more)+sha256.Size)
	b = append(append(b, byte(p)), id[:]...)
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	b = binary.BigEndian.AppendUint64(b, uint64(s.now().Add(life).Unix()))
	b = append(b, more...)
	return base64.RawURLEncoding.EncodeToString(append(b, s.mac(b)...))
}

func (s *Service) mac(b []byte) []byte {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte("link\n"))
	mac.Write(b)
	return mac.Sum(nil)
}

// verify reads a link for one of the purposes. The error is of code Forbidden.
func (s *Service) verify(signed string, purposes ...purpose) (link, error) {
	b, err := base64.RawURLEncoding.DecodeString(signed)
	size := len(b) - sha256.Size
	if err != nil || size != linkBytes && size != linkBytes+partBytes || !hmac.Equal(b[size:], s.mac(b[:size])) {
		return link{}, &job.Error{Code: job.Forbidden, Facts: job.Facts{"link": "not one of this server's"}}
	}
	l := link{
		purpose: purpose(b[0]), job: job.ID(b[1:17]), n: int(binary.BigEndian.Uint16(b[17:])),
		expires: time.Unix(int64(binary.BigEndian.Uint64(b[19:])), 0),
	}
	if l.purpose == pictureLink {
		l.part = partOf(b[linkBytes:size])
	}
	for _, p := range purposes {
		if l.purpose != p {
			continue
		}
		if !s.now().Before(l.expires) {
			return l, &job.Error{Code: job.Forbidden, Facts: job.Facts{"link": "expired"}}
		}
		return l, nil
	}
	return l, &job.Error{Code: job.Forbidden, Facts: job.Facts{"link": "for something else"}}
}

// Download is a file that a link leads to.
type Download struct {
	Name string // as the client or the operation called it
	Size int64
	Body io.ReadCloser // nil when URL is set
	URL  string        // from which to fetch it instead, if any
}

// downloadLife is how long a download from the bucket may be begun.
const downloadLife = 15 * time.Minute

// OpenLink reads the file that a link leads to, or says where it is. Errors are of code Forbidden
// when the link is false or has expired, and NotFound when the job is gone.
func (s *Service) OpenLink(ctx context.Context, signed string) (Download, error) {
	l, err := s.verify(signed, inputLink, resultLink)
	if err != nil {
		return Download{}, err
	}
	j, err := s.store.Job(ctx, l.job)
	if err != nil {
		return Download{}, err
	}
	if j.Expired(s.now()) {
		return Download{}, job.Errorf(job.NotFound, nil, "job %s has expired", j.ID)
	}
	var (
		name string
		file job.File
	)
	switch {
	case l.purpose == inputLink && l.n < len(j.Inputs):
		name, file = j.Inputs[l.n].Name, j.Inputs[l.n].File
	case l.purpose == resultLink && j.Result != nil && l.n < len(j.Result.Files):
		name, file = path.Base(j.Result.Files[l.n].Name), j.Result.Files[l.n]
	}
	if file.Blob == "" {
		return Download{}, job.Errorf(job.NotFound, nil, "job %s has no file %d", j.ID, l.n)
	}
	d := Download{Name: name, Size: file.Size}
	if d.URL, err = s.blobs.DownloadURL(ctx, file, name, downloadLife); err != nil || d.URL != "" {
		return d, err
	}
	d.Body, err = s.blobs.Open(ctx, file)
	return d, err
}

// Upload takes the document that a job has waited for; the job is queued when
// it is stored. Errors are of code Forbidden when the address is false, has
// expired, was used, or another media type was announced. // contract C3
func (s *Service) Upload(ctx context.Context, signed, mediaType string, body io.Reader) (job.Job, error) {
	l, err := s.verify(signed, uploadLink)
	if err != nil {
		return job.Job{}, err
	}
	j, err := s.store.Job(ctx, l.job)
	if err != nil {
		return j, err
	}
	if j.Failure != nil && j.Failure.Code == job.UploadExpired {
		return j, &job.Error{Code: job.Forbidden, Facts: job.Facts{"link": "expired"}}
	}
	if j.Status != job.AwaitingUpload {
		return j, &job.Error{Code: job.Forbidden, Facts: job.Facts{"link": "used already"}}
	}
	in := j.Inputs[0]
	if mediaType != in.Type {
		return j, &job.Error{Code: job.Forbidden, Facts: job.Facts{"link": fmt.Sprintf("for an upload of Content-Type %s", in.Type)}}
	}
	if err := s.room(); err != nil {
		return j, err
	}
	// Two uploads at the same time must not write the same blob.
	one, err := job.NewID()
	if err != nil {
		return j, err
	}
	sealed, err := s.take(s.blobs.Create(ctx, j.ID, 0, "input-0-"+one.String()), body)
	if err != nil {
		return j, err
	}
	return s.arrived(ctx, j, sealed)
}

// arrived lets the job be queued, now that its document is stored. The error is
// of code Forbidden when it has another already.
func (s *Service) arrived(ctx context.Context, j job.Job, sealed blob.Sealed) (job.Job, error) {
	in := j.Inputs[0]
	in.File, in.SHA256 = sealed.File, sealed.SHA256
	o := &store.Arrived{ID: j.ID, Inputs: []job.Input{in}, Now: s.time()}
	if sealed.Inline != nil {
		o.Blobs = []store.Blob{*sealed.Inline}
	}
	if err := s.store.Write(ctx, o); err != nil {
		if !Unknown(err) {
			s.remove(j.ID, sealed.File)
		}
		if Fenced(err) {
			return j, &job.Error{Code: job.Forbidden, Facts: job.Facts{"link": "used already"}}
		}
		return j, fmt.Errorf("store the upload of job %s: %w", j.ID, err)
	}
	s.hub.Publish(job.Event{Job: j.ID, Account: j.Account, Operation: j.Operation, Took: o.Now.Sub(j.CreatedAt), Version: o.Job.Version, At: o.Now, Kind: job.EventStatus, From: job.AwaitingUpload, To: job.Queued})
	return o.Job, nil
}
