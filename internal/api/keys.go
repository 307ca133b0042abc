package api

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"docket/internal/account"
	"docket/internal/job"
	"docket/internal/service"
)

// keyView is a key as admins see it. The key itself is in the answer to its
// making and to its rotation, and never again.
type keyView struct {
	ID          string         `json:"id"`
	Account     string         `json:"account"`
	Name        string         `json:"name"`
	Scopes      []string       `json:"scopes"`
	Limits      account.Limits `json:"limits"`
	State       account.State  `json:"state"`
	Prefix      string         `json:"prefix"`
	Key         string         `json:"key,omitempty"`
	OldKeyUntil string         `json:"old_key_valid_until,omitempty"`
	CreatedAt   string         `json:"created_at"`
	ExpiresAt   string         `json:"expires_at,omitempty"`
	RevokedAt   string         `json:"revoked_at,omitempty"`
	LastUsedAt  string         `json:"last_used_at,omitempty"`
}

func viewKey(k account.Key, secret account.Secret) keyView {
	now := time.Now()
	v := keyView{
		ID: k.ID, Account: k.Account, Name: k.Name, Scopes: k.Scopes.Names(), Limits: k.Limits, State: k.State(now), Prefix: k.Secret.Prefix, Key: string(secret),
		CreatedAt: k.CreatedAt.Format(job.Seconds), ExpiresAt: stamp(k.ExpiresAt, job.Seconds), RevokedAt: stamp(k.RevokedAt, job.Seconds), LastUsedAt: stamp(k.LastUsedAt, job.Seconds),
	}
	if now.Before(k.OldUntil) {
		v.OldKeyUntil = k.OldUntil.Format(job.Seconds)
	}
	return v
}

// createKey is POST /keys.
func (a *API) createKey(w http.ResponseWriter, r *http.Request) error {
	f, err := a.readFields(r, 0, strictly(into(nil, 0)))
	if err != nil {
		return err
	}
	spec, err := keySpec(f)
	if err != nil {
		return err
	}
	k, secret, err := a.service.CreateKey(r.Context(), spec)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/keys/"+k.ID)
	return writeSecret(w, http.StatusCreated, viewKey(k, secret))
}

// writeSecret answers with what no cache may keep.
func writeSecret(w http.ResponseWriter, status int, body any) error {
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, status, body)
}

func keySpec(f *fields) (service.KeySpec, error) {
	var spec service.KeySpec
	if err := f.only("account", "name", "scopes", "limits", "expires_in"); err != nil {
		return spec, err
	}
	var err error
	if spec.Account, err = f.text("account"); err != nil {
		return spec, err
	}
	if spec.Name, err = f.text("name"); err != nil {
		return spec, err
	}
	names, err := f.list("scopes")
	if err != nil {
		return spec, err
	}
	if len(names) == 0 {
		names = []string{"read", "write"}
	}
	if spec.Scopes, err = account.ParseScopes(names); err != nil {
		return spec, invalid("scopes", err.Error(), "")
	}
	if spec.Limits, err = keyLimits(f); err != nil {
		return spec, err
	}
	spec.Expires, err = f.span("expires_in")
	return spec, err
}

// keyLimits reads the limits of a key.
func keyLimits(f *fields) (account.Limits, error) {
	var l account.Limits
	raw, err := f.object("limits", maxFieldBytes)
	if err != nil || raw == nil {
		return l, err
	}
	const remedy = `Send an object such as {"reads":1000,"batches":100,"lists":60,"waiting":100000}`
	members, err := object(raw)
	if err != nil {
		return l, invalid("limits", "it is not a JSON object", remedy)
	}
	for name, value := range members {
		to := map[string]*int{"reads": &l.Reads, "batches": &l.Batches, "lists": &l.Lists, "waiting": &l.Waiting}[name]
		if to == nil {
			return l, invalid("limits", fmt.Sprintf("%q is not a limit", plain(name, 50)), remedy)
		}
		if err := json.Unmarshal(value, to); err != nil || *to < 1 || *to > 1_000_000_000 {
			return l, invalid("limits", plain(name, 50)+" is not a whole number from 1 to 1000000000", remedy)
		}
	}
	return l, nil
}

// span reads a field of seconds, which may be 0.
func (f *fields) span(name string) (time.Duration, error) {
	const most = 100 * 365 * 24 * time.Hour
	n, sent, err := f.number(name)
	if err != nil || !sent {
		return 0, err
	}
	if !(n >= 0 && n <= most.Seconds()) { // also false for what is no number
		return 0, invalid(name, fmt.Sprintf("it is not a number of seconds from 0 to %.0f", most.Seconds()), "")
	}
	return time.Duration(n * float64(time.Second)), nil
}

// listKeys is GET /keys, of one account with ?account=.
func (a *API) listKeys(w http.ResponseWriter, r *http.Request) error {
	list := []keyView{}
	for _, k := range a.service.Keys(r.URL.Query().Get("account")) {
		list = append(list, viewKey(k, ""))
	}
	return writeJSON(w, http.StatusOK, struct {
		Keys []keyView `json:"keys"`
	}{list})
}

// getKey is GET /keys/{id}.
func (a *API) getKey(w http.ResponseWriter, r *http.Request) error {
	k, err := a.service.Key(chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, viewKey(k, ""))
}

// rotateKey is POST /keys/{id}/rotate {overlap?}, in seconds.
func (a *API) rotateKey(w http.ResponseWriter, r *http.Request) error {
	f, err := a.optionalFields(r)
	if err != nil {
		return err
	}
	if err := f.only("overlap"); err != nil {
		return err
	}
	overlap, err := f.span("overlap")
	if err != nil {
		return err
	}
	k, secret, err := a.service.RotateKey(r.Context(), chi.URLParam(r, "id"), overlap)
	if err != nil {
		return err
	}
	return writeSecret(w, http.StatusOK, viewKey(k, secret))
}

// optionalFields reads a body that need not be there.
func (a *API) optionalFields(r *http.Request) (*fields, error) {
	if r.ContentLength == 0 {
		return &fields{}, nil
	}
	if r.ContentLength < 0 { // an empty one may come in chunks
		b := bufio.NewReader(r.Body)
		if _, err := b.Peek(1); errors.Is(err, io.EOF) {
			return &fields{}, nil
		}
		r.Body = struct {
			io.Reader
			io.Closer
		}{b, r.Body}
	}
	return a.readFields(r, 0, strictly(into(nil, 0)))
}

// revokeKey is DELETE /keys/{id}.
func (a *API) revokeKey(w http.ResponseWriter, r *http.Request) error {
	k, err := a.service.RevokeKey(r.Context(), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, viewKey(k, ""))
}
