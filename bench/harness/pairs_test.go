package harness

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// named is a sample of another name, whose contestants have these figures.
func named(name string, aim Aim, ours, theirs float64) Result {
	r := sample(aim)
	r.Name, r.Title, r.Contestants = name, name, []Found{found("Docket", ours), found("bare", theirs)}
	return r
}

// Rows stand in their own order, also those that one run alone has measured.
func TestPairs(t *testing.T) {
	rows := []Row{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "never"}}
	first := []Result{named("b", Aim{}, 1, 1), named("a", Aim{}, 1, 1)}
	second := []Result{named("c", Aim{}, 1, 1), named("b", Aim{}, 2, 1), named("gone", Aim{}, 1, 1)}
	var got []string
	for _, p := range Pairs(rows, first, second) {
		word := p.Shown().Name
		if p.First != nil {
			word += " first"
		}
		if p.Second != nil {
			word += " second"
		}
		got = append(got, word)
	}
	if diff := cmp.Diff([]string{"a first", "b first second", "c second"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSummaryOfTwoRuns(t *testing.T) {
	for _, test := range []struct {
		name          string
		aim           Aim
		first, second float64 // ours; the yardstick has 100
		want          string
	}{
		{"both", Aim{RatioAtLeast, 0.9}, 95, 90, "| ratio at least 0.900 | 0.950 | 0.900 | reached |"},
		{"none", Aim{RatioAtLeast, 0.9}, 81, 72, "| ratio at least 0.900 | 0.810 | 0.720 | 10 % off, 20 % off |"},
		{"one", Aim{RatioAtMost, 2}, 100, 300, "| ratio at most 2.00 | 1.00 | 3.00 | reached, 50 % off |"},
		{"alone", Aim{AtMost, 5}, 4, 5, "| at most 5.00 requests/s | 4.00 requests/s | 5.00 requests/s | reached |"},
		{"no aim", Aim{}, 50, 25, "|  | 0.500 | 0.250 |  |"},
	} {
		first, second := named(test.name, test.aim, test.first, 100), named(test.name, test.aim, test.second, 100)
		got := summary([]Pair{{&first, &second}})
		if want := "| " + test.name + " " + test.want + "\n"; !strings.Contains(got, want) {
			t.Errorf("%s: no %q in\n%s", test.name, want, got)
		}
	}
}

// Where all contestants are ours and no ratio is aimed at, the figure is told.
func TestSummaryWithoutAYardstick(t *testing.T) {
	r := named("tell", Aim{}, 50, 100)
	r.Contestants[1].Name = "Docket, elsewhere"
	if got := summary([]Pair{{First: &r}}); !strings.Contains(got, "| tell |  | 50.0 requests/s |  |  |\n") {
		t.Error(got)
	}
}

func TestSummarySaysWhenTheRunsWere(t *testing.T) {
	a, b := named("a", Aim{}, 1, 1), named("b", Aim{}, 1, 1)
	a.Took, b.Took = 90*time.Second, 30*time.Second
	b.At, b.Versions = b.At.AddDate(0, 0, 1), map[string]string{"Docket": "def"}
	got := summary([]Pair{{Second: &a}, {Second: &b}})
	for _, want := range []string{
		"- First run: none yet.\n",
		"- Second run: 2026-01-02, 2026-01-03; Docket abc, def; cores busy before: 0.5; 2 rows in 2 min.\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
