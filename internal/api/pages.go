package api

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"docket/internal/service"
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
	part, err := queryBox(r, "bbox")
	if err != nil {
		return err
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	out := newBody(w, "image/png")
	if err := a.service.PageImage(r.Context(), j, service.PageView{Input: input, Page: n, DPI: dpi, Part: part}, out); err != nil {
		return err
	}
	return out.Flush()
}

// queryBox reads the box of a segment, left,top,width,height, in the query.
func queryBox(r *http.Request, name string) (box [4]float64, err error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return box, nil
	}
	parts := strings.Split(text, ",")
	for i, p := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if len(parts) != len(box) || err != nil || !(v >= 0 && v <= mostBox) || i >= 2 && v == 0 {
			return box, invalid(name, fmt.Sprintf("%q is no box", plain(text, 80)), "Send left,top,width,height of a segment's bbox, such as 144,200,300,80")
		}
		box[i] = v
	}
	return box, nil
}

// mostBox is beyond the edge of any page, in pixels at 144 dpi.
const mostBox = 1e6

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
