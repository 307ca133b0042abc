package api

import (
	"net/http"
	"time"

	"docket/internal/account"
)

// usageView is what was done with one operation on one day, or the sums.
type usageView struct {
	Day       string `json:"day,omitempty"`
	Operation string `json:"operation,omitempty"`
	Submitted int64  `json:"submitted"`
	Completed int64  `json:"completed"`
	Failed    int64  `json:"failed"`
	Cancelled int64  `json:"cancelled"`
	Pages     int64  `json:"pages"`
	Bytes     int64  `json:"bytes"`
}

func viewUsage(u account.Usage) usageView {
	v := usageView{
		Operation: u.Operation, Submitted: u.Submitted, Completed: u.Completed, Failed: u.Failed, Cancelled: u.Cancelled, Pages: u.Pages, Bytes: u.Bytes,
	}
	if !u.Day.IsZero() {
		v.Day = u.Day.Format(time.DateOnly)
	}
	return v
}

// getUsage is GET /usage: this month, or the days from ?from= to before ?to=.
func (a *API) getUsage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	from, err := timestamp("from", q.Get("from"))
	if err != nil {
		return err
	}
	to, err := timestamp("to", q.Get("to"))
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	if to.IsZero() {
		to = now.AddDate(0, 0, 1)
	}
	if from.IsZero() {
		from = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	from, to = from.Truncate(24*time.Hour), to.Truncate(24*time.Hour)
	list, err := a.service.Usage(r.Context(), plain(q.Get("account"), 100), from, to)
	if err != nil {
		return err
	}
	views, total := []usageView{}, account.Usage{}
	for _, u := range list {
		views, total = append(views, viewUsage(u)), total.Add(u)
	}
	return writeJSON(w, http.StatusOK, struct {
		From  string      `json:"from"`
		To    string      `json:"to"`
		Usage []usageView `json:"usage"`
		Total usageView   `json:"total"`
	}{from.Format(time.DateOnly), to.Format(time.DateOnly), views, viewUsage(total)})
}
