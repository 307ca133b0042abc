package job

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Code names a failure. It is stored with the job and sent as error_type;
// every dialect has its own words for it.
type Code string

// Codes with which a job can fail. // contract J17
const (
	FileCorrupted     Code = "file_corrupted"
	PasswordProtected Code = "password_protected"
	Unreadable        Code = "unreadable"
	UnsupportedFormat Code = "unsupported_format"
	ResourceLimit     Code = "resource_limit"
	Timeout           Code = "timeout"
	InvalidSchema     Code = "invalid_schema"
	InvalidConditions Code = "invalid_conditions"
	URLUnreachable    Code = "url_unreachable"
	UploadExpired     Code = "upload_expired"
	InputFailed       Code = "input_failed"
	StorageError      Code = "storage_error"
	ModelError        Code = "model_error"
	ModelTimeout      Code = "model_timeout"
	WorkerLost        Code = "worker_lost"
	CancelledCode     Code = "cancelled"
	Internal          Code = "internal"
)

// Codes with which a request is refused; no job carries them.
const (
	InvalidRequest   Code = "invalid_request"
	NotFound         Code = "not_found"
	ResultGone       Code = "result_gone"
	StillProcessing  Code = "still_processing"
	FileTooLarge     Code = "file_too_large"
	BodyTooLarge     Code = "body_too_large"
	UnsupportedMedia Code = "unsupported_media_type"
	MethodNotAllowed Code = "method_not_allowed"
	Unavailable      Code = "unavailable"
	IntakePaused     Code = "intake_paused"
	WrongHost        Code = "wrong_host"
	DiskFull         Code = "disk_full"
	Unauthorized     Code = "unauthorized"
	Forbidden        Code = "forbidden"
	Conflict         Code = "conflict"
	RateLimited      Code = "rate_limit_exceeded"
	QueueFull        Code = "queue_full"
	MailLimit        Code = "mail_limit" // contract J25
	TooSlow          Code = "request_timeout"
	KeyReused        Code = "idempotency_key_reused" // contract J11
	KeyInUse         Code = "idempotency_key_in_use"
)

// Facts are the particulars of an error that its words are made from:
// numbers, names and limits; never a path of the server, never a stack.
type Facts map[string]any

// Error is the one error type that crosses package borders. Code says what
// kind of failure it is, Facts what a reader needs to act on it, and Err what
// happened underneath; Err goes to the log and never to a client.
type Error struct {
	Code  Code
	Facts Facts
	Err   error
}

// Errorf makes an Error whose cause is the formatted text.
func Errorf(code Code, facts Facts, format string, args ...any) *Error {
	return &Error{Code: code, Facts: facts, Err: fmt.Errorf(format, args...)}
}

// Error is for logs: the code, the facts in order, and the cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	for _, k := range slices.Sorted(maps.Keys(e.Facts)) {
		fmt.Fprintf(&b, " %s=%v", k, e.Facts[k])
	}
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Caused says whether an Error of the code is anywhere among the causes.
func Caused(err error, by Code) bool {
	for {
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Code == by {
			return ok
		}
		err = e.Err
	}
}

// CodeOf returns the code of the first Error in err's chain, and Internal for
// any other error.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}
