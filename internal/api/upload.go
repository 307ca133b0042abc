package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"

	"github.com/go-chi/chi/v5"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/service"
)

const uploadRoute = "/v2/parse/upload"

// uploadTypes are the media types by which the names of documents end.
// contract C3
func uploadTypes() map[string]string {
	return map[string]string{
		".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".tiff": "image/tiff", ".tif": "image/tiff",
		".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
		".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		".webp": "image/webp", ".bmp": "image/bmp", ".gif": "image/gif", ".html": "text/html", ".md": "text/markdown",
		".eml": "message/rfc822", ".csv": "text/csv", ".txt": "text/plain",
	}
}

// createdUpload is the answer of POST /v2/parse/upload. // contract C3
type createdUpload struct {
	JobID          string            `json:"job_id"`
	UploadURL      string            `json:"upload_url"`
	ExpiresAt      string            `json:"expires_at"`
	UploadMethod   string            `json:"upload_method"`
	UploadHeaders  map[string]string `json:"upload_headers"`
	CreditUsed     int               `json:"credit_used"`
	QuotaRemaining int               `json:"quota_remaining"`
}

// createUpload is POST /v2/parse/upload: a job whose document is sent
// afterwards, to an address that needs no key. // contract C3
func (a *API) createUpload(r *http.Request, once *service.Once) (none service.Answer, err error) {
	f, err := a.readFields(r, 1, func(string, string, string, io.Reader) (bool, error) { return false, nil })
	if err != nil {
		return none, err
	}
	if err := asks(r, once, f); err != nil {
		return none, err
	}
	name, mediaType, err := uploadName(f)
	if err != nil {
		return none, err
	}
	submission, err := a.service.Begin(once)
	if err != nil {
		return none, err
	}
	defer submission.Discard()
	submission.Await(name, mediaType)
	spec := job.Spec{Account: account.From(r.Context()).ID, Spelling: job.UUID, Route: uploadRoute, Operation: job.Parse}
	parameters, err := parseParameters(f)
	if err != nil {
		return none, err
	}
	if spec.Parameters, err = json.Marshal(parameters); err != nil {
		return none, fmt.Errorf("encode parameters: %w", err)
	}
	if spec.Keep, err = f.keep(); err != nil {
		return none, err
	}
	return submission.Submit(r.Context(), spec, func(j job.Job) (service.Answer, error) {
		address, expires, err := a.service.UploadLink(r.Context(), j, a.base(r))
		if err != nil {
			return none, err
		}
		return answerJSON(http.StatusOK, createdUpload{
			JobID: j.ID.In(job.UUID), UploadURL: address, ExpiresAt: expires.UTC().Format(job.Seconds),
			UploadMethod: http.MethodPut, UploadHeaders: map[string]string{"Content-Type": mediaType}, QuotaRemaining: quotaRemaining,
		})
	})
}

// uploadName reads how the document will be called, and what it is by that.
func uploadName(f *fields) (name, mediaType string, err error) {
	if name, err = f.text("file_name"); err != nil {
		return "", "", err
	}
	if name == "" {
		return "", "", invalid("file_name", "it is missing", `Send {"file_name":"document.pdf"}`)
	}
	name = fileName(name)
	extension := strings.ToLower(path.Ext(name))
	mediaType, ok := uploadTypes()[extension]
	if !ok {
		return "", "", &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"problem": fmt.Sprintf("Unsupported file type: %s. Supported extensions: pdf, png, jpg, jpeg, tiff, docx, pptx, xlsx, webp, bmp, gif, html, md, eml, csv, txt", plain(extension, 20)),
		}}
	}
	return name, mediaType, nil
}

// upload is PUT /uploads/{signed}: the document itself, without a key.
func (a *API) upload(w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength > a.maxFile {
		return &job.Error{Code: job.FileTooLarge, Facts: job.Facts{"max": a.maxFile}}
	}
	j, err := a.service.Upload(r.Context(), chi.URLParam(r, "signed"), r.Header.Get("Content-Type"), r.Body)
	if err != nil {
		return uploadError(err)
	}
	return writeJSON(w, http.StatusOK, struct {
		JobID  string `json:"job_id"`
		Status string `json:"status"`
	}{j.ID.In(job.UUID), "Queued"})
}
