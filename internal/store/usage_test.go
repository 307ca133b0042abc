package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/account"
	"docket/internal/store"
	"docket/internal/testkit"
)

// Folding changes no sum, and days and accounts stay apart.
func TestUsageIsFolded(t *testing.T) {
	s, start := testkit.Store(t), testkit.Start()
	for i := range 9 {
		testkit.Submit(t, s, []string{"a", "b", "a"}[i%3], start.Add(time.Duration(i/3)*24*time.Hour))
	}
	read := func(of string, from, to int) []account.Usage {
		found, err := s.Usage(t.Context(), of, start.AddDate(0, 0, from).Truncate(24*time.Hour), start.AddDate(0, 0, to).Truncate(24*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	day := func(n int, submitted int64) account.Usage {
		return account.Usage{Day: start.AddDate(0, 0, n).Truncate(24 * time.Hour), Operation: "parse", Submitted: submitted}
	}
	for range 2 {
		if diff := cmp.Diff([]account.Usage{day(0, 2), day(1, 2), day(2, 2)}, read("a", 0, 3)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]account.Usage{day(1, 1)}, read("b", 1, 2)); diff != "" {
			t.Error(diff)
		}
		if err := s.Write(t.Context(), &store.FoldUsage{}); err != nil {
			t.Fatal(err)
		}
	}
}
