package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"docket/internal/job"
	"docket/internal/op"
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

// PageView says which page of a job is shown, and how.
type PageView struct {
	Input, Page int // from 1
	DPI         int // the resolution
	// Part is left, top, width and height of what is wanted, in pixels at 144
	// dpi; all of the page when it is zero.
	Part [4]float64
}

// PageImage writes a page of a document of the job as a PNG file. Errors are those of OpenInput, of code
// NotFound for a page that is not there, and what is wrong with the document.
// contract J31
func (s *Service) PageImage(ctx context.Context, j job.Job, v PageView, w io.Writer) (err error) {
	d, err := s.OpenInput(ctx, j, v.Input)
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
	err = s.pictures.Page(ctx, d.Body, d.Size, parameters.Password, op.View{Page: v.Page, DPI: v.DPI, Part: v.Part}, w)
	if job.CodeOf(err) == job.NotFound {
		return missing(fmt.Sprintf("Document %d of job %s has no page %d", v.Input, j.ID, v.Page))
	}
	return err
}
