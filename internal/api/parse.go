package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"docket/internal/job"
	"docket/internal/service"
)

// createdParse is the answer of POST /parse. // contract C1
type createdParse struct {
	JobID          string `json:"job_id"`
	Status         string `json:"status"`
	FileName       string `json:"file_name"`
	CreatedAt      string `json:"created_at"`
	Message        string `json:"message"`
	CreditUsed     int    `json:"credit_used"`
	QuotaRemaining int    `json:"quota_remaining"`
	MergeTables    bool   `json:"merge_tables"`
}

// createParse is POST /parse. // contract C1
func (a *API) createParse(r *http.Request, once *service.Once) (service.Answer, error) {
	merge := false
	return a.visionSubmit(r, once, visionRoute{
		operation: job.Parse,
		rules:     documentRules{neither: "Either file or url must be provided: none was sent"},
		parameters: func(f *fields) (map[string]any, error) {
			values, err := parseParameters(f)
			merge = values["merge_tables"] == true
			return values, err
		},
		show: func(j job.Job) (service.Answer, error) {
			name := j.Inputs[0].Name
			if j.Inputs[0].URL != "" {
				name = job.Unnamed // contract C1
			}
			return answerJSON(http.StatusOK, createdParse{
				JobID: j.ID.In(job.UUID), Status: "Starting", FileName: name, CreatedAt: j.CreatedAt.Format(visionMicros),
				Message:        "Task created successfully. Use GET /parse/{job_id} to check status and retrieve results.",
				QuotaRemaining: quotaRemaining, MergeTables: merge,
			})
		},
	})
}

// parseFields are the fields of contract C1 that parse acts on, beside
// merge_tables and password; the operation knows what they may hold.
func parseFields() []string {
	return []string{"page_range", "keep_segment_types", "segment_filter", "output_fields", "chunk_processing", "segment_type_naming", "strategy", "target_length", "chunk_size", "overlap", "segment_processing", "segment_analysis"}
}

// parseParameters reads what this version of parse acts on; everything else of
// contract C1 is accepted and without effect.
func parseParameters(f *fields) (map[string]any, error) {
	merge, err := f.boolean("merge_tables")
	if err != nil {
		return nil, err
	}
	values := map[string]any{"merge_tables": merge}
	links, err := f.boolean("extract_links")
	if err != nil {
		return nil, err
	}
	if links {
		values["extract_links"] = true
	}
	ocr, err := ocrStrategy(f)
	if err != nil {
		return nil, err
	}
	if ocr != "" {
		values["ocr_strategy"] = ocr
	}
	for _, name := range parseFields() {
		if raw, ok := f.raws[name]; ok {
			if string(raw) != "null" {
				values[name] = raw
			}
			continue
		}
		text, err := f.text(name)
		if err != nil {
			return nil, err
		}
		if text == "" {
			continue
		}
		values[name] = text
		if n, err := strconv.Atoi(text); err == nil && slices.Contains([]string{"target_length", "chunk_size", "overlap"}, name) {
			values[name] = n
		}
	}
	return values, nil
}

// parseView is the answer of GET /parse/{id}, without its chunks. The vendor's
// clients refuse keys that are not documented. // contract C2
type parseView struct {
	JobID         string         `json:"job_id"`
	Status        string         `json:"status"`
	CreatedAt     string         `json:"created_at"`
	StartedAt     string         `json:"started_at,omitempty"`
	FinishedAt    string         `json:"finished_at,omitempty"`
	Message       string         `json:"message,omitempty"`
	FileName      string         `json:"file_name"`
	FileType      string         `json:"file_type,omitempty"`
	FileURL       string         `json:"file_url,omitempty"`
	PDFURL        string         `json:"pdf_url,omitempty"`
	CreditUsed    int            `json:"credit_used"`
	MergeTables   bool           `json:"merge_tables"`
	Configuration map[string]any `json:"configuration"`
	Metadata      methodView     `json:"metadata"`
	TotalChunks   *int           `json:"total_chunks,omitempty"`
	PageCount     *int           `json:"page_count,omitempty"`
}

