package account

// Taken is how many requests of a class a key has made on one node.
type Taken struct {
	Key   string `json:"k"`
	Class Class  `json:"c"`
	N     int    `json:"n"`
}

// Share begins to note what is taken here, for other nodes.
func (w *Windows) Share() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.taken == nil {
		w.taken = map[counted]int{}
	}
}

// Shared gives what was taken here since the last call. // contract J29
func (w *Windows) Shared() []Taken {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Taken, 0, len(w.taken))
	for k, n := range w.taken {
		all = append(all, Taken{Key: k.key, Class: k.class, N: n})
	}
	clear(w.taken)
	return all
}

// Add counts what was taken on another node, as of now.
func (w *Windows) Add(all []Taken) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := w.now().Sub(w.begun)
	for _, t := range all {
		one := w.of[counted{t.Key, t.Class}]
		if one == nil {
			one = &window{}
			w.of[counted{t.Key, t.Class}] = one
		}
		one.forget(at)
		for range min(t.N, mostAdded) {
			one.push(at)
		}
	}
}

// mostAdded is of how many requests of a second another node is believed.
const mostAdded = 100_000
