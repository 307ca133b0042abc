package samples_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"testing"
)

// object is a decoded JSON object.
type object map[string]any

// text gives a member that must be a string.
func (o object) text(t *testing.T, key string) string {
	t.Helper()
	s, ok := o[key].(string)
	if !ok || s == "" {
		t.Fatalf("no %s in %v", key, o)
	}
	return s
}

// file is a document in a form.
type file struct{ field, name, content string }

// post sends a form; the answer must be a 2xx.
func post(t *testing.T, path string, fields map[string]string, files ...file) object {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		part, err := w.CreateFormFile(f.field, f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, f.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return do(t, http.MethodPost, os.Getenv(urlVariable)+path, w.FormDataContentType(), &body)
}

func get(t *testing.T, path string) object {
	t.Helper()
	return do(t, http.MethodGet, os.Getenv(urlVariable)+path, "", http.NoBody)
}

// do sends a request whose answer must be a 2xx, and decodes its object.
func do(t *testing.T, method, url, contentType string, body io.Reader) object {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		t.Fatalf("%s %s answers %s: %s", method, url, resp.Status, b)
	}
	var o object
	if len(b) > 0 {
		if err := json.Unmarshal(b, &o); err != nil {
			t.Fatalf("%s %s answers %s: %v", method, url, b, err)
		}
	}
	return o
}
