package api

import (
	"bufio"
	"net/http"
)

// body collects the beginning of an answer, so that an error that comes before
// it has left can still be answered in its place.
type body struct {
	*bufio.Writer
}

func newBody(w http.ResponseWriter, mediaType string) body {
	return body{bufio.NewWriterSize(&typedWriter{w, mediaType}, 32<<10)}
}

// typedWriter says the type of the body with its first bytes; an error has
// another.
type typedWriter struct {
	w         http.ResponseWriter
	mediaType string
}

func (t *typedWriter) Write(p []byte) (int, error) {
	if t.mediaType != "" {
		t.w.Header().Set("Content-Type", t.mediaType)
		t.mediaType = ""
	}
	return t.w.Write(p)
}
