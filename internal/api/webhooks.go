package api

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/go-chi/chi/v5"

	"docket/internal/account"
	"docket/internal/job"
)

// endpointView is an endpoint as its owner sees it. The secret is shown when
// it is made, and never again.
type endpointView struct {
	ID             string          `json:"id"`
	URL            string          `json:"url"`
	Events         []job.Status    `json:"events"`
	Operations     []job.Operation `json:"operations"`
	AllowCIDRs     []string        `json:"allow_cidrs"`
	Enabled        bool            `json:"enabled"`
	DisabledReason string          `json:"disabled_reason,omitempty"`
	CreatedAt      string          `json:"created_at"`
	Secret         string          `json:"secret,omitempty"`
	OldSecretUntil string          `json:"old_secret_valid_until,omitempty"`
}

func viewEndpoint(e job.Endpoint, withSecret bool) endpointView {
	v := endpointView{
		ID: e.ID, URL: e.URL, Events: e.Events, Operations: e.Operations, AllowCIDRs: e.AllowCIDRs,
		Enabled: e.DisabledAt.IsZero(), DisabledReason: e.DisabledCause, CreatedAt: e.CreatedAt.Format(job.Seconds),
	}
	if v.Events == nil {
		v.Events = allEvents()
	}
	if v.Operations == nil {
		v.Operations = []job.Operation{}
	}
	if v.AllowCIDRs == nil {
		v.AllowCIDRs = []string{}
	}
	if e.OldSecret != "" {
		v.OldSecretUntil = e.OldUntil.Format(job.Seconds)
	}
	if withSecret {
		v.Secret = e.Secret
	}
	return v
}

func allEvents() []job.Status {
	return []job.Status{job.Queued, job.Processing, job.Completed, job.Failed, job.Cancelled}
}

// createWebhook is POST /webhooks. // contract J24
func (a *API) createWebhook(w http.ResponseWriter, r *http.Request) error {
	f, err := a.readFields(r, 1, strictly(into(nil, 0)))
	if err != nil {
		return err
	}
	if err := f.only("url", "events", "operations", "allow_cidrs"); err != nil {
		return err
	}
	var e job.Endpoint
	if e.URL, err = f.text("url"); err != nil {
		return err
	}
	if e.URL == "" {
		return invalid("url", "it is missing", `Send {"url":"https://…"}`)
	}
	events, err := f.list("events")
	if err != nil {
		return err
	}
	if e.Events, err = toldStatuses(events); err != nil {
		return err
	}
	operations, err := f.list("operations")
	if err != nil {
		return err
	}
	if e.Operations, err = a.operations("operations", strings.Join(operations, ",")); err != nil {
		return err
	}
	if e.AllowCIDRs, err = f.networks("allow_cidrs"); err != nil {
		return err
	}
	if c := account.From(r.Context()); len(e.AllowCIDRs) > 0 && !c.May(admin) { // it opens the server's own network
		return lacks(c, admin)
	}
	if e, err = a.service.CreateEndpoint(r.Context(), e); err != nil {
		return err
	}
	w.Header().Set("Location", a.location("/webhooks/"+e.ID))
	return writeJSON(w, http.StatusCreated, viewEndpoint(e, true))
}

// toldStatuses reads the values of current_status that an endpoint wants.
func toldStatuses(words []string) ([]job.Status, error) {
	var list []job.Status
	for _, word := range words {
		found := false
		for _, s := range allEvents() {
			if strings.TrimSpace(word) == string(s) {
				list, found = append(list, s), true
			}
		}
		if !found && strings.TrimSpace(word) != "" {
			return nil, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
				"field": "events", "problem": fmt.Sprintf("%q is not an event", plain(word, 50)), "allowed": []string{"queued", "processing", "completed", "failed", "cancelled"},
			}}
		}
	}
	return list, nil
}

// networks reads a list of address ranges.
func (f *fields) networks(name string) ([]string, error) {
	list, err := f.list(name)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, text := range list {
		p, err := netip.ParsePrefix(strings.TrimSpace(text))
		if err != nil {
			return nil, invalid(name, fmt.Sprintf("%q is not a network", plain(text, 50)), "Send one such as 10.1.0.0/16")
		}
		all = append(all, p.Masked().String())
	}
	return all, nil
}

// listWebhooks is GET /webhooks.
func (a *API) listWebhooks(w http.ResponseWriter, r *http.Request) error {
	endpoints, err := a.service.Endpoints(r.Context())
	if err != nil {
		return err
	}
	list := []endpointView{}
	for _, e := range endpoints {
		list = append(list, viewEndpoint(e, false))
	}
	return writeJSON(w, http.StatusOK, struct {
		Webhooks []endpointView `json:"webhooks"`
	}{list})
}

// endpoint reads the endpoint of the path for the caller.
func (a *API) endpoint(r *http.Request) (job.Endpoint, error) {
	return a.service.Endpoint(r.Context(), plain(chi.URLParam(r, "id"), 100))
}

// getWebhook is GET /webhooks/{id}.
func (a *API) getWebhook(w http.ResponseWriter, r *http.Request) error {
	e, err := a.endpoint(r)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, viewEndpoint(e, false))
}

// deleteWebhook is DELETE /webhooks/{id}.
func (a *API) deleteWebhook(w http.ResponseWriter, r *http.Request) error {
	e, err := a.endpoint(r)
	if err != nil {
		return err
	}
	if err := a.service.DeleteEndpoint(r.Context(), e); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		Message string `json:"message"`
	}{fmt.Sprintf("Webhook %s deleted", e.ID)})
}

// rotateWebhook is POST /webhooks/{id}/rotate: a new secret; both sign for a day.
func (a *API) rotateWebhook(w http.ResponseWriter, r *http.Request) error {
	e, err := a.endpoint(r)
	if err != nil {
		return err
	}
	if e, err = a.service.RotateEndpoint(r.Context(), e); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, viewEndpoint(e, true))
}

// enableWebhook is POST /webhooks/{id}/enable: after 410 has disabled it.
func (a *API) enableWebhook(w http.ResponseWriter, r *http.Request) error {
	e, err := a.endpoint(r)
	if err != nil {
		return err
	}
	if e, err = a.service.EnableEndpoint(r.Context(), e); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, viewEndpoint(e, false))
}

// secretView is the account's secret for addresses that its jobs name.
type secretView struct {
	Secret         string `json:"secret"`
	OldSecretUntil string `json:"old_secret_valid_until,omitempty"`
}

// getSecret is GET /webhooks/secret. // contract J24
func (a *API) getSecret(w http.ResponseWriter, r *http.Request) error {
	e, err := a.service.DefaultSecret(r.Context(), account.From(r.Context()).ID)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, secretView{e.Secret, stamp(e.OldUntil, job.Seconds)})
}

// rotateSecret is POST /webhooks/secret. // contract J24
func (a *API) rotateSecret(w http.ResponseWriter, r *http.Request) error {
	e, err := a.service.RotateDefaultSecret(r.Context(), account.From(r.Context()).ID)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, secretView{e.Secret, stamp(e.OldUntil, job.Seconds)})
}
