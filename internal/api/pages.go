package api

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"
)

// The resolutions of pictures of pages, in pixels an inch.
const (
	leastDPI = 10
	mostDPI  = 600
	usualDPI = 144 // that of the boxes of segments
)

// getInput is GET /jobs/{id}/input/{n}: a document of the job as it was
// submitted, as a download. // contract J31
func (a *API) getInput(w http.ResponseWriter, r *http.Request) (err error) {
	j, err := a.job(r)
	if err != nil {
		return err
	}
	n, err := pathNumber(r, "n")
	if err != nil {
		return err
	}
	d, err := a.service.OpenInput(r.Context(), j, n)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Body.Close()) }()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
	h.Set("Content-Length", strconv.FormatInt(d.Size, 10))
	h.Set("X-Content-Type-Options", "nosniff")
	_, err = io.Copy(w, d.Body)
	return err
}

// getPage is GET /jobs/{id}/pages/{n}.png: the picture of a page. // contract J31
func (a *API) getPage(w http.ResponseWriter, r *http.Request) error {
	j, err := a.job(r)
	if err != nil {
		return err
	}
	n, err := pathNumber(r, "n")
	if err != nil {
		return err
	}
	dpi, err := queryNumber(r, "dpi", usualDPI, leastDPI, mostDPI)
	if err != nil {
		return err
	}
	input, err := queryNumber(r, "input", 1, 1, 1<<20)
	if err != nil {
		return err
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	out := newBody(w, "image/png")
	if err := a.service.PageImage(r.Context(), j, input, n, dpi, out); err != nil {
		return err
	}
	return out.Flush()
}

// pathNumber reads a number from 1 in the path.
func pathNumber(r *http.Request, name string) (int, error) {
	text := chi.URLParam(r, name)
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, invalid(name, fmt.Sprintf("%q is no number from 1", plain(text, 40)), "Count from 1")
	}
	return n, nil
}

// queryNumber reads a number in the query.
func queryNumber(r *http.Request, name string, otherwise, least, most int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, invalid(name, fmt.Sprintf("%q is not between %d and %d", plain(text, 40), least, most), "")
	}
	return n, nil
}
