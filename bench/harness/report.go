package harness

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Begin and End are the lines between which a document holds the report.
const (
	Begin = "<!-- measured: written by make bench -->"
	End   = "<!-- end of what was measured -->"
)

// Insert puts the report between the marks of a document.
func Insert(document, report string) (string, error) {
	before, rest, ok := strings.Cut(document, Begin)
	_, after, ok2 := strings.Cut(rest, End)
	if !ok || !ok2 {
		return "", fmt.Errorf("the document has no lines %q and %q", Begin, End)
	}
	return before + Begin + "\n\n" + report + "\n" + End + after, nil
}

// Report writes the results of two runs as Markdown: all in a table, and then
// one by one. charts is the folder of the charts as the document sees it.
func Report(pairs []Pair, charts string) string {
	var b strings.Builder
	b.WriteString(summary(pairs))
	group := ""
	for _, p := range pairs {
		r := p.Shown()
		if r.Group != group {
			group = r.Group
			fmt.Fprintf(&b, "## %s\n\n", group)
		}
		section(&b, r, charts)
	}
	return b.String()
}

func section(b *strings.Builder, r Result, charts string) {
	fmt.Fprintf(b, "### %s\n\n%s\n\n", r.Title, verdict(r))
	fmt.Fprintf(b, "![%s](%s/%s.svg)\n\n", r.Title, charts, r.Name)
	extra := extras(r)
	fmt.Fprintf(b, "| | %s, median (range) | ours through it | CPU each | CPU, ours through it |", r.Unit)
	for _, name := range extra {
		fmt.Fprintf(b, " %s |", name)
	}
	fmt.Fprintf(b, "\n|---|%s\n", strings.Repeat("---|", 4+len(extra)))
	for i, c := range r.Contestants {
		least, most := c.Range()
		fmt.Fprintf(b, "| %s | %s (%s–%s) | %s | %s | %s |", c.Name, number(c.Figure()), number(least), number(most),
			ratio(i, r.Ratio(i)), cpu(c.CPU()), ratio(i, r.CPURatio(i)))
		for _, name := range extra {
			fmt.Fprintf(b, " %s |", number(c.More(name)))
		}
		b.WriteString("\n")
	}
	if r.Note != "" {
		fmt.Fprintf(b, "\n%s\n", r.Note)
	}
	fmt.Fprintf(b, "\n<sub>%s</sub>\n\n", circumstances(r))
}

// verdict says what was to be reached, and by how much it is missed.
func verdict(r Result) string {
	value, byCPU, ok := r.Reached()
	if r.Aim.Kind == NoAim {
		return "No aim was set."
	}
	what := "Aim: " + aim(r)
	if byCPU {
		what += fmt.Sprintf(". Others used the machine (%s of %d cores), so this is judged by processor time", r.Machine.Load, r.Machine.Cores)
	}
	if ok {
		return fmt.Sprintf("%s. **Reached: %s.**", what, number(value))
	}
	return fmt.Sprintf("%s. **Not reached: %s, which is off by %s.**", what, number(value), offBy(value, r.Aim))
}

// aim is what is to be reached; empty: nothing.
func aim(r Result) string {
	switch {
	case r.Aim.Kind == NoAim:
		return ""
	case r.Aim.ofRatio():
		return string(r.Aim.Kind) + " " + number(r.Aim.Value)
	}
	return string(r.Aim.Kind) + " " + number(r.Aim.Value) + " " + r.Unit
}

// Ratio to the contestant itself says nothing.
func ratio(other int, value float64) string {
	if other == 0 || value == 0 {
		return ""
	}
	return number(value)
}

func cpu(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d < time.Millisecond:
		return number(float64(d)/1e3) + " µs"
	}
	return number(float64(d)/1e6) + " ms"
}

// extras are the names of the figures besides.
func extras(r Result) []string {
	names := map[string]bool{}
	for _, c := range r.Contestants {
		for _, round := range c.Rounds {
			for name := range round.More {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// more is the figures besides of one round.
func more(r Round) string {
	text := cpu(r.CPU)
	for _, name := range slices.Sorted(maps.Keys(r.More)) {
		text += " " + name + " " + number(r.More[name])
	}
	return text
}

// circumstances is where and when the row ran.
func circumstances(r Result) string {
	m := r.Machine
	parts := []string{
		fmt.Sprintf("%d rounds in turn", len(r.Contestants[0].Rounds)), r.At.Format("2006-01-02"),
		fmt.Sprintf("%d cores of %s, %s", m.Cores, m.Processor, m.Memory), m.System, "cores busy before: " + m.Load,
	}
	for _, name := range slices.Sorted(maps.Keys(r.Versions)) {
		parts = append(parts, name+" "+r.Versions[name])
	}
	return strings.Join(parts, "; ")
}
