package api

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"
)

// getFile is GET /files/{signed}: a document by a link that was given out. It
// is always a download: nothing that came from outside is shown as a page of
// ours. With presigned downloads the bucket sends it. A link to a place on a
// page is answered with its picture, which is made here. // contract C2, J30, J31
func (a *API) getFile(w http.ResponseWriter, r *http.Request) (err error) {
	picture, err := a.service.LinkedPicture(r.Context(), chi.URLParam(r, "signed"))
	if err != nil {
		return err
	}
	if picture != nil {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "private, max-age=3600")
		out := newBody(w, "image/png")
		if err := picture(out); err != nil {
			return err
		}
		return out.Flush()
	}
	d, err := a.service.OpenLink(r.Context(), chi.URLParam(r, "signed"))
	if err != nil {
		return err
	}
	h := w.Header()
	if d.URL != "" {
		h.Set("Cache-Control", "no-store") // the address holds for minutes
		h.Set("Location", d.URL)
		w.WriteHeader(http.StatusTemporaryRedirect)
		return nil
	}
	defer func() { err = errors.Join(err, d.Body.Close()) }()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
	h.Set("Content-Length", strconv.FormatInt(d.Size, 10))
	_, err = io.Copy(w, d.Body)
	return err
}
