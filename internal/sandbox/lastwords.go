package sandbox

import (
	"strings"
	"sync"
)

// lastWords keeps the beginning and the end of a stream: a Go program that
// crashes says why first and where last.
type lastWords struct {
	mu   sync.Mutex
	head []byte
	tail []byte
	lost bool
}

const (
	keepHead = 3 << 10
	keepTail = 5 << 10
)

// Write never fails.
func (l *lastWords) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(len(b), keepHead-len(l.head))
	l.head = append(l.head, b[:n]...)
	l.tail = append(l.tail, b[n:]...)
	if extra := len(l.tail) - keepTail; extra > 0 {
		l.tail = append(l.tail[:0], l.tail[extra:]...)
		l.lost = true
	}
	return len(b), nil
}

// String is what was kept, at most about 8 KiB.
func (l *lastWords) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	middle := ""
	if l.lost {
		middle = "\n[…]\n"
	}
	return strings.TrimSpace(string(l.head) + middle + string(l.tail))
}
