package document

// recognizedWord says that a word was recognized in a picture.
func recognizedWord(w Word) bool { return w.Confidence > 0 }

// Painted is the page's words without hidden ones, unless the page is a scan
// whose text is all hidden but for a stamp, or they are the text of a picture
// on it.
func (p *Page) Painted() []Word {
	hidden := 0
	for i := range p.Words {
		if p.Words[i].Hidden {
			hidden++
		}
	}
	if hidden == 0 || hidden > len(p.Words)/2 {
		return p.Words
	}
	seen := make([]Word, 0, len(p.Words))
	for _, w := range p.Words {
		if !w.Hidden {
			seen = append(seen, w)
		}
	}
	index := newWordIndex(seen)
	words := make([]Word, 0, len(p.Words))
	for _, w := range p.Words {
		if !w.Hidden || p.inPicture(w.Box) && len(index.in(w.Box)) == 0 {
			words = append(words, w)
		}
	}
	return words
}

// inPicture says whether a word stands in a picture that may be a scan.
func (p *Page) inPicture(b Box) bool {
	for _, i := range p.Images[:min(len(p.Images), maxPictures)] {
		if i.Box.Width() >= minPicture && i.Box.Height() >= minPicture && i.Box.contains(b) {
			return true
		}
	}
	return false
}
