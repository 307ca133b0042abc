package api

import "sync/atomic"

// moves counts the changes of each account's jobs: while there are none, a job
// that waits keeps its place in the line. Accounts may share a number: then a
// place is counted anew that need not be.
type moves struct{ of [256]atomic.Uint64 }

func (m *moves) number(account string) *atomic.Uint64 {
	sum := uint32(2166136261) // FNV-1a
	for i := range len(account) {
		sum = (sum ^ uint32(account[i])) * 16777619
	}
	return &m.of[sum%uint32(len(m.of))]
}

func (m *moves) moved(account string) { m.number(account).Add(1) }

func (m *moves) all() {
	for i := range m.of {
		m.of[i].Add(1)
	}
}
