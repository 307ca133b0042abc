package split

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"docket/internal/job"
	"docket/internal/op"
)

// sentFile is a new file as the route of its own shows it. Its readers refuse
// keys they do not know. // contract C7
type sentFile struct {
	Name       string  `json:"name"`
	Path       string  `json:"path"`
	Type       string  `json:"type"` // "file"
	FileID     string  `json:"fileId"`
	FullPath   string  `json:"full_path"` // a link to its content
	Confidence float64 `json:"confidence_score"`
}

// detailedFile is a new file as /jobs/{id}/result shows it.
type detailedFile struct {
	sentFile
	Category string `json:"category"`
	Pages    []int  `json:"page_numbers"` // of the source, from 1
}

// Render writes the result: the object of /splitter/{id}, the body of
// /jobs/{id}/result, or a table of the files.
func (o *Operation) Render(w io.Writer, r op.Rendering) (err error) {
	file, err := r.Open(resultFile)
	if err != nil {
		return fmt.Errorf("open the result: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var files []File
	if err := json.NewDecoder(file).Decode(&files); err != nil {
		return fmt.Errorf("decode the result: %w", err)
	}
	switch r.Format {
	case job.FormatChunks:
		return encode(w, struct {
			Success bool       `json:"success"`
			Message string     `json:"message"`
			Files   []sentFile `json:"files"`
		}{true, message(files), sentFiles(files, r)})
	case job.FormatJSON:
		return writeJSON(w, files, r)
	}
	return op.WriteTable(w, r, o.Name(), []string{"file", "category", "pages", "confidence"}, rows(files))
}

func encode(w io.Writer, body any) error {
	if err := json.NewEncoder(w).Encode(body); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

func message(files []File) string {
	if len(files) == 1 {
		return "Successfully split PDF into 1 file"
	}
	return fmt.Sprintf("Successfully split PDF into %d files", len(files))
}

func sentFiles(files []File, r op.Rendering) []sentFile {
	sent := make([]sentFile, len(files))
	for i, f := range files {
		sent[i] = sentFile{
			Name: f.Name, Path: r.Job.ID.In(job.UUID) + "/" + f.Name, Type: "file", FileID: f.ID, Confidence: f.Confidence,
		}
		if r.Link != nil {
			sent[i].FullPath = r.Link(f.Name)
		}
	}
	return sent
}

// writeJSON writes the body of /jobs/{id}/result. // contract J18
func writeJSON(w io.Writer, files []File, r op.Rendering) error {
	var s Summary
	body := struct {
		Success        bool           `json:"success"`
		Message        string         `json:"message"`
		Files          []detailedFile `json:"files"`
		PageCount      int            `json:"page_count"`
		ProcessingTime float64        `json:"processing_time"` // seconds
		Method         string         `json:"method,omitempty"`
		Model          string         `json:"model,omitempty"`
		Tokens         *job.Tokens    `json:"tokens,omitempty"`
		Warnings       []string       `json:"warnings,omitempty"`
	}{Success: true, Message: message(files), Files: make([]detailedFile, len(files)), ProcessingTime: op.Seconds(r.Job)}
	for i, sent := range sentFiles(files, r) {
		body.Files[i] = detailedFile{sent, files[i].Category, files[i].Pages}
	}
	if result := r.Job.Result; result != nil {
		if err := json.Unmarshal(result.Summary, &s); err != nil {
			return fmt.Errorf("decode summary: %w", err)
		}
		body.PageCount, body.Method, body.Model, body.Tokens, body.Warnings = s.PageCount, result.Method, result.Model, result.Tokens, result.Warnings
	}
	return encode(w, body)
}

func rows(files []File) [][]string {
	all := make([][]string, len(files))
	for i, f := range files {
		pages := make([]string, len(f.Pages))
		for n, p := range f.Pages {
			pages[n] = strconv.Itoa(p)
		}
		all[i] = []string{f.Name, f.Category, strings.Join(pages, ", "), fmt.Sprintf("%.0f %%", 100*f.Confidence)}
	}
	return all
}
