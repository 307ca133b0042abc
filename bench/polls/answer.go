package polls

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
)

// readAnswer reads an answer of HTTP.
func readAnswer(from io.Reader) (recorded, error) {
	r, err := http.ReadResponse(bufio.NewReader(from), nil)
	if err != nil {
		return recorded{}, fmt.Errorf("read an answer: %w", err)
	}
	defer func() { _ = r.Body.Close() }() // only read
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return recorded{}, fmt.Errorf("read an answer: %w", err)
	}
	return recorded{Status: r.StatusCode, Header: r.Header, Body: body}, nil
}
