package model

import "strings"

// Answer is what a model has said.
type Answer struct {
	Text string // a JSON object, or whatever else it answered
	Cut  bool   // it ended for its length

	ends []int     // of the tokens in Text, when the server tells their
	logs []float64 // log-probabilities; else both are empty
}

// LogProb is the mean log-probability of the tokens of a part of the text, in
// bytes; false when the server did not tell.
func (a *Answer) LogProb(from, to int) (mean float64, ok bool) {
	sum, n, start := 0.0, 0, 0
	for i, end := range a.ends {
		if end > from && start < to {
			sum, n = sum+a.logs[i], n+1
		}
		start = end
	}
	if n == 0 {
		return 0, false
	}
	return sum / float64(n), true
}

// token is a piece of an answer with its log-probability.
type token struct {
	text string
	log  float64
}

// newAnswer finds the object in what a model has said: some think aloud
// before it, and some put it in a block of Markdown.
func newAnswer(content string, tokens []token, cut bool) Answer {
	start := 0
	if i := strings.LastIndex(content, "</think>"); i >= 0 {
		start = i + len("</think>")
	}
	from, to := strings.IndexByte(content[start:], '{'), strings.LastIndexByte(content, '}')
	if from < 0 || start+from > to {
		return Answer{Text: content, Cut: cut}
	}
	from += start
	a := Answer{Text: content[from : to+1], Cut: cut}
	var whole strings.Builder
	for _, t := range tokens {
		whole.WriteString(t.text)
		if end := min(whole.Len(), to+1) - from; end > 0 {
			a.ends, a.logs = append(a.ends, end), append(a.logs, t.log)
		}
	}
	if whole.String() != content {
		a.ends, a.logs = nil, nil
	}
	return a
}
