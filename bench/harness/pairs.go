package harness

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Pair is what two whole runs have found of a row; one of them may not have
// measured it, and is nil.
type Pair struct{ First, Second *Result }

// Pairs puts the results of two runs side by side, in the order of the rows.
func Pairs(rows []Row, first, second []Result) []Pair {
	of := func(run []Result, name string) *Result {
		if i := slices.IndexFunc(run, func(r Result) bool { return r.Name == name }); i >= 0 {
			return &run[i]
		}
		return nil
	}
	var all []Pair
	for _, row := range rows {
		if p := (Pair{of(first, row.Name), of(second, row.Name)}); p != (Pair{}) {
			all = append(all, p)
		}
	}
	return all
}

// Shown is the result whose rounds are told one by one: that of the first run
// that has measured the row.
func (p Pair) Shown() Result { return *cmp.Or(p.First, p.Second) }

// summary is a table of all rows: what each was to reach, and what the two runs
// have found.
func summary(pairs []Pair) string {
	var b strings.Builder
	b.WriteString("## Two runs\n\n")
	b.WriteString(occasion("First", pairs, func(p Pair) *Result { return p.First }))
	b.WriteString(occasion("Second", pairs, func(p Pair) *Result { return p.Second }))
	b.WriteString("\nA figure without a unit is the ratio to the yardstick. Details of the first run are below.\n\n")
	b.WriteString("| | aim | first run | second run | |\n|---|---|---|---|---|\n")
	group := ""
	for _, p := range pairs {
		r := p.Shown()
		if r.Group != group {
			group = r.Group
			fmt.Fprintf(&b, "| **%s** | | | | |\n", group)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.Title, aim(r), p.First.short(), p.Second.short(), p.outcome())
	}
	return b.String() + "\n"
}

// occasion says when a run was, of what, and how long it took.
func occasion(name string, pairs []Pair, of func(Pair) *Result) string {
	var (
		days, versions, loads []string
		took                  time.Duration
		rows                  int
	)
	for _, p := range pairs {
		r := of(p)
		if r == nil {
			continue
		}
		rows++
		took += r.Took
		days, versions, loads = append(days, r.At.Format(time.DateOnly)), append(versions, r.Versions["Docket"]), append(loads, r.Machine.Load)
	}
	if rows == 0 {
		return fmt.Sprintf("- %s run: none yet.\n", name)
	}
	text := fmt.Sprintf("- %s run: %s; Docket %s; cores busy before: %s; %d rows", name, distinct(days), distinct(versions), distinct(loads), rows)
	if took > 0 {
		text += fmt.Sprintf(" in %.0f min", took.Minutes())
	}
	return text + ".\n"
}

// distinct are words without those that come twice, in order.
func distinct(words []string) string {
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(words))), ", ")
}

// short is what a run has found, in a word: the ratio where there is a
// yardstick, else the figure.
func (r *Result) short() string {
	if r == nil {
		return ""
	}
	value, byCPU, _ := r.Reached()
	switch {
	case byCPU:
		return number(value) + " of processor time"
	case r.Aim.ofRatio():
		return number(value)
	case r.Aim.Kind == NoAim && len(r.Contestants) > 1 && !strings.HasPrefix(r.Contestants[1].Name, ours):
		return number(r.Ratio(1))
	}
	return number(value) + " " + r.Unit
}

// ours begins the names of contestants of ours, of which none is a yardstick
// where no ratio is aimed at.
const ours = "Docket"

// outcome says of each run whether it reached the aim, once when both did alike.
func (p Pair) outcome() string {
	var words []string
	for _, r := range []*Result{p.First, p.Second} {
		if r == nil || r.Aim.Kind == NoAim {
			continue
		}
		value, _, ok := r.Reached()
		word := "reached"
		if !ok {
			word = fmt.Sprintf("%s off", offBy(value, r.Aim))
		}
		words = append(words, word)
	}
	return strings.Join(slices.Compact(words), ", ")
}

// offBy is by how much an aim is missed.
func offBy(value float64, a Aim) string {
	return fmt.Sprintf("%.0f %%", 100*math.Abs(value/a.Value-1))
}
