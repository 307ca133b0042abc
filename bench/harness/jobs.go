package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"time"
)

// Form is a request body that submits a document, and its type. More are fields
// besides; an empty one is left out.
func Form(operation, name string, document []byte, more map[string]string) (mediaType string, body []byte, err error) {
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	file, err := m.CreateFormFile("file", name)
	if err == nil {
		_, err = file.Write(document)
	}
	if err == nil {
		err = m.WriteField("operation", operation)
	}
	for field, value := range more {
		if err == nil && value != "" {
			err = m.WriteField(field, value)
		}
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		return "", nil, fmt.Errorf("write a form: %w", err)
	}
	return m.FormDataContentType(), form.Bytes(), nil
}

// Submit makes a job of a document.
func (d *Docket) Submit(ctx context.Context, operation, name string, document []byte) (id string, err error) {
	mediaType, form, err := Form(operation, name, document, nil)
	if err != nil {
		return "", err
	}
	text, err := d.Ask(ctx, http.MethodPost, "/jobs", mediaType, form)
	if err != nil {
		return "", err
	}
	return MadeJob(text)
}

// MadeJob is the id in the answer to a submit.
func MadeJob(answer []byte) (id string, err error) {
	var made struct {
		JobID string `json:"job_id"`
	}
	if err := json.Unmarshal(answer, &made); err != nil {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	return made.JobID, nil
}

// Finish waits until a job has completed.
func (d *Docket) Finish(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	for {
		text, err := d.Ask(ctx, http.MethodGet, "/jobs/"+id+"?wait=30", "", nil)
		if err != nil {
			return err
		}
		var job struct{ Status, Message string }
		if err := json.Unmarshal(text, &job); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		switch job.Status {
		case "completed":
			return nil
		case "failed", "cancelled":
			return fmt.Errorf("job %s: %s: %s", id, job.Status, job.Message)
		}
	}
}
