package api

import "net/http"

// accountView is one account of the server.
type accountView struct {
	Account string `json:"account"`
}

// listAccounts is GET /accounts. // contract J31
func (a *API) listAccounts(w http.ResponseWriter, r *http.Request) error {
	names, err := a.service.Accounts(r.Context())
	if err != nil {
		return err
	}
	list := []accountView{}
	for _, name := range names {
		list = append(list, accountView{name})
	}
	return writeJSON(w, http.StatusOK, struct {
		Accounts []accountView `json:"accounts"`
	}{list})
}
