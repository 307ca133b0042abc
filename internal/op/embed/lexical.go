package embed

import (
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// dimensions is the length of lexical vectors.
const dimensions = 1024

// What the kinds of features weigh. Words say most; pairs tell their order;
// pieces bring forms of one word together, and misspellings.
const (
	wordWeight  = 1.0
	pairWeight  = 0.5
	pieceWeight = 0.3
	pieceLength = 4 // characters, with the blanks around words
)

// lexical hashes the words, the pairs of words and the pieces of words of a
// text into a vector of length 1 (signed feature hashing). It depends on
// nothing but the text. A text of blanks has the vector of zeros.
func lexical(text string) []float32 {
	text = strings.ToLower(norm.NFKC.String(text))
	counts := map[string]float64{}
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
	for i, word := range words {
		counts["w "+word]++
		if i > 0 {
			counts["p "+words[i-1]+" "+word]++
		}
	}
	spaced := []rune(" " + strings.Join(strings.Fields(text), " ") + " ")
	for i := 0; i+pieceLength <= len(spaced); i++ {
		counts["c "+string(spaced[i:i+pieceLength])]++
	}
	if len(counts) == 0 && len(spaced) > 2 {
		counts["c "+string(spaced)]++ // a character that is no word
	}
	return hashed(counts)
}

// hashed adds each feature to the place that its hash names, with the sign that
// its hash has. What occurs often counts less than in proportion.
func hashed(counts map[string]float64) []float32 {
	var sum, places [dimensions]float64
	for _, feature := range slices.Sorted(maps.Keys(counts)) { // sums depend on their order
		n := counts[feature]
		h := fnv.New64a()
		_, _ = h.Write([]byte(feature)) // never fails
		// The lowest bits of FNV are the least mixed.
		bits := h.Sum64()
		bits ^= bits >> 32
		bits *= 0xd6e8feb86659fd93
		bits ^= bits >> 32
		w := (1 + math.Log(n)) * weight(feature)
		places[bits%dimensions] += w
		if bits>>63 == 1 {
			w = -w
		}
		sum[bits%dimensions] += w
	}
	length := norm2(&sum)
	if length < 1e-9 { // all features have met their opposites
		sum, length = places, norm2(&places)
	}
	v := make([]float32, dimensions)
	if length == 0 {
		return v
	}
	for i := range sum {
		v[i] = float32(sum[i] / length)
	}
	return v
}

func weight(feature string) float64 {
	switch feature[0] {
	case 'w':
		return wordWeight
	case 'p':
		return pairWeight
	default:
		return pieceWeight
	}
}

func norm2(v *[dimensions]float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum)
}
