package parse

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/sandbox"
)

// Parameters are what a client may say about a parse, as they are stored.
// contract C1
type Parameters struct {
	Password      string                 `json:"password,omitempty"` // of an encrypted document
	MergeTables   bool                   `json:"merge_tables,omitempty"`
	PageRange     string                 `json:"page_range,omitempty"` // e.g. "1-5,8"
	Strategy      document.Strategy      `json:"strategy,omitempty"`
	TargetLength  int                    `json:"target_length,omitempty"` // of chunks, in words
	Overlap       int                    `json:"overlap,omitempty"`       // of chunks, in words
	KeepTypes     []document.SegmentType `json:"keep_segment_types,omitempty"`
	OutputFields  map[string]bool        `json:"output_fields,omitempty"` // those that are false are left empty
	IgnoreRunning bool                   `json:"ignore_headers_and_footers,omitempty"`
	OtherNames    bool                   `json:"other_names,omitempty"`  // segment_type_naming is "Other"
	OCRStrategy   string                 `json:"ocr_strategy,omitempty"` // on which pages text in pictures is recognized
	ExtractLinks  bool                   `json:"extract_links,omitempty"`
	// CropImage says which segments have a picture; without a word, Picture has.
	CropImage map[document.SegmentType]bool `json:"crop_image,omitempty"`
}

// Bounds of what may be asked for.
const (
	maxTargetLength = 100_000
	maxOverlap      = 10_000
)

// asked is a request as it comes: with the names of several generations of
// clients, and lists and objects that forms send as text.
type asked struct {
	Password         string          `json:"password"`
	MergeTables      bool            `json:"merge_tables"`
	PageRange        json.RawMessage `json:"page_range"`
	Strategy         string          `json:"strategy"`
	TargetLength     *int            `json:"target_length"`
	ChunkSize        *int            `json:"chunk_size"`
	Overlap          int             `json:"overlap"`
	KeepSegmentTypes json.RawMessage `json:"keep_segment_types"`
	SegmentFilter    json.RawMessage `json:"segment_filter"`
	OutputFields     json.RawMessage `json:"output_fields"`
	ChunkProcessing  json.RawMessage `json:"chunk_processing"`
	Naming           string          `json:"segment_type_naming"`
	OCRStrategy      string          `json:"ocr_strategy"`
	ExtractLinks     bool            `json:"extract_links"`

	SegmentProcessing json.RawMessage `json:"segment_processing"`
	SegmentAnalysis   json.RawMessage `json:"segment_analysis"`

	// What is stored is taken again, as when a job is run anew.
	IgnoreRunning bool `json:"ignore_headers_and_footers"`
	OtherNames    bool `json:"other_names"`

	CropImage map[document.SegmentType]bool `json:"crop_image"`
}

const remedy = "The parameters of parse are `password`, `page_range`, `merge_tables`, `strategy`, `target_length` (or `chunk_size`), `overlap`, `keep_segment_types` (or `segment_filter`), `output_fields`, `chunk_processing`, `segment_type_naming`, `ocr_strategy`, `extract_links` and `segment_processing` (or `segment_analysis`)."

// Check refuses parameters that are not known.
func (*Operation) Check(parameters json.RawMessage) (json.RawMessage, error) {
	if len(parameters) == 0 {
		return json.RawMessage(`{}`), nil
	}
	var a asked
	if err := op.DecodeParameters(parameters, &a, remedy); err != nil {
		return nil, err
	}
	p, err := a.parameters()
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode parameters: %w", err)
	}
	return b, nil
}

func wrong(field, problem, remedy string) error {
	return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{"field": field, "problem": problem, "remedy": remedy}}
}

// parameters are what was asked for, or what is wrong with it.
func (a *asked) parameters() (Parameters, error) {
	p := Parameters{Password: a.Password, MergeTables: a.MergeTables, Overlap: a.Overlap, IgnoreRunning: a.IgnoreRunning, OtherNames: a.OtherNames, OCRStrategy: a.OCRStrategy, ExtractLinks: a.ExtractLinks, CropImage: a.CropImage}
	if _, ok := ocr(p.OCRStrategy); !ok {
		return p, &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "parameters.ocr_strategy", "problem": fmt.Sprintf("%q is not a strategy", p.OCRStrategy), "allowed": []string{"auto_detection", "force_ocr", "no_ocr"},
		}}
	}
	if err := errors.Join(a.chunks(&p), a.filters(&p), a.crops(&p)); err != nil {
		first, _ := errors.AsType[*job.Error](err) // one thing at a time
		return p, first
	}
	pages, err := listOf("page_range", a.PageRange)
	if err != nil {
		return p, err
	}
	ranges, err := op.ParsePages(strings.Join(pages, ","))
	if err != nil {
		return p, wrong("page_range", err.Error(), "Send pages and ranges counted from 1, such as 1-5,8")
	}
	p.PageRange = ranges.String()
	switch a.Naming {
	case "", "Unsiloed":
	case "Other":
		p.OtherNames = true
	default:
		return p, wrong("segment_type_naming", fmt.Sprintf("there is no naming %q", a.Naming), "Send Unsiloed or Other")
	}
	return p, nil
}

