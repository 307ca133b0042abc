package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"docket/internal/job"
)

// OpenInput reads document n of the job, counted from 1. Errors are of code
// NotFound, with the fact "missing", when it has no such document or has not
// got it yet. // contract J31
func (s *Service) OpenInput(ctx context.Context, j job.Job, n int) (Download, error) {
	if n < 1 || n > len(j.Inputs) || !j.Inputs[n-1].Here() {
		return Download{}, missing(fmt.Sprintf("Job %s has no document %d; it has %d, counted from 1", j.ID, n, len(j.Inputs)))
	}
	in := j.Inputs[n-1]
	body, err := s.blobs.Open(ctx, in.File)
	return Download{Name: in.Name, Size: in.File.Size, Body: body}, err
}

func missing(what string) error {
	return &job.Error{Code: job.NotFound, Facts: job.Facts{"missing": what}}
}

// PageImage writes page n of document input of the job as a PNG file; both are
// counted from 1, dpi is the resolution. Errors are those of OpenInput, of code
// NotFound for a page that is not there, and what is wrong with the document.
// contract J31
func (s *Service) PageImage(ctx context.Context, j job.Job, input, n, dpi int, w io.Writer) (err error) {
	d, err := s.OpenInput(ctx, j, input)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Body.Close()) }()
	var parameters struct {
		Password string `json:"password"`
	}
	if len(j.Parameters) > 0 {
		if err := json.Unmarshal(j.Parameters, &parameters); err != nil {
			return fmt.Errorf("decode parameters of job %s: %w", j.ID, err)
		}
	}
	err = s.pictures.Page(ctx, d.Body, d.Size, parameters.Password, n, dpi, w)
	if job.CodeOf(err) == job.NotFound {
		return missing(fmt.Sprintf("Document %d of job %s has no page %d", input, j.ID, n))
	}
	return err
}
