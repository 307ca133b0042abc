package document

import "math"

// strip is the width, in points, of the strips in which gutters are looked
// for.
const strip = 2.0

// cutBands looks for a gutter that some items cross, such as a title above two
// columns, and cuts the region into bands from top to bottom: those that have
// columns on both sides of the gutter, and what is between.
func cutBands(items []phrase) [][]phrase {
	x, ok := likelyGutter(items)
	if !ok {
		return nil
	}
	var bands [][]phrase
	var rest, band []phrase // rest: not columns; band: since the last crossing
	found := false
	closeBand := func() {
		left, right := beside(band, x)
		if isBand(left, right) {
			if len(rest) > 0 {
				bands = append(bands, rest)
			}
			bands, rest, found = append(bands, band), nil, true
		} else {
			rest = append(rest, band...)
		}
		band = nil
	}
	for _, p := range byTop(items) {
		if p.box.Left < x && p.box.Right > x {
			closeBand()
			rest = append(rest, p)
		} else {
			band = append(band, p)
		}
	}
	closeBand()
	if len(rest) > 0 {
		bands = append(bands, rest)
	}
	if !found {
		return nil
	}
	return bands
}

// isBand asks for two lines on each side, a gutter between them, and text
// rather than cells.
func isBand(left, right []phrase) bool {
	if len(left) < 2 || len(right) < 2 || len(rows(left)) < 2 || len(rows(right)) < 2 {
		return false
	}
	end, start := math.Inf(-1), math.Inf(1)
	for _, p := range left {
		end = max(end, p.box.Right)
	}
	for _, p := range right {
		start = min(start, p.box.Left)
	}
	both := append(append([]phrase{}, left...), right...)
	return start-end >= gutter(both) && areColumns(left, right)
}

// likelyGutter finds the strip in the middle three quarters of the region that
// the fewest items cross, if they are at most a third of the most that cross
// any strip.
func likelyGutter(items []phrase) (float64, bool) {
	left, right := math.Inf(1), math.Inf(-1)
	for _, p := range items {
		left, right = min(left, p.box.Left), max(right, p.box.Right)
	}
	width := right - left
	const most = 20_000 // strips; wider regions are not pages
	if !(width > 8*strip) || width > most*strip {
		return 0, false
	}
	n := int(width/strip) + 1
	crossing := make([]int, n+1)
	for _, p := range items {
		crossing[int((p.box.Left-left)/strip)]++
		crossing[min(int((p.box.Right-left)/strip)+1, n)]--
	}
	peak := 0
	for i := 1; i < n; i++ {
		crossing[i] += crossing[i-1]
		peak = max(peak, crossing[i])
	}
	from, to := widestLow(crossing[:n], n/8, n-n/8)
	if from >= to || 3*crossing[from] > peak {
		return 0, false
	}
	return left + float64(from+to)/2*strip, true
}

// widestLow is the longest run of the smallest count between lo and hi.
func widestLow(counts []int, lo, hi int) (from, to int) {
	for i := lo; i < hi; {
		j := i + 1
		for j < hi && counts[j] == counts[i] {
			j++
		}
		if to == from || counts[i] < counts[from] || counts[i] == counts[from] && j-i > to-from {
			from, to = i, j
		}
		i = j
	}
	return from, to
}
