package api

import (
	"net/http"

	"docket/internal/account"
	"docket/internal/job"
)

// actView is one line of the audit log.
type actView struct {
	ID      string         `json:"id"`
	At      string         `json:"at"`
	Action  account.Action `json:"action"`
	Account string         `json:"account"`
	Caller  string         `json:"caller"`
	KeyID   string         `json:"key_id,omitempty"`
	Address string         `json:"address,omitempty"`
	Subject string         `json:"subject"`
	Detail  string         `json:"detail,omitempty"`
}

// listActs is GET /audit, newest first.
func (a *API) listActs(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := account.ActFilter{Account: plain(q.Get("account"), 100), Key: plain(q.Get("key_id"), 100), Action: account.Action(plain(q.Get("action"), 100))}
	var err error
	if f.After, err = timestamp("after", q.Get("after")); err != nil {
		return err
	}
	if f.Before, err = timestamp("before", q.Get("before")); err != nil {
		return err
	}
	if f.Limit, f.Offset, err = span(q); err != nil {
		return err
	}
	acts, total, err := a.service.Acts(r.Context(), f)
	if err != nil {
		return err
	}
	list := []actView{}
	for _, act := range acts {
		list = append(list, actView{
			ID: act.ID, At: act.At.Format(job.Seconds), Action: act.Action, Account: act.Account, Caller: act.By, KeyID: act.Key, Address: act.Address, Subject: act.Subject, Detail: act.Detail,
		})
	}
	return writeJSON(w, http.StatusOK, struct {
		Acts       []actView  `json:"acts"`
		Pagination pagination `json:"pagination"`
	}{list, pagination{Total: total, Limit: f.Limit, Offset: f.Offset, HasMore: int64(f.Offset+len(list)) < total}})
}
