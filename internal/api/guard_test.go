package api

import (
	"net/http"
	"strings"
	"testing"

	"docket/internal/job"
)

// Whatever the headers hold, one key comes out of them, or none, or an error.
func FuzzShownKey(f *testing.F) {
	f.Add("docket_a", "docket_a", "Bearer docket_a")
	f.Add("", "", "Basic Zm9v")
	f.Add("a", "b", "")
	f.Add(" a ", "\ta", "bearer   a")
	f.Add("", "", "Bearer")
	f.Fuzz(func(t *testing.T, first, second, authorization string) {
		h := http.Header{"X-Api-Key": {first}, "Api-Key": {second}, "Authorization": {authorization}}
		key, err := shownKey(h)
		if err != nil {
			if job.CodeOf(err) != job.Unauthorized || key != "" {
				t.Errorf("%q, %v", key, err)
			}
			return
		}
		if key != strings.TrimSpace(key) {
			t.Errorf("%q is not trimmed", key)
		}
		for _, v := range []string{first, second} {
			if v = strings.TrimSpace(v); v != "" && v != key {
				t.Errorf("%q was shown and %q was taken", v, key)
			}
		}
	})
}
