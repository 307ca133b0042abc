package testkit

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func (a *answer) checkHeaders(h http.Header) error {
	for name, want := range a.headers {
		value := h.Get(name)
		switch {
		case value == "" && want.required:
			return fmt.Errorf("it has no %s", name)
		case value == "" || want.schema == nil:
			continue
		}
		if err := want.schema.Validate(value); err != nil {
			return fmt.Errorf("header %s: %w", name, err)
		}
	}
	return nil
}

func (a *answer) checkBody(res *http.Response) error {
	kind := res.Header.Get("Content-Type")
	if len(a.content) == 0 {
		if kind != "" {
			return fmt.Errorf("it has a body of type %q, and should have none", kind)
		}
		return nil
	}
	media, _, err := mime.ParseMediaType(kind)
	if err != nil {
		return fmt.Errorf("its type is %q: %w", kind, err)
	}
	schema, ok := a.content[media]
	if !ok {
		return fmt.Errorf("its type is %q, and not one of %s\n%s", kind, strings.Join(slices.Sorted(maps.Keys(a.content)), " "), peek(res))
	}
	if media != "application/json" {
		return nil
	}
	body, err := take(res)
	if err != nil {
		return nil //nolint:nilerr // an answer that was cut off is for the caller to judge
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("its body is no JSON: %w\n%s", err, short(string(body), 2000))
	}
	if err := schema.Validate(value); err != nil {
		return fmt.Errorf("its body: %w\n%s", err, short(string(body), 2000))
	}
	return nil
}

// take reads the body, and puts what it read, and the error it met, back.
func take(res *http.Response) ([]byte, error) {
	b, err := io.ReadAll(res.Body)
	if closed := res.Body.Close(); err == nil {
		err = closed
	}
	var rest io.Reader = bytes.NewReader(b)
	if err != nil {
		rest = io.MultiReader(rest, failing{err})
	}
	res.Body = io.NopCloser(rest)
	return b, err
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// peek shows the beginning of a body that is JSON.
func peek(res *http.Response) string {
	if res.Header.Get("Content-Type") != "application/json" {
		return ""
	}
	b, _ := take(res) // what there is says enough, and the caller meets the error
	return short(string(b), 2000)
}

func short(s string, most int) string {
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
