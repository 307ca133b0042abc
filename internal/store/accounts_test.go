package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

func TestAccountsThatHaveJobs(t *testing.T) {
	s := testkit.Store(t)
	for _, step := range []struct {
		submit string
		want   []string
	}{
		{"", nil},
		{"b", []string{"b"}},
		{"b", []string{"b"}},
		{"a", []string{"a", "b"}},
		{"c c", []string{"a", "b", "c c"}},
	} {
		if step.submit != "" {
			testkit.Submit(t, s, step.submit, testkit.Start())
		}
		got, err := s.Accounts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("after a job of %q: %s", step.submit, diff)
		}
	}
}
