package sandbox

import (
	"fmt"
	"math"
)

// A picture is straightened when its lines run up or down by this many degrees.
const (
	leastTilt = 0.5
	mostTilt  = 31.0
)

// straight has a picture recognized, straightened when it lies askew. The words
// then stand as on the straight picture. What the recognizer is surer of counts,
// and a picture that would be turned far for little text is a drawing.
func straight(picture []byte, read func([]byte) (*recognized, error)) (*recognized, error) {
	degrees := tiltOf(picture)
	if math.Abs(degrees) < leastTilt {
		return read(picture)
	}
	best, err := read(straighten(picture, degrees))
	if err != nil {
		return nil, err
	}
	best.tilt = degrees
	if best.stands() && best.sure() >= certain && len(best.words) >= fewWords {
		return best, nil
	}
	other, err := read(picture)
	if err != nil {
		return best, nil //nolint:nilerr // what was found stays
	}
	if other.betterThan(best) || math.Abs(degrees) > wideTilt && !best.trusted() {
		return other, nil
	}
	return best, nil
}

// How the tilt of a picture is looked for: among so many of its dark points, in
// steps of so many degrees, first coarse and then fine.
const (
	tiltWidth   = 800 // pixels that the picture is made smaller to
	finePoints  = 50_000
	roughPoints = 10_000
	fewPoints   = 500 // too few to tell by
	coarseStep  = 0.5
	fineStep    = 0.1
	clearer     = 1.5 // times what the lines of a straight picture stand out
	wideTilt    = 8.0 // degrees; lines that run steeper may well be those of a drawing
	wideClearer = 2.0
)

// tiltOf is by how many degrees clockwise the lines of a picture run askew, or 0
// when nothing stands out.
func tiltOf(picture []byte) float64 {
	width, height, ok := pgmSize(picture)
	if !ok || len(picture) < width*height {
		return 0
	}
	points := darkPoints(picture[len(picture)-width*height:], width, height).thinned(finePoints)
	if len(points.xs) < fewPoints {
		return 0
	}
	best := points.thinned(roughPoints).clearest(-mostTilt, mostTilt, coarseStep)
	best = points.clearest(best-coarseStep, best+coarseStep, fineStep)
	times := clearer
	if math.Abs(best) > wideTilt {
		times = wideClearer
	}
	if points.contrast(best) < times*points.contrast(0) || math.Abs(best) > mostTilt-coarseStep {
		return 0
	}
	return best
}

// dots are points of a picture, by their places around its middle, none of them
// farther from it than reach. All are whole numbers: the rows of a straight
// picture are those of its points.
type dots struct {
	xs, ys []float64
	reach  float64
}

// darkPoints are the places of the dark points of a smaller picture, around its
// middle, but for those inside dark areas, such as what a scanner sees beside
// the paper: only letters and edges tell how the lines run.
func darkPoints(pixels []byte, width, height int) dots {
	step := max((width+tiltWidth-1)/tiltWidth, 1)
	sum := 0
	for _, v := range pixels {
		sum += int(v)
	}
	dark := byte(float64(sum) / float64(len(pixels)) * 0.7)
	near := 2 * step
	inside := func(at, x, y int) bool {
		return (x < near || pixels[at-near] < dark) && (x+near >= width || pixels[at+near] < dark) &&
			(y < near || pixels[at-near*width] < dark) && (y+near >= height || pixels[at+near*width] < dark)
	}
	d := dots{reach: math.Ceil(math.Hypot(float64(width), float64(height))/float64(2*step)) + 1}
	left, top := width/(2*step), height/(2*step)
	for y := 0; y < height; y += step {
		for x := 0; x < width; x += step {
			if at := y*width + x; pixels[at] < dark && !inside(at, x, y) {
				d.xs = append(d.xs, float64(x/step-left))
				d.ys = append(d.ys, float64(y/step-top))
			}
		}
	}
	return d
}

// thinned is at most so many of the points.
func (d dots) thinned(most int) dots {
	skip := (len(d.xs) + most - 1) / most
	if skip <= 1 {
		return d
	}
	fewer := dots{reach: d.reach}
	for i := 0; i < len(d.xs); i += skip {
		fewer.xs, fewer.ys = append(fewer.xs, d.xs[i]), append(fewer.ys, d.ys[i])
	}
	return fewer
}

// clearest is the angle between two others at which rows stand out most.
func (d dots) clearest(from, to, step float64) float64 {
	best, most := 0.0, 0.0
	for degrees := from; degrees <= to; degrees += step {
		if v := d.contrast(degrees); v > most {
			best, most = degrees, v
		}
	}
	return best
}

// contrast is how much the number of points differs from row to row, when rows
// run askew by so many degrees. A point counts for the two rows that it lies
// between: points stand on a grid, and whole rows would catch two or three of
// its lines by turns where the grid has lines of its own, as at 26.6 degrees.
func (d dots) contrast(degrees float64) float64 {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	rows := make([]float64, int(2*d.reach)+3)
	for i := range d.xs {
		at := d.ys[i]*cos - d.xs[i]*sin + d.reach
		row := int(at)
		part := at - float64(row)
		rows[row] += 1 - part
		rows[row+1] += part
	}
	total := 0.0
	for i := 1; i < len(rows); i++ {
		step := rows[i] - rows[i-1]
		total += step * step
	}
	return total
}

// straighten turns a picture counterclockwise by so many degrees around its
// middle; its size stays, and what comes in at the edges is white.
func straighten(picture []byte, degrees float64) []byte {
	width, height, ok := pgmSize(picture)
	size := width * height
	if !ok || len(picture) < size {
		return picture
	}
	from := picture[len(picture)-size:]
	out := fmt.Appendf(nil, "P5\n%d %d\n255\n", width, height)
	start := len(out)
	out = append(out, make([]byte, size)...)
	to := out[start:]
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	cx, cy := float64(width-1)/2, float64(height-1)/2
	for y := range height {
		dy := float64(y) - cy
		for x := range width {
			dx := float64(x) - cx
			to[y*width+x] = between(from, width, height, cx+dx*cos-dy*sin, cy+dx*sin+dy*cos)
		}
	}
	return out
}

// between is the shade at a place between pixels; white lies outside.
func between(pixels []byte, width, height int, x, y float64) byte {
	left, top := int(math.Floor(x)), int(math.Floor(y))
	if left < 0 || top < 0 || left+1 >= width || top+1 >= height {
		return 255
	}
	fx, fy := x-float64(left), y-float64(top)
	at := top*width + left
	above := float64(pixels[at])*(1-fx) + float64(pixels[at+1])*fx
	below := float64(pixels[at+width])*(1-fx) + float64(pixels[at+width+1])*fx
	return byte(above*(1-fy) + below*fy + 0.5)
}
