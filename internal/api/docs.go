package api

import (
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	apispec "docket/api"
	"docket/internal/job"
)

// getSpec is GET /openapi/{name}.yaml: the contract of a dialect.
func (a *API) getSpec(w http.ResponseWriter, r *http.Request) error {
	body, ok := apispec.File(chi.URLParam(r, "name"))
	if !ok {
		return &job.Error{Code: job.NotFound, Facts: job.Facts{"path": r.URL.Path}}
	}
	return writeBytes(w, "application/yaml", body)
}

// getDocs is GET /docs and what the page is made of; it needs nothing from
// outside.
func (a *API) getDocs(w http.ResponseWriter, r *http.Request) error {
	body, mediaType, ok := apispec.Docs(chi.URLParam(r, "file"))
	if !ok {
		return &job.Error{Code: job.NotFound, Facts: job.Facts{"path": r.URL.Path}}
	}
	w.Header().Set("Content-Security-Policy", apispec.DocsPolicy)
	return writeBytes(w, mediaType, body)
}

func writeBytes(w http.ResponseWriter, mediaType string, body []byte) error {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, err := w.Write(body)
	return err
}
