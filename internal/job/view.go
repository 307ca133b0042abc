package job

import (
	"encoding/json"
	"strings"
	"time"
)

// Words is one of the two vocabularies of GET /jobs/{id}. // contract J1
type Words string

// The spelling that the client holds selects the words.
const (
	VisionWords Words = "vision"
	JobsWords   Words = "jobs"
)

// WordsOf gives the words that go with a spelling.
func WordsOf(s Spelling) Words {
	if s == UUID {
		return VisionWords
	}
	return JobsWords
}

// Layouts of times. Older Pythons read exactly 3 or 6 digits of a fraction, so
// none of these may trim zeros. // contract J4
const (
	Millis  = "2006-01-02T15:04:05.000Z"
	Seconds = "2006-01-02T15:04:05Z"
)

// View is the body of GET /jobs/{id}: a superset of what both published
// clients read, in the words of one of them. // contract A1, A2, J2, J4
type View struct {
	ID        string `json:"id"`
	JobID     string `json:"job_id"`
	AliasID   string `json:"alias_id"`
	Status    string `json:"status"`
	Type      string `json:"type"`
	Operation string `json:"operation"`

	CreatedAt   string `json:"created_at"`
	UpdatedAt   string `json:"updated_at"`
	StartedAt   string `json:"started_at,omitempty"`
	CompletedAt string `json:"completed_at,omitempty"`
	ExpiresAt   string `json:"expires_at,omitempty"`

	PDFName   string `json:"pdf_name"`
	PDFHash   string `json:"pdf_hash"`
	UserID    string `json:"user_id"`
	FileCount int    `json:"file_count"`

	Progress ProgressView    `json:"progress"`
	Tags     []string        `json:"tags"`
	Metadata json.RawMessage `json:"metadata,omitempty"`
	Attempt  int             `json:"attempt"`

	BatchID       string   `json:"batch_id,omitempty"`
	ParentID      string   `json:"parent_id,omitempty"`
	OriginalJobID string   `json:"original_job_id,omitempty"`
	SourceJobIDs  []string `json:"source_job_ids,omitempty"`
	ReusedFrom    string   `json:"reused_from,omitempty"`
	CancelAsked   bool     `json:"cancel_requested,omitempty"`

	Method   string   `json:"method,omitempty"`
	Model    string   `json:"model,omitempty"`
	Tokens   *Tokens  `json:"tokens,omitempty"`
	Warnings []string `json:"warnings,omitempty"`

	Error        string        `json:"error,omitempty"`
	ErrorDetails *ErrorDetails `json:"error_details,omitempty"`
	Message      string        `json:"message,omitempty"`
}

// ProgressView is progress with what is known of a job's place in the line,
// while it is known. Neither is part of the job's version. // contract J21
type ProgressView struct {
	Progress
	QueuePosition *int `json:"queue_position,omitempty"` // jobs of the same account that are to start before it
	ETASeconds    *int `json:"eta_seconds,omitempty"`    // until it is done, by how long such jobs take
}

// Place adds where the job stands.
func (v *View) Place(waiting bool, ahead int, done time.Duration) {
	if waiting {
		v.Progress.QueuePosition = &ahead
	}
	if done > 0 {
		seconds := int((done + time.Second - 1) / time.Second)
		v.Progress.ETASeconds = &seconds
	}
}

// ErrorDetails is how the Jobs dialect writes a failure. // contract A5, A9
type ErrorDetails struct {
	ErrorType Code   `json:"error_type"`
	Message   string `json:"message"`
	Facts     Facts  `json:"facts,omitempty"`
}

// View shows the job under the spelling that was asked for.
func (j Job) View(asked Spelling, words Words) View {
	layout := Seconds
	if words == VisionWords {
		layout = Millis
	}
	v := View{
		ID: j.ID.In(asked), JobID: j.ID.In(asked), AliasID: j.ID.In(asked.Other()),
		Status: j.Status.In(words), Type: j.Operation.Type(), Operation: string(j.Operation),
		CreatedAt: stamp(j.CreatedAt, layout), UpdatedAt: stamp(j.UpdatedAt, layout),
		StartedAt: stamp(j.StartedAt, layout), CompletedAt: stamp(j.FinishedAt, layout), ExpiresAt: stamp(j.ExpiresAt, layout),
		UserID: j.Account, FileCount: len(j.Inputs), Progress: ProgressView{Progress: j.Progress}, Tags: j.Tags, Metadata: j.Metadata, Attempt: j.Attempt, CancelAsked: j.CancelRequested && !j.Status.Final(),
	}
	if v.Tags == nil {
		v.Tags = []string{}
	}
	if len(j.Inputs) > 0 {
		v.PDFName = j.Inputs[0].Name
		if j.Inputs[0].SHA256 != "" { // empty until the document is here
			v.PDFHash = "sha256:" + j.Inputs[0].SHA256
		}
	}
	if j.Result != nil {
		v.Method, v.Model, v.Tokens, v.Warnings = j.Result.Method, j.Result.Model, j.Result.Tokens, j.Result.Warnings
	}
	if !j.Batch.IsZero() {
		v.BatchID = j.Batch.String()
	}
	if !j.Parent.IsZero() {
		v.ParentID = j.Parent.In(asked)
	}
	if !j.Original.IsZero() {
		v.OriginalJobID = j.Original.In(asked)
	}
	for _, source := range Sources(j.Inputs) {
		v.SourceJobIDs = append(v.SourceJobIDs, source.In(asked))
	}
	if !j.ReusedFrom.IsZero() {
		v.ReusedFrom = j.ReusedFrom.In(asked)
	}
	if j.Status == Processing && j.Waiting() && j.Progress.Stage != StagePaused {
		v.Progress.Stage = StageWaiting // contract J22
	}
	if d := j.Details(); d != nil {
		v.Error, v.Message, v.ErrorDetails = d.Message, d.Message, d
	}
	return v
}

// Details is why the job ended without a result; nil while it may still.
func (j Job) Details() *ErrorDetails {
	f, ok := j.Reason()
	if !ok {
		return nil
	}
	return &ErrorDetails{ErrorType: f.Code, Message: f.Message(), Facts: f.Facts}
}

// Reason is why the job ended without a result; false while it may still.
func (j Job) Reason() (Failure, bool) {
	switch {
	case j.Status == Cancelled:
		return Failure{Code: CancelledCode}, true
	case j.Status == Failed && j.Failure != nil:
		return *j.Failure, true
	case j.Status == Failed:
		return Failure{Code: Internal}, true
	}
	return Failure{}, false
}

// In is the word for the status. The Vision words have neither a state before
// the queue nor one for cancelled jobs. // contract I4
func (s Status) In(w Words) string {
	if s == AwaitingUpload {
		s = Queued
	}
	switch {
	case w == JobsWords || s == Queued:
		return string(s)
	case s == Cancelled:
		return "FAILED"
	default:
		return strings.ToUpper(string(s))
	}
}

func stamp(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(layout)
}
