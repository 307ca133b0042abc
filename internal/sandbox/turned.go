package sandbox

import (
	"fmt"
	"regexp"
	"strconv"

	"docket/internal/document"
)

// A picture is taken for one that does not stand upright when the recognizer
// was less than doubtful percent sure, or found only a few words of which it
// was not certain.
const (
	doubtful = 60
	certain  = 85
	fewWords = 5
)

// upright has a picture recognized as it stands and, when that goes badly, in
// the direction in which its text is upright. read recognizes, and direction
// tells by how many clockwise quarter turns a picture becomes upright; it is
// nil where nobody can tell.
func upright(picture []byte, read func([]byte) (*recognized, error), direction func([]byte) (int, error)) (*recognized, error) {
	best, err := read(picture)
	if err != nil || best.trusted() {
		return best, err
	}
	turns := []int{2, 1, 3}
	if direction != nil {
		n, err := direction(picture)
		if err != nil || n == 0 {
			return best, nil //nolint:nilerr // too little to tell by, such as a picture without text
		}
		turns = []int{n}
	} else if best.seen < fewWords {
		return best, nil
	}
	for _, n := range turns {
		width, height, ok := pgmSize(picture)
		if !ok {
			return best, nil
		}
		other, err := read(turnPGM(picture, n))
		if err != nil {
			return best, nil //nolint:nilerr // what was found stays
		}
		if other.betterThan(best) {
			other.turnBack(n, width, height)
			best = other
		}
	}
	return best, nil
}

// sure is how sure the recognizer was of all words that it saw, in percent.
func (r *recognized) sure() float64 { return r.certainty / max(r.letters, 1) }

// trusted says whether this is the text of a picture that stands upright.
func (r *recognized) trusted() bool {
	return r.stands() && (r.sure() >= certain || r.sure() >= doubtful && len(r.words) >= fewWords)
}

// stands says whether most words are in lines that run across the picture. The
// program also reads lines that run up or down, without saying which way.
func (r *recognized) stands() bool { return 2*r.lying <= r.seen }

// betterThan compares what was read in two directions.
func (r *recognized) betterThan(o *recognized) bool {
	switch {
	case r.stands() == o.stands():
		return r.score() > o.score()
	case r.stands():
		return 2*r.score() > o.score()
	}
	return r.score() > 2*o.score()
}

// score weighs how much was read by how sure it is.
func (r *recognized) score() float64 {
	letters := 0
	for i := range r.words {
		letters += len(r.words[i].Text) * r.words[i].Confidence
	}
	return float64(letters)
}

// turnBack puts words of a picture that was turned clockwise by n quarters to
// their places before, on a picture of that size.
func (r *recognized) turnBack(n, width, height int) {
	w, h := float64(width), float64(height)
	for i := range r.words {
		d := &r.words[i]
		b := d.Box
		switch n {
		case 1: // x = h - y0, y = x0
			d.Box = document.Box{Left: b.Top, Top: h - b.Right, Right: b.Bottom, Bottom: h - b.Left}
		case 2:
			d.Box = document.Box{Left: w - b.Right, Top: h - b.Bottom, Right: w - b.Left, Bottom: h - b.Top}
			d.Baseline = h - d.Baseline
		case 3: // x = y0, y = w - x0
			d.Box = document.Box{Left: w - b.Bottom, Top: b.Left, Right: w - b.Top, Bottom: b.Right}
			d.Baseline = w - d.Baseline
		}
		d.Turn = (4 - n) & 3
	}
}

// turnPGM turns a picture clockwise by n quarters.
func turnPGM(picture []byte, n int) []byte {
	width, height, ok := pgmSize(picture)
	size := width * height
	if !ok || len(picture) < size {
		return picture
	}
	from := picture[len(picture)-size:]
	w, h := width, height
	if n%2 == 1 {
		w, h = height, width
	}
	out := fmt.Appendf(nil, "P5\n%d %d\n255\n", w, h)
	start := len(out)
	out = append(out, make([]byte, size)...)
	to := out[start:]
	for y := range height {
		for x := range width {
			at := 0
			switch n & 3 {
			case 0:
				at = y*w + x
			case 1:
				at = x*w + (height - 1 - y)
			case 2:
				at = (height-1-y)*w + (width - 1 - x)
			case 3:
				at = (width-1-x)*w + y
			}
			to[at] = from[y*width+x]
		}
	}
	return out
}

// rotation is how the program tells a direction: in degrees clockwise.
var rotation = regexp.MustCompile(`(?m)^Rotate:\s*(\d+)`)

// quarters reads the program's answer about the direction of a picture.
func quarters(answer []byte) (int, error) {
	m := rotation.FindSubmatch(answer)
	if m == nil {
		return 0, fmt.Errorf("no direction in %q", clip(string(answer), maxFact))
	}
	degrees, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return 0, err
	}
	return degrees / 90 % 4, nil
}
