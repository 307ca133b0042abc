package document

import (
	"cmp"
	"slices"
	"sort"
)

// wordIndex finds the words in a box without looking at all of the page.
type wordIndex struct {
	words []Word
	byY   []int  // indices of words, by the height of their middle
	taken []bool // words that belong to a table already
}

func newWordIndex(words []Word) *wordIndex {
	x := &wordIndex{words: words, byY: make([]int, len(words)), taken: make([]bool, len(words))}
	for i := range words {
		x.byY[i] = i
	}
	slices.SortFunc(x.byY, func(a, b int) int { return cmp.Or(cmp.Compare(x.middle(a), x.middle(b)), a-b) })
	return x
}

func (x *wordIndex) middle(i int) float64 { return x.words[i].Box.Top + x.words[i].Box.Bottom }

// in gives the indices of the words whose middle lies in the box and that are
// not taken, in the order of the file.
func (x *wordIndex) in(b Box) []int {
	var found []int
	first := sort.Search(len(x.byY), func(k int) bool { return x.middle(x.byY[k]) >= 2*b.Top })
	for _, i := range x.byY[first:] {
		if x.middle(i) > 2*b.Bottom {
			break
		}
		if !x.taken[i] && b.contains(x.words[i].Box) {
			found = append(found, i)
		}
	}
	slices.Sort(found)
	return found
}

// some are the words with these indices.
func (x *wordIndex) some(indices []int) []Word {
	words := make([]Word, len(indices))
	for k, i := range indices {
		words[k] = x.words[i]
	}
	return words
}

// rest are the words that are not taken.
func (x *wordIndex) rest() []Word {
	free := 0
	for _, taken := range x.taken {
		if !taken {
			free++
		}
	}
	if free == len(x.words) {
		return x.words
	}
	words := make([]Word, 0, free)
	for i, taken := range x.taken {
		if !taken {
			words = append(words, x.words[i])
		}
	}
	return words
}