type methodView struct {
	Method   string      `json:"method,omitempty"`
	Model    string      `json:"model,omitempty"`
	Tokens   *job.Tokens `json:"tokens,omitempty"`
	Warnings []string    `json:"warnings,omitempty"`
}

// getParse is GET /parse/{id}. // contract C2
func (a *API) getParse(w http.ResponseWriter, r *http.Request) error {
	withChunks, err := queryBool(r, "include_chunks", true)
	if err != nil {
		return err
	}
	inline, err := queryBool(r, "base64_urls", false)
	if err != nil {
		return err
	}
	j, fresh, err := a.visionJob(w, r, job.Parse)
	if err != nil || fresh {
		return err
	}
	view, err := viewParse(j, a.inputLink(r, j))
	if err != nil {
		return err
	}
	if j.Status != job.Completed || !withChunks {
		return writeJSON(w, http.StatusOK, view)
	}
	if inline {
		return a.writeRendered(w, r, view, "chunks", j, a.service.RenderInline)
	}
	return a.writeWith(w, r, view, "chunks", j)
}

// RenderParse writes the answer of GET /parse/{id} for a completed job; chunks
// writes the array of its chunks. // contract C2
func RenderParse(w io.Writer, j job.Job, link string, chunks func(io.Writer) error) error {
	view, err := viewParse(j, link)
	if err != nil {
		return err
	}
	return renderWith(w, view, "chunks", chunks)
}

func viewParse(j job.Job, link string) (parseView, error) {
	var parameters struct {
		MergeTables bool `json:"merge_tables"`
	}
	if err := json.Unmarshal(j.Parameters, &parameters); err != nil {
		return parseView{}, fmt.Errorf("decode parameters: %w", err)
	}
	v := parseView{
		JobID: j.ID.In(job.UUID), Status: parseStatus(j), CreatedAt: j.CreatedAt.Format(visionMicros),
		StartedAt: stamp(j.StartedAt, visionMicros), FinishedAt: stamp(j.FinishedAt, visionMicros),
		FileName: j.Inputs[0].Name, FileURL: link, CreditUsed: j.Progress.PagesCompleted, MergeTables: parameters.MergeTables,
		Configuration: map[string]any{"merge_tables": parameters.MergeTables},
	}
	switch f, failed := j.Reason(); {
	case failed:
		v.Message = f.Message()
	case j.Status == job.Completed:
		v.Message = "Task succeeded"
	case j.Status == job.Processing:
		v.Message = "Task is being processed"
	}
	if j.Result == nil {
		return v, nil
	}
	summary, err := summaryOf(j.Result)
	if err != nil {
		return parseView{}, err
	}
	v.FileType, v.PDFURL = summary.MIME, link
	v.TotalChunks, v.PageCount = &summary.TotalChunks, &summary.PageCount
	v.Metadata = methodView{Method: j.Result.Method, Warnings: j.Result.Warnings}
	return v, nil
}

// parseSummary is what a parse says of its document.
type parseSummary struct {
	MIME        string `json:"mime"`
	PageCount   int    `json:"page_count"`
	TotalChunks int    `json:"total_chunks"`
}

// summaryOf adds up several documents; the type is that of the first which was
// read.
func summaryOf(r *job.Result) (parseSummary, error) {
	var s struct {
		parseSummary
		Files []struct {
			Summary parseSummary `json:"summary"`
		} `json:"files"`
	}
	if err := json.Unmarshal(r.Summary, &s); err != nil {
		return s.parseSummary, fmt.Errorf("decode summary: %w", err)
	}
	for _, f := range s.Files {
		s.TotalChunks += f.Summary.TotalChunks
		if s.MIME == "" {
			s.MIME = f.Summary.MIME
		}
	}
	return s.parseSummary, nil
}

// parseStatus is the parse dialect's word. A job that was queued by an upload
// says so; any other is starting. // contract C2, I4
func parseStatus(j job.Job) string {
	switch j.Status {
	case job.AwaitingUpload:
		return "AwaitingUpload"
	case job.Queued:
		if j.Route == uploadRoute {
			return "Queued"
		}
		return "Starting"
	case job.Processing:
		return "Processing"
	case job.Completed:
		return "Succeeded"
	case job.Cancelled:
		return "Cancelled"
	default:
		return "Failed"
	}
}
