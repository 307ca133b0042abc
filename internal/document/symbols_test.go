package document

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A letter in a font of its own that only begins lines is a bullet, whatever
// the font's name; one that is a word, or that stands elsewhere too, is not.
func TestLettersThatAreBullets(t *testing.T) {
	const other = 2
	for _, test := range []struct {
		name   string
		letter string
		also   string // in the same font, in the text
		want   []typed
	}{
		{"ring", "o", "", []typed{{ListItem, "apples of the first kind"}, {ListItem, "pears of the second kind"}}},
		{"square", "r", "", []typed{{ListItem, "apples of the first kind"}, {ListItem, "pears of the second kind"}}},
		{"a word", "a", "", []typed{{Text, "a apples of the first kind a pears of the second kind"}}},
		{"a variable", "n", "n", []typed{{Text, "n apples of the first kind n pears of the second kind"}, {Text, "n"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSheet(1)
			s.page.Fonts = append(s.page.Fonts, Font{Name: "ABCD"})
			for i, text := range []string{"apples of the first kind", "pears of the second kind"} {
				y := 100 + 12*float64(i)
				s.line(80, y, 10, other, test.letter).line(95, y, 10, regular, text)
			}
			s.line(300, 300, 10, other, test.also)
			if diff := cmp.Diff(test.want, typesOf(build(s))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A page of nothing but such lines takes no longer than other pages.
func TestBulletsWithoutEnd(t *testing.T) {
	s := newSheet(1)
	s.page.Fonts = append(s.page.Fonts, Font{Name: "ABCD"})
	for i := range maxBullets + 1 {
		s.line(80, 10+float64(i), 1, 2, "o").line(82, 10+float64(i), 1, regular, "text")
	}
	if fonts := symbols(s.page.Words, s.page.Fonts); fonts[2].Symbol {
		t.Error("it was looked at to the end")
	}
	if fonts := symbols(s.page.Words[:2*maxBullets], s.page.Fonts); !fonts[2].Symbol {
		t.Error("one line less has no bullets")
	}
}
