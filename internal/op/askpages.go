package op

import (
	"context"
	"errors"
	"strings"

	"docket/internal/job"
	"docket/internal/model"
)

// Bounds of what a model is shown to tell what a page is.
const (
	maxPagesAtOnce = 20
	maxPageText    = 4000 // bytes of a page
	tailPart       = 4    // of these bytes the last part is of the page's end
)

// Classify has the model tell which category each page belongs to. A page
// that fits none goes to the category for all others if there is one, else to
// the first, with a confidence of 0. Errors are of code ModelError or
// ModelTimeout.
func (a *Asking) Classify(ctx context.Context, c *Classifier) ([]PageClass, error) {
	q, err := newPageQuestion(c)
	if err != nil {
		return nil, err
	}
	classes := make([]PageClass, len(a.Pages))
	for from := 0; from < len(a.Pages); {
		to, lines, asked := from, []string(nil), []int(nil)
		for size := 0; to < len(a.Pages) && len(asked) < maxPagesAtOnce; to++ {
			text, bytes := shownPage(&a.Pages[to])
			if size+bytes > a.Window() && len(asked) > 0 {
				break
			}
			if size += bytes; bytes == 0 {
				classes[to] = PageClass{NoText: true, Scores: make([]float64, len(c.categories))}
				continue
			}
			lines, asked = append(lines, text...), append(asked, a.Pages[to].Number)
		}
		if len(asked) > 0 {
			if err := a.classifyPages(ctx, q, pageText{lines: lines}, asked, classes); err != nil {
				return nil, err
			}
		}
		for ; from < to; from++ {
			page := &a.Pages[from]
			_, err := a.See(ctx, page, func(png []byte) error {
				return a.classifyPages(ctx, q, pageText{png: png}, []int{page.Number}, classes)
			})
			if err != nil {
				return nil, err
			}
		}
		a.Tell(from)
	}
	return classes, nil
}

// shownPage is the text of a page as lines for a model: its beginning, and its
// end if it is long.
func shownPage(p *PageText) (lines []string, bytes int) {
	whole := 0
	for i := range p.Lines {
		whole += len(p.Lines[i].Text())
	}
	at := 0
	for i := range p.Lines {
		text := p.Lines[i].Text()
		at += len(text)
		if whole > maxPageText && at > maxPageText-maxPageText/tailPart && whole-at > maxPageText/tailPart {
			continue
		}
		text = strings.TrimSpace(Shown(clipText(text, maxPageText)))
		if text == "" {
			continue
		}
		line := itoa(p.Number) + "| " + text
		lines, bytes = append(lines, line), bytes+len(line)
	}
	return lines, bytes
}

func clipText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// pageText is what a model is shown: lines, or the picture of a page.
type pageText struct {
	lines []string
	png   []byte
}

func (a *Asking) classifyPages(ctx context.Context, q *pageQuestion, shown pageText, asked []int, classes []PageClass) error {
	rules, err := FillPrompt(templates, "classify_rules.txt", map[string]any{"None": noneOfThese})
	if err != nil {
		return err
	}
	var numbers []string
	for _, n := range asked {
		numbers = append(numbers, itoa(n))
	}
	text, err := FillPrompt(templates, "classify_pages.txt", map[string]any{"Categories": q.listed, "Lines": shown.lines, "Pages": strings.Join(numbers, ", ")})
	if err != nil {
		return err
	}
	turn := model.Turn{Text: text}
	if shown.png != nil {
		turn.Pictures = [][]byte{shown.png}
	}
	var wrong []string
	err = a.Converse(ctx, model.Request{Name: "pages", System: rules, Turns: []model.Turn{turn}, Schema: q.schema}, func(answer *model.Answer, _ bool) []string {
		wrong = q.read(answer, asked, a.Pages[0].Number, classes)
		return wrong
	})
	switch {
	case err != nil && job.CodeOf(err) == job.ModelError:
		return err
	case errors.Is(err, ErrCut):
		return a.Unusable("its answer was cut off", err)
	case err == nil && len(wrong) > 0:
		return a.Unusable(wrong[0], nil)
	}
	return err
}
