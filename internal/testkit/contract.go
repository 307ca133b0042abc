package testkit

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
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
		if strings.HasPrefix(r.URL.Path, "/ui/") {
			return res, nil // pages for people
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
	case refusedAtTheEdge(r, res):
		return f.unknown, nil
	case preflight(r) && res.StatusCode == http.StatusNoContent:
		return &answer{}, nil
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

// refusedAtTheEdge says that the request was refused before its path counted:
// for the name by which it reached the server, or the page that it came from.
func refusedAtTheEdge(r *http.Request, res *http.Response) bool {
	return res.StatusCode == http.StatusMisdirectedRequest || (res.StatusCode == http.StatusForbidden && r.Header.Get("Origin") != "")
}

// preflight says that a browser asks before it sends the request of a page.
func preflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}
