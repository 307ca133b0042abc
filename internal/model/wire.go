package model

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/shared"
)

// parameters are the request in a dialect.
func (r *Remote) parameters(q *Request, d dialect) openai.ChatCompletionNewParams {
	system := q.System
	if d.format != bySchema {
		system += "\n\nAnswer with one JSON object that fits this JSON Schema, and with nothing else:\n" + string(q.Schema)
	}
	p := openai.ChatCompletionNewParams{
		Model: r.options.Name, Messages: []openai.ChatCompletionMessageParamUnion{openai.SystemMessage(system)},
	}
	for i := range q.Turns {
		if q.Turns[i].FromModel {
			p.Messages = append(p.Messages, openai.AssistantMessage(q.Turns[i].Text))
			continue
		}
		p.Messages = append(p.Messages, userMessage(&q.Turns[i]))
	}
	switch d.format {
	case bySchema:
		p.ResponseFormat.OfJSONSchema = &shared.ResponseFormatJSONSchemaParam{
			JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{Name: q.Name, Strict: openai.Bool(true), Schema: q.Schema},
		}
	case byObject:
		p.ResponseFormat.OfJSONObject = &shared.ResponseFormatJSONObjectParam{}
	case byText:
	}
	if d.logProbs {
		p.Logprobs = openai.Bool(true)
	}
	if d.temperature {
		p.Temperature = openai.Float(0)
	}
	limit := openai.Int(int64(min(max(r.options.Context/outputOfSight, minOutput), maxOutput)))
	if d.newLimit {
		p.MaxCompletionTokens = limit
	} else {
		p.MaxTokens = limit
	}
	return p
}

// userMessage is a text, with pictures as data in their addresses.
func userMessage(t *Turn) openai.ChatCompletionMessageParamUnion {
	if len(t.Pictures) == 0 {
		return openai.UserMessage(t.Text)
	}
	parts := []openai.ChatCompletionContentPartUnionParam{openai.TextContentPart(t.Text)}
	for _, png := range t.Pictures {
		parts = append(parts, openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{
			URL: "data:image/png;base64," + base64.StdEncoding.EncodeToString(png),
		}))
	}
	return openai.UserMessage(parts)
}

// receive reads a response within its limit, and makes errors of what is no
// answer. Servers differ in how they spell both.
func (r *Remote) receive(req *http.Request, next option.MiddlewareNext) (*http.Response, error) {
	resp, err := next(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode < http.StatusOK || resp.StatusCode >= http.StatusMultipleChoices {
		return nil, statusFault(resp.StatusCode, resp.Header, r.messageOf(body))
	}
	if len(body) > maxAnswer {
		return nil, unusable(fmt.Sprintf("its answer is longer than %d MiB", maxAnswer>>20))
	}
	if body = bytes.TrimSpace(body); !json.Valid(body) || body[0] != '{' {
		f := unusable("what it answers is not that of a chat completions API")
		f.again, f.remedy = true, remedyName // it may have been cut off on its way
		return nil, f
	}
	resp.Header.Set("Content-Type", "application/json")
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, nil
}

// maxMessage is the most characters of what a server says of an error.
const maxMessage = 200

// messageOf finds the text of an error in a body, in whatever form; it goes to
// the log, so it is cut and holds no key.
func (r *Remote) messageOf(body []byte) string {
	var object struct {
		Error   json.RawMessage `json:"error"`
		Message string          `json:"message"`
		Detail  json.RawMessage `json:"detail"`
	}
	text := ""
	if json.Unmarshal(body, &object) == nil {
		var inner struct {
			Message string `json:"message"`
		}
		switch {
		case json.Unmarshal(object.Error, &inner) == nil && inner.Message != "":
			text = inner.Message
		case json.Unmarshal(object.Error, &text) == nil:
		case object.Message != "":
			text = object.Message
		default:
			text = string(object.Detail)
		}
	}
	if r.options.Key != "" {
		text = strings.ReplaceAll(text, r.options.Key, "…")
	}
	text = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, text)
	if runes := []rune(text); len(runes) > maxMessage {
		text = string(runes[:maxMessage]) + "…"
	}
	return text
}
