package model

import (
	"context"

	"docket/internal/job"
	"docket/internal/trace"
)

// span begins that of a question; the names of its facts are OpenTelemetry's
// for generative models. Neither question nor answer is among them.
func (r *Remote) span(ctx context.Context, operation, model string) (context.Context, *trace.Span) {
	return trace.Ask(ctx, operation+" "+model,
		trace.Text("gen_ai.operation.name", operation), trace.Text("gen_ai.request.model", model), trace.Host(r.options.URL))
}

// asked ends the span of a question with the tokens that it took.
func asked(s *trace.Span, used job.Tokens, err error) {
	s.Note(trace.Number("gen_ai.usage.input_tokens", used.Input), trace.Number("gen_ai.usage.output_tokens", used.Output))
	s.End(err)
}
