package extract

import (
	"context"
	"errors"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"docket/internal/model"
	"docket/internal/op"
)

// asked is a model's work on one document.
type asked struct {
	*op.Asking
	root     *field
	schema   *jsonschema.Schema
	question *question
	shown    bool // something of the document was shown
}

// ask has the model find the values.
func (o *Operation) ask(ctx context.Context, t *op.Task, p *Parameters, root *field) (op.Result, error) {
	schema, err := schemaOf(p.Schema)
	if err != nil {
		return op.Result{}, err
	}
	q, err := newQuestion(root)
	if err != nil {
		return op.Result{}, err
	}
	asking, err := op.Ask(ctx, o.pool, o.remote, t, op.Reading{Password: p.Password})
	if err != nil {
		return op.Result{}, err
	}
	a := &asked{Asking: asking, root: root, schema: schema, question: q}
	found, err := a.document(ctx)
	if err != nil {
		return op.Result{}, err
	}
	if err := store(t, found); err != nil {
		return op.Result{}, err
	}
	return asking.Result(newSummary(p, root, found, asking.Info.Pages), asking.Warnings(a.shown)...), nil
}

// document asks about all of it, one passage after the other.
func (a *asked) document(ctx context.Context) (*node, error) {
	found := a.nothing()
	parts := newPassage(a.Pages).split(a.Window())
	for i, p := range parts {
		n, err := a.passage(ctx, p, i+1, len(parts))
		if err != nil {
			return nil, err
		}
		found.merge(n)
		a.shown = true
		a.Tell(p.lastPage() - 1)
	}
	for i := range a.Pages {
		page := &a.Pages[i]
		seen, err := a.See(ctx, page, func(png []byte) error {
			n, err := a.passage(ctx, &passage{picture: page, png: png}, 1, 1)
			if err == nil {
				found.merge(n)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		a.shown = a.shown || seen
	}
	found.conform(a.schema, func(l *leaf, _, _ string) { *l = leaf{} })
	return found, nil
}

// nothing is the result with no value found.
func (a *asked) nothing() *node {
	r := reply{answer: &model.Answer{}, passage: &passage{}}
	n := r.node(a.root, nil, "")
	return &n
}

// passage asks about one, or about its halves if the answer does not fit.
func (a *asked) passage(ctx context.Context, p *passage, part, parts int) (*node, error) {
	text, err := a.question.text(p, part, parts)
	if err != nil {
		return nil, err
	}
	turn := model.Turn{Text: text}
	if p.png != nil {
		turn.Pictures = [][]byte{p.png}
	}
	request := model.Request{Name: "values", System: a.question.rules, Turns: []model.Turn{turn}, Schema: a.question.schema}
	best := attempt{}
	err = a.Converse(ctx, request, func(answer *model.Answer, _ bool) []string {
		next := a.read(answer, p)
		if best.found == nil || next.found != nil && len(next.wrong) <= len(best.wrong) {
			best = next
		}
		return next.wrong
	})
	switch {
	case errors.Is(err, op.ErrCut) && best.found == nil:
		halves := p.halves()
		switch {
		case halves == nil && errors.Is(err, model.ErrTooLong):
			return nil, err
		case halves == nil:
			return nil, a.Unusable("its answer was cut off", err)
		}
		found := a.nothing()
		for _, half := range halves {
			n, err := a.passage(ctx, half, part, parts)
			if err != nil {
				return nil, err
			}
			found.merge(n)
		}
		return found, nil
	case err != nil && !errors.Is(err, op.ErrCut):
		return nil, err
	case best.found == nil:
		return nil, a.Unusable("its answer is not what was asked for", errors.New(best.wrong[0]))
	}
	return best.found, nil
}

// attempt is one answer, and what is wrong with it.
type attempt struct {
	found *node // nil if it cannot be read
	wrong []string
}

func (a *asked) read(answer *model.Answer, p *passage) attempt {
	v, err := answer.Parse()
	if err != nil {
		return attempt{wrong: []string{err.Error()}}
	}
	r := reply{answer: answer, passage: p}
	n := r.node(a.root, v, "")
	n.conform(a.schema, func(_ *leaf, path, says string) { r.wrong = append(r.wrong, path+": "+says) })
	return attempt{&n, r.wrong}
}
