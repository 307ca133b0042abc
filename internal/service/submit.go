package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/store"
	"docket/internal/trace"
)

// Submission is a job that is being handed in: its id is known and its
// documents are stored while they arrive, but it does not exist before Submit.
type Submission struct {
	service *Service
	id      job.ID
	inputs  []job.Input
	inline  []store.Blob
	once    *Once
	reused  []job.File // copied from the result of another job
	awaits  job.ID     // the first source that had not ended; zero: none
	sources []origin   // all of them
	done    bool       // the job is made, or may be: its files stay
}

// Begin starts a submission; it must end with Submit or Discard. once is the
// use of an Idempotency-Key, or nil. Errors are of code DiskFull when there is
// no room for more jobs, and IntakePaused while none are taken.
func (s *Service) Begin(once *Once) (*Submission, error) {
	if !once.Again() {
		if s.isPaused(Intake) {
			return nil, &job.Error{Code: job.IntakePaused}
		}
		if err := s.room(); err != nil {
			return nil, err
		}
	}
	id, err := job.NewID()
	if err != nil {
		return nil, err
	}
	return &Submission{service: s, id: id, once: once}, nil
}

// Input stores one document while it is read. Errors are of code FileTooLarge,
// DiskFull or Unavailable, or come from the reader.
func (u *Submission) Input(name, mediaType string, r io.Reader) error {
	if u.once.Again() { // it is compared with the earlier one, and not kept
		sum, err := u.service.sum(r)
		u.inputs = append(u.inputs, job.Input{Name: name, SHA256: sum})
		return err
	}
	sealed, err := u.service.take(u.service.blobs.Create(context.Background(), u.id, 0, u.nextName()), r)
	if err != nil {
		return err
	}
	u.add(job.Input{Name: name, Type: mediaType, SHA256: sealed.SHA256, File: sealed.File}, sealed)
	return nil
}

// take stores what the reader gives, up to the limit, or nothing.
func (s *Service) take(w *blob.Writer, r io.Reader) (blob.Sealed, error) {
	limit := s.settings.MaxFile
	n, err := io.Copy(w, io.LimitReader(r, limit+1))
	if err == nil && n > limit {
		err = tooLarge(limit)
	}
	if err == nil {
		return w.Seal()
	}
	return blob.Sealed{}, errors.Join(fmt.Errorf("store an upload after %d bytes: %w", w.Size(), err), w.Abort())
}

