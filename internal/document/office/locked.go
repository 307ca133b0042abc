package office

import (
	"errors"

	"github.com/xuri/excelize/v2"

	"docket/internal/job"
)

// Unlock opens an Office document of any kind that is behind a password.
// Errors are of code PasswordProtected, with the fact password_given, or
// Unreadable.
func Unlock(data []byte, password string) ([]byte, error) {
	facts := job.Facts{"format": "Office document", "password_given": password != ""}
	if password == "" {
		return nil, job.Errorf(job.PasswordProtected, facts, "open office file: it is encrypted")
	}
	opened, err := excelize.Decrypt(data, &excelize.Options{Password: password})
	switch {
	case errors.Is(err, excelize.ErrWorkbookPassword):
		return nil, &job.Error{Code: job.PasswordProtected, Facts: facts, Err: err}
	case err != nil:
		return nil, &job.Error{Code: job.Unreadable, Facts: job.Facts{"reason": "its protection is of an unknown kind"}, Err: err}
	case len(opened) < 4 || string(opened[:2]) != "PK":
		return nil, job.Errorf(job.PasswordProtected, facts, "open office file: what came out is no archive")
	}
	return opened, nil
}
