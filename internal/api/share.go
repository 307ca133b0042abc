package api

import (
	"encoding/json"
	"slices"

	"docket/internal/account"
)

// shared is what nodes tell each other each second, so that limits hold for
// all of them together. // contract J29
type shared struct {
	Taken []account.Taken `json:"taken,omitempty"`
	Open  map[string]int  `json:"open,omitempty"`  // WebSockets by account
	Slots bool            `json:"slots,omitempty"` // Open is meant, also when it is empty
}

// sharedAtOnce is how many keys or accounts go into one text.
const sharedAtOnce = 60

// Share gives what other nodes are to know, in texts of a few KB; the first
// call begins to note it.
func (a *API) Share() [][]byte {
	a.windows.Share()
	var all []shared
	for some := range slices.Chunk(a.windows.Shared(), sharedAtOnce) {
		all = append(all, shared{Taken: some})
	}
	if open := a.streams.slots.here(); open != nil {
		all = append(all, shared{Open: most(open, sharedAtOnce), Slots: true})
	}
	texts := make([][]byte, 0, len(all))
	for _, one := range all {
		if text, err := json.Marshal(one); err == nil {
			texts = append(texts, text)
		}
	}
	return texts
}

// Heard takes what another node has shared.
func (a *API) Heard(node string, text []byte) {
	var s shared
	if json.Unmarshal(text, &s) != nil {
		return // of a newer version
	}
	a.windows.Add(s.Taken)
	if s.Slots {
		a.streams.slots.there(node, s.Open)
	}
}

// most keeps the n accounts that have most: one with few open is far from its
// limit.
func most(open map[string]int, n int) map[string]int {
	if len(open) <= n {
		return open
	}
	accounts := make([]string, 0, len(open))
	for account := range open {
		accounts = append(accounts, account)
	}
	slices.SortFunc(accounts, func(a, b string) int { return open[b] - open[a] })
	kept := make(map[string]int, n)
	for _, account := range accounts[:n] {
		kept[account] = open[account]
	}
	return kept
}