// chunks reads how chunks are cut.
func (a *asked) chunks(p *Parameters) error {
	length := a.TargetLength
	if length == nil {
		length = a.ChunkSize
	}
	if raw := unquoted(a.ChunkProcessing); len(raw) > 0 && string(raw) != "null" {
		var c struct {
			TargetLength *int `json:"target_length"`
			Ignore       bool `json:"ignore_headers_and_footers"`
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			return wrong("chunk_processing", "it is not an object with `target_length` and `ignore_headers_and_footers`", "Send a JSON object")
		}
		p.IgnoreRunning = p.IgnoreRunning || c.Ignore
		if length == nil {
			length = c.TargetLength
		}
	}
	if length != nil {
		if *length < 1 || *length > maxTargetLength {
			return wrong("target_length", fmt.Sprintf("%d is not between 1 and %d words", *length, maxTargetLength), "")
		}
		p.TargetLength = *length
	}
	if p.Overlap < 0 || p.Overlap > maxOverlap || p.Overlap > 0 && p.Overlap >= max(p.TargetLength, document.DefaultTargetLength*boolInt(p.TargetLength == 0)) {
		return wrong("overlap", fmt.Sprintf("%d is not between 0 and the chunks' length", p.Overlap), "")
	}
	p.Strategy = document.Strategy(strings.ToLower(a.Strategy))
	if p.Strategy != "" && !slices.Contains(document.Strategies(), p.Strategy) {
		return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": "strategy", "problem": fmt.Sprintf("there is no strategy %q", a.Strategy), "allowed": names(document.Strategies()),
		}}
	}
	return nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func names[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}

// outputFields are the keys of a segment, and of a chunk, that can be left
// empty. contract C1
func outputFields() []string {
	return []string{"html", "markdown", "ocr", "image", "llm", "content", "bbox", "confidence", "embed", "chart_data"}
}

// filters reads what the result is to hold.
func (a *asked) filters(p *Parameters) error {
	raw := a.KeepSegmentTypes
	if len(raw) == 0 {
		raw = a.SegmentFilter
	}
	types, err := listOf("keep_segment_types", raw)
	if err != nil {
		return err
	}
	for _, name := range types {
		if strings.EqualFold(name, "all") {
			p.KeepTypes = nil
			break
		}
		kind, ok := segmentType(name)
		if !ok {
			return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
				"field": "keep_segment_types", "problem": fmt.Sprintf("there is no segment type %q", name), "allowed": append([]string{"all"}, names(document.SegmentTypes())...),
			}}
		}
		p.KeepTypes = append(p.KeepTypes, kind)
	}
	if raw := unquoted(a.OutputFields); len(raw) > 0 && string(raw) != "null" {
		if err := json.Unmarshal(raw, &p.OutputFields); err != nil {
			return wrong("output_fields", "it is not an object of true and false", `Send a JSON object such as {"html":false}`)
		}
	}
	for name := range p.OutputFields {
		if !slices.Contains(outputFields(), name) {
			return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
				"field": "output_fields", "problem": fmt.Sprintf("there is no output field %q", name), "allowed": outputFields(),
			}}
		}
	}
	return nil
}

// segmentType finds a type by its name in any case, with or without spaces and
// hyphens, or by the name that others give it.
func segmentType(name string) (document.SegmentType, bool) {
	plain := strings.NewReplacer(" ", "", "-", "", "_", "").Replace(name)
	for _, kind := range document.SegmentTypes() {
		other := strings.ReplaceAll(otherName(kind), " ", "")
		if strings.EqualFold(plain, string(kind)) || strings.EqualFold(plain, other) {
			return kind, true
		}
	}
	return "", false
}

// otherName is the name of a type when segment_type_naming is "Other".
func otherName(kind document.SegmentType) string {
	switch kind {
	case document.PageHeader:
		return "Header"
	case document.PageFooter:
		return "Footer"
	case document.SectionHeader:
		return "Section Header"
	case document.ListItem:
		return "List Item"
	case document.Picture:
		return "Figure"
	default:
		return string(kind)
	}
}

// listOf reads a JSON array of texts and numbers, or a comma list, perhaps in
// brackets.
func listOf(field string, raw json.RawMessage) ([]string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = string(raw)
		var items []json.RawMessage
		if text[0] == '[' && json.Unmarshal(raw, &items) != nil || text[0] == '{' || text == "true" || text == "false" {
			return nil, wrong(field, "it is neither a list nor text", "Send a comma list, or a JSON array")
		}
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		text = text[1 : len(text)-1]
	}
	var all []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.Trim(strings.TrimSpace(item), `"'`); item != "" {
			all = append(all, item)
		}
	}
	return all, nil
}

// unquoted is the JSON that a text holds, or raw itself.
func unquoted(raw json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return json.RawMessage(text)
	}
	return raw
}

// options are how the document's structure is built.
func (p *Parameters) options() document.Options {
	o := document.Options{TargetLength: p.TargetLength, Strategy: p.Strategy, Overlap: p.Overlap, Keep: p.KeepTypes, MergeTables: p.MergeTables, Links: p.ExtractLinks}
	if p.IgnoreRunning {
		if o.Keep == nil {
			o.Keep = document.SegmentTypes()
		}
		o.Keep = slices.DeleteFunc(slices.Clone(o.Keep), func(t document.SegmentType) bool {
			return t == document.PageHeader || t == document.PageFooter
		})
	}
	return o
}

// ocr reads a strategy of text recognition by its newest name; none is
// auto_detection. // contract C1
func ocr(strategy string) (o sandbox.OCR, ok bool) {
	switch strategy {
	case "", "auto_detection":
		return sandbox.OCRAuto, true
	case "force_ocr":
		return sandbox.OCRForce, true
	case "no_ocr":
		return sandbox.OCRNever, true
	}
	return 0, false
}