// sum reads a document, up to the limit, and gives its hash.
func (s *Service) sum(r io.Reader) (string, error) {
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(r, s.settings.MaxFile+1))
	if err == nil && n > s.settings.MaxFile {
		err = tooLarge(s.settings.MaxFile)
	}
	if err != nil {
		return "", fmt.Errorf("read an upload after %d bytes: %w", n, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func tooLarge(most int64) error {
	return &job.Error{Code: job.FileTooLarge, Facts: job.Facts{"max": most}}
}

// URL adds a document that the worker will fetch, or another job's result,
// named by jobid://job_…. The error is of code InvalidRequest when the address
// cannot be one.
func (u *Submission) URL(ctx context.Context, address string) error {
	if isSource(address) {
		return u.source(ctx, address)
	}
	if err := u.service.checkAddress("url", address, u.service.settings.PrivateNetworks); err != nil {
		return err
	}
	u.inputs = append(u.inputs, job.Input{Name: job.AddressName(address), URL: address})
	return nil
}

// Await adds a document that will be uploaded later.
func (u *Submission) Await(name, mediaType string) {
	u.inputs = append(u.inputs, job.Input{Name: name, Type: mediaType})
}

// copyInputs takes over the documents of another job.
func (u *Submission) copyInputs(ctx context.Context, from job.Job) error {
	for _, in := range from.Inputs {
		if !in.Here() && in.URL == "" && in.Source.IsZero() {
			return &job.Error{Code: job.Conflict, Facts: job.Facts{"problem": "its document was never uploaded"}}
		}
		if !in.Here() { // one that a source owed is asked of it again
			in.Failure = nil
			u.inputs = append(u.inputs, in)
			continue
		}
		sealed, err := u.service.blobs.Copy(ctx, in.File, u.id, 0, u.nextName())
		if err != nil {
			return err
		}
		in.File = sealed.File
		if in.Pages != nil {
			pages, err := u.service.blobs.Copy(ctx, *in.Pages, u.id, 0, u.nextName()+".records")
			if err != nil {
				return err
			}
			in.Pages = &pages.File
			if pages.Inline != nil {
				u.inline = append(u.inline, *pages.Inline)
			}
		}
		u.add(in, sealed)
	}
	return nil
}

func (u *Submission) nextName() string { return "input-" + strconv.Itoa(len(u.inputs)) }

func (u *Submission) add(in job.Input, sealed blob.Sealed) {
	u.inputs = append(u.inputs, in)
	if sealed.Inline != nil {
		u.inline = append(u.inline, *sealed.Inline)
	}
}

// documents is the number of documents that a job of the operation will have;
// of some, sources are none.
func (u *Submission) documents(o job.Operation) int {
	n := 0
	for _, in := range u.inputs {
		if in.Source.IsZero() || !op.TakesJobs(o) {
			n++
		}
	}
	return n
}

// Inputs is the number of documents so far.
func (u *Submission) Inputs() int { return len(u.inputs) }

// Submit makes the job and gives the answer that show makes of it. When it
// returns without an error the job is on disk and will run, and so is the
// answer if the request has an Idempotency-Key; an earlier request with the
// key has made the job already, and its answer is given. Errors are of code
// InvalidRequest, InvalidSchema, InvalidConditions, KeyReused, DiskFull or
// Unavailable, or come from show.
func (u *Submission) Submit(ctx context.Context, spec job.Spec, show func(job.Job) (Answer, error)) (Answer, error) {
	return u.submit(ctx, spec, u.once.request(u), show)
}

// submit is Submit for a request whose hash is known.
func (u *Submission) submit(ctx context.Context, spec job.Spec, request []byte, show func(job.Job) (Answer, error)) (Answer, error) {
	if u.once.Again() {
		return u.once.compare(u.once.kept, request)
	}
	o, err := u.prepare(ctx, spec)
	if err != nil {
		return Answer{}, err
	}
	answer, err := show(o.Job)
	if err != nil {
		return Answer{}, err
	}
	o.Once = u.once.keep(answer, request)
	u.service.limit(ctx, o, spec)
	ctx, span := trace.Start(ctx, "commit", trace.Of(o.Job)...)
	err = u.service.store.Write(ctx, o)
	span.End(err)
	if err != nil {
		u.failed(err)
		return Answer{}, fmt.Errorf("submit job %s: %w", u.id, err)
	}
	if o.Before != nil {
		return u.once.compare(o.Before, request)
	}
	u.made(o)
	return answer, nil
}

// prepare checks the spec and makes the write that creates the job.
func (u *Submission) prepare(ctx context.Context, spec job.Spec) (*store.Submit, error) {
	s := u.service
	operation := s.operations[spec.Operation]
	if operation == nil {
		return nil, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "operation", "problem": fmt.Sprintf("%q is not an operation", spec.Operation), "allowed": s.Operations(),
		}}
	}
	if err := u.checkSources(spec.Operation); err != nil {
		return nil, err
	}
	if err := checkDocuments(operation, u.documents(spec.Operation), spec.Parameters); err != nil {
		return nil, err
	}
	if err := s.checkNotify(spec.Notify); err != nil {
		return nil, err
	}
	parameters, fault := operation.Check(spec.Parameters)
	if fault != nil && (!spec.FailAtOnce || job.CodeOf(fault) == job.InvalidRequest) {
		return nil, fault
	}
	spec.Parameters, spec.Trace = parameters, trace.Context(ctx)
	j, created := spec.New(u.id, u.inputs, s.time())
	if !u.awaits.IsZero() {
		j = j.Await(u.awaits)
	}
	o := &store.Submit{Job: j, Events: []job.Event{created}, Blobs: u.inline, Retention: s.settings.Retention}
	if fault == nil && spec.Reuse {
		return o, u.reuse(ctx, o)
	}
	if fault == nil {
		return o, nil
	}
	f := job.FailureOf(fault)
	j.Failure = &f
	failed, e, err := j.Move(job.Failed, j.CreatedAt)
	if err != nil {
		return nil, err
	}
	o.Job, o.Events = s.expiring(failed), append(o.Events, e)
	return o, nil
}

