package api

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

// The route table and the OpenAPI files say the same, both ways.
func TestRoutesAreThoseOfTheContract(t *testing.T) {
	written, err := testkit.Routes()
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, r := range written {
		want = append(want, r.Method+" "+r.Path)
	}
	for _, r := range (&API{}).Routes() {
		got = append(got, r.Method+" "+r.Pattern)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the files have (-), the table has (+):\n%s", diff)
	}
}
