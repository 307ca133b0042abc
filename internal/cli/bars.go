package cli

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bars shows a bar for each job that runs, and one for all, below what has
// been printed. Without a terminal it shows nothing: each job that ends has
// its line.
type bars struct {
	screen *screen
	total  int
	done   int
	order  []string // jobs that run, in the order in which they began
	of     map[string]jobState
	drawn  int // lines
}

// startBars begins to show so many jobs.
func (s *screen) startBars(total int) *bars {
	b := &bars{screen: s, total: total, of: map[string]jobState{}}
	if s.live != nil {
		s.mu.Lock()
		s.bars = b
		s.mu.Unlock()
	}
	return b
}

// saw is told how a job stands.
func (b *bars) saw(j jobState) {
	s := b.screen
	s.mu.Lock()
	defer s.mu.Unlock()
	_, runs := b.of[j.ID]
	switch {
	case j.final():
		b.done++
		delete(b.of, j.ID)
	case j.Status == "processing" || b.total == 1:
		if !runs {
			b.order = append(b.order, j.ID)
		}
		b.of[j.ID] = j
	}
	if s.bars == b {
		b.clear()
		b.draw()
	}
}

// stop takes the bars away.
func (b *bars) stop() {
	s := b.screen
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bars == b {
		b.clear()
		s.bars = nil
	}
}

// clear and draw are called with the screen's lock held. What cannot be drawn
// is no loss.
func (b *bars) clear() {
	if b.drawn > 0 {
		_, _ = fmt.Fprintf(b.screen.live, "\x1b[%dA\x1b[J", b.drawn)
		b.drawn = 0
	}
}

func (b *bars) draw() {
	width, height := size(b.screen.live)
	var lines []string
	for _, id := range b.order {
		if j, runs := b.of[id]; runs && len(lines) < height-4 {
			lines = append(lines, barLine(j, width))
		}
	}
	if b.total > 1 {
		lines = append(lines, allLine(b.done, b.total, width))
	}
	for _, line := range lines {
		_, _ = fmt.Fprintln(b.screen.live, line)
	}
	b.drawn = len(lines)
}

// size is that of the terminal, in letters.
func size(f *os.File) (width, height int) {
	width, height, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 20 || height < 6 {
		return 80, 24
	}
	return width, height
}

const nameWidth = 28

func barLine(j jobState, width int) string {
	name := plain(j.name())
	if name == "" {
		name = j.ID
	}
	text := j.more()
	if j.Status == "processing" { // the bar has the rest
		text = j.pages()
	}
	return bar(name, j.Progress.Percentage, 100, text, width)
}

func allLine(done, total, width int) string {
	return bar("all jobs", done, total, fmt.Sprintf("%d of %d", done, total), width)
}

// bar is one line: a name, the bar, and what there is to say.
func bar(name string, done, of int, text string, width int) string {
	letters := []rune(name)
	if len(letters) > nameWidth {
		letters = append(letters[:nameWidth-1], '…')
	}
	var line bytes.Buffer
	p := progressbar.NewOptions(of,
		progressbar.OptionSetWriter(&line), progressbar.OptionSetWidth(min(30, max(10, width-nameWidth-30))), progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false), progressbar.OptionSetDescription(pad(string(letters), nameWidth)),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerPadding: "░", BarStart: "", BarEnd: ""}),
	)
	// Into a buffer, which takes everything; at 0 it is drawn by the first alone.
	_ = p.RenderBlank()
	_ = p.Set(done)
	shown := []rune(strings.TrimSpace(p.String()) + "  " + plain(text))
	return string(shown[:min(len(shown), width-1)])
}
