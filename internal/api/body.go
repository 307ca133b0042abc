package api

import (
	"bufio"
	"net/http"
)

// body collects the beginning of an answer, so that an error that comes before
// it has left can still be answered in its place.
type body struct {
	*bufio.Writer
	to *typedWriter
}

func newBody(w http.ResponseWriter, mediaType string) body {
	to := &typedWriter{w, mediaType}
	return body{bufio.NewWriterSize(to, 32<<10), to}
}

// Flush sends what is left; an answer without a byte has a type too.
func (b body) Flush() error {
	if b.to.mediaType != "" && b.Buffered() == 0 {
		_, err := b.to.Write(nil)
		return err
	}
	return b.Writer.Flush()
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
