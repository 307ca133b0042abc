package main

import (
	"encoding/json"
	"fmt"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/op/classify"
)

// labelled is a category with the files of the corpus that belong to it.
type labelled struct {
	op.Category
	files []string // patterns below the corpus
}

// labels are the kinds of documents that the corpus says it has. What it has
// only for its format, or for being broken, is of no kind.
var labels = []labelled{
	{op.Category{Name: "Invoice", Description: "a bill for goods or services"}, []string{"invoices/*.pdf"}},
	{op.Category{Name: "Report", Description: "a study or report of an institution, with findings, figures and tables"}, []string{"tables-icdar2013/*.pdf", "docling/pdf/normal_4pages.pdf"}},
	{op.Category{Name: "Scientific paper", Description: "a research article with methods, experiments and references"}, []string{"docling/pdf/2305.03393v1-pg9.pdf"}},
	{op.Category{Name: "Manual", Description: "a technical guide that shows how something is used"}, []string{"docling/pdf/redp5110_sampled.pdf"}},
	{op.Category{Name: "Receipt", Description: "says what a customer has paid in a shop or restaurant"}, []string{"docling/html/kvp_data_example.html"}},
	{op.Category{Name: "Presentation", Description: "slides"}, []string{"docling/pptx/*.pptx"}},
	{op.Category{Name: "Spreadsheet", Description: "rows and columns of data"}, []string{"docling/xlsx/*.xlsx", "docling/csv/*.csv"}},
}

// classes scores the classification of the documents whose kind is known, as a
// whole and as the mean of the kinds, since one has most of the documents.
func (s *scorer) classes() error {
	var categories []op.Category
	for _, l := range labels {
		categories = append(categories, l.Category)
	}
	parameters, err := json.Marshal(map[string]any{"categories": categories})
	if err != nil {
		return fmt.Errorf("encode the categories: %w", err)
	}
	var all count
	var kinds mean
	for _, l := range labels {
		var one count
		for _, pattern := range l.files {
			for _, path := range s.match(pattern) {
				one.want++
				if s.isClass(path, parameters, l.Name) {
					one.hits++
				}
			}
		}
		if one.want > 0 {
			kinds.add(one.recall())
		}
		all.join(one)
	}
	s.rows = append(s.rows, row{"documents of the right class", fmt.Sprintf("%.3f", all.recall()), ">= 0.85", fmt.Sprintf("%d of %d", all.hits, all.want)})
	s.row("the same, mean of the classes", kinds, "")
	return nil
}

func (s *scorer) isClass(path string, parameters json.RawMessage, want string) bool {
	out, err := s.operate(classify.New(s.pool, nil), path, parameters, job.FormatJSON)
	if err != nil {
		s.note(path, err.Error())
		return false
	}
	var got struct {
		Classification string  `json:"classification"`
		Confidence     float64 `json:"confidence"`
	}
	if err := json.Unmarshal(out, &got); err != nil {
		s.note(path, err.Error())
		return false
	}
	s.note(path, fmt.Sprintf("%s, got %s at %.2f", want, got.Classification, got.Confidence))
	return got.Classification == want
}
