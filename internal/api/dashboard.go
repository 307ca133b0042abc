package api

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"docket/internal/job"
)

// Dashboard gives what stands below /ui/ at a path and the headers of its
// answer, compressed if packed and if that gains something; false when there
// is nothing.
type Dashboard func(path string, packed bool) (body []byte, header http.Header, ok bool)

// dashboardPage is the pattern of everything below /ui/; the router lets its
// last part hold slashes, which OpenAPI has no sign for.
const dashboardPage = "/ui/{page}"

// getHome is GET /: it leads browsers to the dashboard. // contract J31
func (a *API) getHome(w http.ResponseWriter, r *http.Request) error {
	if a.dashboard == nil || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return notFound(w, r)
	}
	return toDashboard(w, r)
}

// getDashboardRoot is GET /ui.
func (a *API) getDashboardRoot(w http.ResponseWriter, r *http.Request) error {
	if a.dashboard == nil {
		return notFound(w, r)
	}
	return toDashboard(w, r)
}

// toDashboard leads on by a path alone, which is right under every name.
func toDashboard(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Location", "/ui/")
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// getDashboard is GET /ui/…: the pages of the dashboard and their parts.
// contract J31
func (a *API) getDashboard(w http.ResponseWriter, r *http.Request) error {
	if a.dashboard == nil {
		return notFound(w, r)
	}
	body, header, ok := a.dashboard(chi.URLParam(r, "*"), acceptsGzip(r))
	if !ok {
		return &job.Error{Code: job.NotFound, Facts: job.Facts{"path": r.URL.Path}}
	}
	h := w.Header()
	for name, values := range header {
		h[name] = values
	}
	h["Vary"] = []string{"Origin, Accept-Encoding"}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	return nil
}

// acceptsGzip says that the client can unpack gzip.
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		coding, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			return strings.Trim(strings.TrimPrefix(strings.ReplaceAll(quality, " ", ""), "q="), "0.") != "" || quality == ""
		}
	}
	return false
}
