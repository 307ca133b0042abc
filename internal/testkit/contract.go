package testkit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Contract checks answers of the server against the OpenAPI files. It checks
// no requests: tests send rubbish on purpose.
type Contract struct {
	t     testing.TB
	files []*file
	told  sync.Map // what was said already: a poll brings the same again and again
}

// contractFiles are read and compiled once for all tests of a binary.
var contractFiles = sync.OnceValues(readContract)

// NewContract reads the OpenAPI files, once for all tests, or fails the test.
func NewContract(t testing.TB) *Contract {
	t.Helper()
	files, err := contractFiles()
	if err != nil {
		t.Fatalf("read the contract: %v", err)
	}
	return &Contract{t: t, files: files}
}

// RoundTripper checks every answer that comes from next. The test fails, and
// goes on, when the status, the media type, a header or the body of the answer
// is not what the OpenAPI files say of its method and path; when a path that
// they do not know is not answered with 404, or a method with 405; and when
// such an error has not the shape of its dialect. The same fault is told once.
// Bodies of JSON are read at once, all others are left alone.
func (c *Contract) RoundTripper(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		res, err := next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		if err := c.check(r, res); err != nil {
			if _, told := c.told.LoadOrStore(gist(err), true); !told {
				c.t.Errorf("contract: %s %s: %v", r.Method, short(r.URL.Path, 200), err)
			}
		}
		return res, nil
	})
}

// gist is the beginning of an error without its numbers, the same for all
// answers with the same fault.
func gist(err error) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return -1
		}
		return r
	}, short(err.Error(), 300))
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// check says what is wrong with the answer, and leaves its body as it was.
func (c *Contract) check(r *http.Request, res *http.Response) error {
	a, err := c.find(r, res)
	if err != nil {
		return err
	}
	if err := a.checkHeaders(res.Header); err != nil {
		return fmt.Errorf("answer %d: %w", res.StatusCode, err)
	}
	if r.Method == http.MethodHead {
		return nil // it has the headers of an answer and no body
	}
	if err := a.checkBody(res); err != nil {
		return fmt.Errorf("answer %d: %w", res.StatusCode, err)
	}
	return nil
}

// find gives what the files say of an answer.
func (c *Contract) find(r *http.Request, res *http.Response) (*answer, error) {
	segments := strings.Split(r.URL.EscapedPath(), "/")
	f, known := match(c.files, r.Method, segments)
	switch {
	case known == nil && res.StatusCode != http.StatusNotFound:
		return nil, fmt.Errorf("the path is in no file, so the answer must be 404, not %d", res.StatusCode)
	case known == nil:
		return f.unknown, nil
	}
	o := known.operation(r.Method)
	switch {
	case o == nil && res.StatusCode != http.StatusMethodNotAllowed:
		return nil, fmt.Errorf("%s.yaml has no such method of %s, so the answer must be 405, not %d", f.name, known.template, res.StatusCode)
	case o == nil && res.Header.Get("Allow") == "":
		return nil, errors.New("answer 405: it has no Allow")
	case o == nil:
		return f.unknown, nil
	}
	a := o[strconv.Itoa(res.StatusCode)]
	if a == nil {
		return nil, fmt.Errorf("%s.yaml has no answer %d of %s, only %s\n%s", f.name, res.StatusCode, known.template, strings.Join(slices.Sorted(maps.Keys(o)), " "), peek(res))
	}
	return a, nil
}

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
