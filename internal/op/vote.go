package op

import "math"

// Vote gives the class of a document by those of its pages, the first ones
// counting more, and the confidence in it, 0 to 1. Pages without text have no
// vote. // contract B1
func (c *Classifier) Vote(pages []PageClass) (category int, sure float64) {
	votes := make([]float64, len(c.categories))
	weights := 0.0
	for i, p := range pages {
		if p.NoText {
			continue
		}
		weight := pageWeight(i)
		weights += weight
		votes[p.Category] += weight * p.Confidence
	}
	if c.other >= 0 {
		category = c.other
	}
	for i, v := range votes {
		if v > votes[category] {
			category = i
		}
	}
	if weights == 0 {
		return category, 0
	}
	return category, math.Round(votes[category]/weights*1e4) / 1e4
}

func pageWeight(index int) float64 {
	switch index {
	case 0:
		return 3
	case 1:
		return 2
	case 2:
		return 1.5
	}
	return 1
}
