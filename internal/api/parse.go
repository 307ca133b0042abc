package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"docket/internal/account"
	"docket/internal/job"
)

// parseMicros is how the parse dialect writes times. // contract J4
const parseMicros = "2006-01-02T15:04:05.000000Z"

// quotaRemaining is what clients that look for a quota are told. // contract J5
const quotaRemaining = 1_000_000_000

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

// createParse is POST /parse: one file; fields that are not known are ignored,
// because three generations of clients send different ones. // contract C1, J7
func (a *API) createParse(w http.ResponseWriter, r *http.Request) error {
	submission, err := a.service.Begin()
	if err != nil {
		return err
	}
	defer submission.Discard()
	f, err := a.readForm(r, submission, formRules{files: []string{"file"}, most: 1})
	if err != nil {
		return err
	}
	var parameters struct {
		Password    string `json:"password,omitempty"`
		MergeTables bool   `json:"merge_tables,omitempty"`
	}
	if parameters.Password, err = f.one("password"); err != nil {
		return err
	}
	if parameters.MergeTables, err = f.boolean("merge_tables"); err != nil {
		return err
	}
	b, err := json.Marshal(parameters)
	if err != nil {
		return err
	}
	j, err := submission.Submit(r.Context(), job.Spec{
		Account: account.From(r.Context()).ID, Spelling: job.UUID, Route: "/parse", Operation: job.Parse, Parameters: b,
	})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, createdParse{
		JobID: j.ID.In(job.UUID), Status: "Starting", FileName: j.Inputs[0].Name, CreatedAt: j.CreatedAt.Format(parseMicros),
		Message:        "Task created successfully. Use GET /parse/{job_id} to check status and retrieve results.",
		QuotaRemaining: quotaRemaining, MergeTables: parameters.MergeTables,
	})
}

// boolean reads a field as any client's language spells it.
func (f *form) boolean(name string) (bool, error) {
	value, err := f.one(name)
	if err != nil || value == "" {
		return false, err
	}
	b, err := strconv.ParseBool(strings.ToLower(value))
	if err != nil {
		return false, invalid(name, "it is neither true nor false", "")
	}
	return b, nil
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
	Metadata      parseMetadata  `json:"metadata"`
	TotalChunks   *int           `json:"total_chunks,omitempty"`
	PageCount     *int           `json:"page_count,omitempty"`
}

type parseMetadata struct {
	Method   string   `json:"method,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

// getParse is GET /parse/{id}. // contract C2
func (a *API) getParse(w http.ResponseWriter, r *http.Request) error {
	j, _, err := a.job(r)
	if err != nil {
		return err
	}
	if j.Operation != job.Parse {
		return job.Errorf(job.NotFound, nil, "job %s is not a parse", j.ID) // contract J3
	}
	link := baseURL(r) + "/files/" + a.service.InputLink(j, 0)
	if j.Result != nil && j.Result.Method != "" {
		w.Header().Set("Docket-Method", j.Result.Method) // contract J18
	}
	if j.Status != job.Completed || r.URL.Query().Get("include_chunks") == "false" {
		view, err := viewParse(j, link)
		if err != nil {
			return err
		}
		return writeJSON(w, http.StatusOK, view)
	}
	out := newBody(w, "application/json")
	err = RenderParse(out, j, link, func(to io.Writer) error {
		return a.service.RenderResult(r.Context(), to, j, job.FormatChunks)
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// RenderParse writes the answer of GET /parse/{id} for a completed job; chunks
// writes the array of its chunks. // contract C2
func RenderParse(w io.Writer, j job.Job, link string, chunks func(io.Writer) error) error {
	view, err := viewParse(j, link)
	if err != nil {
		return err
	}
	head, err := encode(view)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, `%s,"chunks":`, head[:len(head)-1]); err != nil {
		return err
	}
	if err := chunks(w); err != nil {
		return err
	}
	_, err = io.WriteString(w, "}")
	return err
}

func viewParse(j job.Job, link string) (parseView, error) {
	var parameters struct {
		MergeTables bool `json:"merge_tables"`
	}
	if err := json.Unmarshal(j.Parameters, &parameters); err != nil {
		return parseView{}, err
	}
	v := parseView{
		JobID: j.ID.In(job.UUID), Status: parseStatus(j.Status), CreatedAt: j.CreatedAt.Format(parseMicros),
		StartedAt: parseTime(j.StartedAt), FinishedAt: parseTime(j.FinishedAt),
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
	var summary struct {
		MIME        string `json:"mime"`
		PageCount   int    `json:"page_count"`
		TotalChunks int    `json:"total_chunks"`
	}
	if err := json.Unmarshal(j.Result.Summary, &summary); err != nil {
		return parseView{}, err
	}
	v.FileType, v.PDFURL = summary.MIME, link
	v.TotalChunks, v.PageCount = &summary.TotalChunks, &summary.PageCount
	v.Metadata = parseMetadata{Method: j.Result.Method, Warnings: j.Result.Warnings}
	return v, nil
}

// parseStatus is the parse dialect's word. // contract I4
func parseStatus(s job.Status) string {
	switch s {
	case job.AwaitingUpload:
		return "AwaitingUpload"
	case job.Queued:
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

func parseTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(parseMicros)
}

// baseURL is what the client reached us by.
func baseURL(r *http.Request) string { return "http://" + r.Host }
