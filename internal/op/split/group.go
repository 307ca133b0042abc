package split

import "docket/internal/op"

// page is what is kept of a page.
type page struct {
	op.PageClass
	cue cue
}

// part is the pages that make one file.
type part struct {
	category int
	pages    []int // from 1
}

// doubt is the score at which a page's own evidence counts half.
const doubt = 3.0

// aside is what decides where nothing else does.
const aside = 0.05

// assign finds the category of each page, such that pages follow their own
// words and yet stay with the page before unless something speaks against it.
// It is the best path through all pages, found backwards from the last.
func assign(pages []page, categories int) []int {
	pages = forgetNumbers(pages)
	best := make([]float64, categories)
	from := make([][]int, len(pages))
	for i := range pages {
		top := 0
		for k := range best {
			if best[k] > best[top] {
				top = k
			}
		}
		cost := 0.0
		if i > 0 {
			cost = pages[i].cue.change(pages[i-1].cue)
			if pages[i].NoText {
				cost += aside // a blank page is the back of the one before
			}
		}
		next := make([]float64, categories)
		from[i] = make([]int, categories)
		for k := range next {
			from[i][k] = k
			next[k] = best[k]
			if changed := best[top] - cost; i > 0 && changed > best[k] {
				from[i][k], next[k] = top, changed
			}
			next[k] += pages[i].share(k)
		}
		best = next
	}
	return trace(best, from)
}

// follow takes the pages for what they are said to be. A blank page is the back
// of the one before; those at the beginning go with the first that is not.
func follow(pages []page) []int {
	classes := make([]int, len(pages))
	before := 0
	for i := range pages {
		if !pages[i].NoText {
			before = pages[i].Category
			break
		}
	}
	for i := range pages {
		if !pages[i].NoText {
			before = pages[i].Category
		}
		classes[i] = before
	}
	return classes
}

// trace follows the best path back to the first page.
func trace(best []float64, from [][]int) []int {
	at := 0
	for k := range best {
		if best[k] > best[at] {
			at = k
		}
	}
	classes := make([]int, len(from))
	for i := len(from) - 1; i >= 0; i-- {
		classes[i] = at
		at = from[i][at]
	}
	return classes
}

// share is how much the page speaks for a category, 0 to 1.
func (p *page) share(category int) float64 {
	if p.NoText {
		return 0
	}
	best := 0.0
	for _, s := range p.Scores {
		best = max(best, s)
	}
	if best == 0 && category == p.Category {
		return 0.1 // nothing is known but the category for all others
	}
	share := p.Scores[category] / (best + doubt)
	if p.cue.number == 1 {
		share *= 1 + aside // the first page says best what all are
	}
	return share
}

// forgetNumbers drops page numbers that count the whole file, which say
// nothing of what is inside.
func forgetNumbers(pages []page) []page {
	for i := range pages {
		if n := pages[i].cue.number; n > 0 && n != i+1 {
			return pages
		}
	}
	without := make([]page, len(pages))
	for i := range pages {
		without[i] = pages[i]
		without[i].cue.number, without[i].cue.total = 0, 0
	}
	return without
}

// group makes files of runs of pages of one category; with reordering, of all
// pages of one category.
func group(classes []int, reorder bool) []part {
	var parts []part
	last := map[int]int{} // the part of each category
	for i, class := range classes {
		at, ok := last[class]
		if !ok || !reorder && classes[i-1] != class {
			at = len(parts)
			last[class] = at
			parts = append(parts, part{category: class})
		}
		parts[at].pages = append(parts[at].pages, i+1)
	}
	return parts
}
