package parse

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/op"
)

// keepDetails stores what the document says beside its text, if anything.
func keepDetails(t *op.Task, d *document.Details) error {
	if d == nil {
		return nil
	}
	file, err := t.Create(detailsFile)
	if err != nil {
		return fmt.Errorf("create the details: %w", err)
	}
	if err := errors.Join(json.NewEncoder(file).Encode(d), file.Close()); err != nil {
		return fmt.Errorf("store the details: %w", err)
	}
	return nil
}

// writeDetails writes the keys of the details behind others of an object.
func writeDetails(w io.Writer, r *op.Rendering) error {
	file, err := r.Open(detailsFile)
	if job.CodeOf(err) == job.ResultGone {
		return nil // there are none
	}
	if err != nil {
		return fmt.Errorf("open the details: %w", err)
	}
	var d document.Details
	err = json.NewDecoder(file).Decode(&d)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("read the details: %w", err)
	}
	b, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode the details: %w", err)
	}
	if len(b) <= len("{}") {
		return nil
	}
	_, err = fmt.Fprintf(w, ",%s", b[1:len(b)-1])
	return err
}