// checkNotify refuses to tell whom no message could or may reach.
// contract J25
func (s *Service) checkNotify(n *job.Notify) error {
	if n == nil {
		return nil
	}
	if n.WebhookURL != "" {
		if err := s.checkAddress("webhook_url", n.WebhookURL, s.settings.PrivateNetworks); err != nil {
			return err
		}
	}
	if n.Email == "" {
		return nil
	}
	const field = "notification_settings.email"
	if !s.settings.SMTP && !s.OpenMode() {
		return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": field, "problem": "this server has no mail server", "remedy": "Its operator sets DOCKET_SMTP; a `webhook_url` needs none",
		}}
	}
	domain := strings.ToLower(n.Email[strings.LastIndex(n.Email, "@")+1:])
	if allowed := s.settings.MailDomains; len(allowed) > 0 && !slices.Contains(allowed, domain) {
		return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": field, "problem": fmt.Sprintf("this server sends no e-mails to %s", domain), "allowed": allowed,
		}}
	}
	return nil
}

// checkDocuments refuses a number of documents that the operation cannot take.
func checkDocuments(o op.Operation, n int, parameters json.RawMessage) error {
	if own, ok := o.(op.DocumentChecker); ok {
		return own.CheckDocuments(n, parameters)
	}
	if n > 0 {
		return nil
	}
	return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
		"field": "file", "problem": fmt.Sprintf("%s needs a document and none was sent", o.Name()),
		"remedy": "Send one as the multipart field `file`, or its address as `url`, `urls` or `file_url`",
	}}
}

// TakesDocuments says that a job of the operation can have documents. An
// address is one of them; otherwise it is a parameter.
func (s *Service) TakesDocuments(name job.Operation) bool {
	own, ok := s.operations[name].(op.DocumentChecker)
	return !ok || own.CheckDocuments(1, nil) == nil
}

// CheckAddress refuses an address that the job would not be let to.
func (u *Submission) CheckAddress(field, address string) error {
	return u.service.checkAddress(field, address, u.service.settings.PrivateNetworks)
}

// made tells of the job that was written.
func (u *Submission) made(o *store.Submit) {
	u.done = true
	for _, e := range o.Events {
		u.service.hub.Publish(e)
	}
}

// failed keeps what was stored when the job may have been made all the same.
func (u *Submission) failed(err error) { u.done = u.done || Unknown(err) }

// Discard removes what was stored, unless the job was made or may have been.
func (u *Submission) Discard() {
	if u.done {
		return
	}
	for _, in := range u.inputs {
		u.service.remove(u.id, in.Files()...)
	}
	u.service.remove(u.id, u.reused...)
}

// remove deletes files that nobody will need again. That it fails is no
// concern of whoever is done with them.
func (s *Service) remove(id job.ID, files ...job.File) {
	for _, f := range files {
		if f.Blob == "" {
			continue
		}
		if err := s.blobs.Remove(f); err != nil {
			s.log.Warn("remove a file", "job", id, "file", f.Name, "error", err)
		}
	}
}

// removeAll deletes every file of a job that is not there any more.
func (s *Service) removeAll(id job.ID) {
	if err := s.blobs.RemoveJob(id); err != nil {
		s.log.Warn("remove the files of a job", "job", id, "error", err)
	}
}

// Has says that this server can do the operation.
func (s *Service) Has(o job.Operation) bool { return s.operations[o] != nil }

// Operations lists what this server can do, in order.
func (s *Service) Operations() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s.operations)) {
		names = append(names, string(name))
	}
	return names
}
