package op

import (
	"embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/template"
	"unicode"
)

// ErrCut is returned when question and answer are longer than the model can
// hold.
var ErrCut = errors.New("the answer of the model was cut off")

//go:embed prompts/*.txt
var prompts embed.FS

var templates = template.Must(template.ParseFS(prompts, "prompts/*.txt"))

// FillPrompt fills a template. It is the program's fault when that fails.
func FillPrompt(t *template.Template, name string, data any) (string, error) {
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("fill the prompt %s: %w", name, err)
	}
	return b.String(), nil
}

// maxWrong is how many faults a model is told at once.
const maxWrong = 20

func repairText(wrong []string) string {
	text, err := FillPrompt(templates, "repair.txt", wrong[:min(len(wrong), maxWrong)])
	if err != nil {
		return strings.Join(wrong, "\n")
	}
	return text
}

// Shown is a text of the document as a model is shown it: on one line, without
// characters that nobody sees, and with nothing that could be taken for a mark
// of ours or of the server's.
func Shown(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '<':
			return '˂'
		case r == '>':
			return '˃'
		case unicode.IsControl(r), unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	return strings.NewReplacer("[INST]", "⟦INST⟧", "[/INST]", "⟦/INST⟧").Replace(text)
}

// Meant undoes what Shown has put in the place of other letters.
func Meant(text string) string {
	return strings.NewReplacer("˂", "<", "˃", ">", "⟦", "[", "⟧", "]").Replace(text)
}

func itoa(n int) string { return strconv.Itoa(n) }
