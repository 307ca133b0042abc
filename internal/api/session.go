package api

import (
	"net/http"
	"strings"
	"time"

	"docket/internal/account"
	"docket/internal/job"
)

const sessionCookie = "docket_session"

// sessionView says who calls.
type sessionView struct {
	Account   string   `json:"account"`
	KeyID     string   `json:"key_id,omitempty"`
	Scopes    []string `json:"scopes"`
	OpenMode  bool     `json:"open_mode"`
	ExpiresAt string   `json:"expires_at,omitempty"` // of the session that was made
}

func viewCaller(c account.Caller) sessionView {
	return sessionView{Account: c.ID, KeyID: c.Key, Scopes: c.Scopes.Names(), OpenMode: c.Open}
}

// createSession is POST /session {key}: a cookie for the dashboard, which no
// script can read and no other page can send. // contract J28
func (a *API) createSession(w http.ResponseWriter, r *http.Request) error {
	if !a.ownPage(r) {
		return &job.Error{Code: job.Forbidden, Facts: job.Facts{"origin": plain(r.Header.Get("Origin"), 60)}}
	}
	f, err := a.readFields(r, 0, strictly(into(nil, 0)))
	if err != nil {
		return err
	}
	if err := f.only("key"); err != nil {
		return err
	}
	key, err := f.text("key")
	if err != nil {
		return err
	}
	value, c, until, err := a.service.OpenSession(r.Context(), strings.TrimSpace(key), clientAddress(r))
	if err != nil {
		return err
	}
	v := viewCaller(c)
	if !c.Open {
		v.ExpiresAt = until.Format(job.Seconds)
		http.SetCookie(w, a.newCookie(r, value, until))
	}
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, http.StatusCreated, v)
}

func (a *API) newCookie(r *http.Request, value string, until time.Time) *http.Cookie {
	return &http.Cookie{
		Name: sessionCookie, Value: value, Path: "/", Expires: until, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: strings.HasPrefix(a.base(r), "https://"),
	}
}

// getSession is GET /session: who the server takes the caller for.
func (a *API) getSession(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, http.StatusOK, viewCaller(account.From(r.Context())))
}

// deleteSession is DELETE /session. // contract J28
func (a *API) deleteSession(w http.ResponseWriter, r *http.Request) error {
	c := a.newCookie(r, "", time.Unix(1, 0))
	c.MaxAge = -1
	http.SetCookie(w, c)
	return writeJSON(w, http.StatusOK, struct {
		Message string `json:"message"`
	}{"The session has ended"})
}
