package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"
)

// screen is where a command writes: answers to stdout, what happens meanwhile
// to stderr.
type screen struct {
	out, errs io.Writer
	asJSON    bool
	terminal  bool // stdout is one: glyphs, columns and the next command
	colour    bool
	live      *os.File // stderr, when it is a terminal that bars can be drawn on

	names int // width of the column of names

	mu    sync.Mutex
	bars  *bars  // drawn at the moment; nil: none
	noted string // last
}

func newScreen(c *cli) *screen {
	s := &screen{out: c.Stdout, errs: c.Stderr, asJSON: c.asJSON}
	s.terminal = isTerminal(c.Stdout) && !c.asJSON
	no, _ := c.LookupEnv("NO_COLOR")
	kind, _ := c.LookupEnv("TERM")
	s.colour = s.terminal && no == "" && kind != "dumb"
	if f, ok := c.Stderr.(*os.File); ok && isTerminal(f) && kind != "dumb" && !c.asJSON {
		s.live = f
	}
	return s
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// note tells what happens, beside the answer; what has just been told is not
// told again, as when several requests wait for the same.
func (s *screen) note(text string) {
	// There is nothing to be done when stderr cannot be written to.
	_ = s.above(func() error {
		if text == s.noted {
			return nil
		}
		s.noted = text
		_, err := fmt.Fprintln(s.errs, "docket:", text)
		return err
	})
}

// above prints a line above the bars, if any are drawn. That stderr cannot be
// written to changes nothing.
func (s *screen) above(write func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bars != nil {
		s.bars.clear()
	}
	err := write()
	if s.bars != nil {
		s.bars.draw()
	}
	return err
}

// say prints one line of the answer.
func (s *screen) say(format string, args ...any) error {
	return s.above(func() error {
		if _, err := fmt.Fprintf(s.out, format+"\n", args...); err != nil {
			return fmt.Errorf("print: %w", err)
		}
		return nil
	})
}

// raw prints an answer of the server, as --json wants it.
func (s *screen) raw(answer json.RawMessage) error { return s.say("%s", answer) }

// next prints what one may want to do then, ready to be copied.
func (s *screen) next(format string, args ...any) error {
	if !s.terminal {
		return nil
	}
	return s.say("%s", s.paint(dim, fmt.Sprintf(format, args...)))
}

// Colours of a terminal.
const (
	dim    = "2"
	grey   = "90"
	blue   = "34"
	green  = "32"
	red    = "31"
	yellow = "33"
)

func (s *screen) paint(colour, text string) string {
	if !s.colour {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// mark is a state's glyph and its word.
func (s *screen) mark(status string) string {
	glyph, colour := "○", grey
	switch status {
	case "processing":
		glyph, colour = "◐", blue
	case "completed":
		glyph, colour = "●", green
	case "failed", "not_found", "forbidden":
		glyph, colour = "✕", red
	case "cancelled":
		glyph, colour = "⊘", yellow
	}
	return s.paint(colour, glyph+" "+pad(strings.ReplaceAll(status, "_", " "), 10))
}

// jobLine is one job: state, operation, id, name, and a word more. It has
// tabs where it is not for people.
func (s *screen) jobLine(j jobState) string {
	more := j.more()
	if j.CreatedAt != "" && s.terminal {
		more = strings.TrimRight(pad(ago(j.CreatedAt, time.Now()), 12)+more, " ")
	}
	if !s.terminal {
		return strings.TrimRight(strings.Join([]string{j.ID, j.Status, j.Operation, plain(j.Name), plain(more)}, "\t"), "\t")
	}
	parts := []string{s.mark(j.Status), pad(j.Operation, 8), j.ID}
	if name := pad(plain(j.Name), s.names); name != "" {
		parts = append(parts, name)
	}
	if more != "" {
		parts = append(parts, s.paint(dim, plain(more)))
	}
	return strings.TrimRight(strings.Join(parts, "  "), " ")
}

// align makes the column of names as wide as those of the jobs, up to a
// width.
func (s *screen) align(jobs []jobState) {
	const most = 32
	for _, j := range jobs {
		s.names = max(s.names, min(utf8.RuneCountInString(j.name()), most))
	}
}

// table prints rows under their heads, in columns on a terminal and with tabs
// elsewhere.
func (s *screen) table(heads []string, rows [][]string) error {
	if !s.terminal {
		for _, row := range rows {
			if err := s.say("%s", strings.Join(row, "\t")); err != nil {
				return err
			}
		}
		return nil
	}
	widths := make([]int, len(heads))
	for _, row := range append([][]string{heads}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for n, row := range append([][]string{heads}, rows...) {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(pad(cell, widths[i]) + "  ")
		}
		text := strings.TrimRight(line.String(), " ")
		if n == 0 {
			text = s.paint(dim, text)
		}
		if err := s.say("%s", text); err != nil {
			return err
		}
	}
	return nil
}

// pad fills up with spaces to a width in letters.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

// plain is a text of the server that is safe on a terminal and has no line of
// its own.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return ' '
		}
		return r
	}, text)
}

// ago says how long ago a time was, as the API spells it.
func ago(stamp string, now time.Time) string {
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return stamp
	}
	switch d := now.Sub(at); {
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", max(0, int(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days ago", int(d.Hours())/24)
	}
}

// span says how long something took.
func span(from, to string) string {
	begin, err1 := time.Parse(time.RFC3339, from)
	end, err2 := time.Parse(time.RFC3339, to)
	if err1 != nil || err2 != nil {
		return ""
	}
	return end.Sub(begin).Round(time.Second).String()
}

// count spells a number with thin spaces.
func count(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "\u2009" + text[i:]
	}
	return text
}
