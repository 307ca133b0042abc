package job

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
	"go.jetify.com/typeid/base32"
)

// Endpoint is an address that an account wants told of its jobs.
type Endpoint struct {
	ID         string // whe_…
	Account    string
	URL        string
	Events     []Status    // that are told; empty: all
	Operations []Operation // that are told of; empty: all
	AllowCIDRs []string    // private networks that the address may be in

	Secret        string    // whsec_…
	OldSecret     string    // still signs until OldUntil, after a rotation
	OldUntil      time.Time // zero: there is none
	CreatedAt     time.Time
	DisabledAt    time.Time // zero: it is told
	DisabledCause string
}

// Wants says whether the endpoint is told of a change to the status.
func (e Endpoint) Wants(o Operation, s Status) bool {
	return e.DisabledAt.IsZero() && (len(e.Events) == 0 || slices.Contains(e.Events, s)) && (len(e.Operations) == 0 || slices.Contains(e.Operations, o))
}

// Channel is a way to tell somebody.
type Channel string

// Channels.
const (
	ByWebhook Channel = "webhook"
	ByEmail   Channel = "email"
)

// DeliveryStatus is where a delivery is.
type DeliveryStatus string

// A delivery is pending until it was taken, or given up.
const (
	Pending   DeliveryStatus = "pending"
	Delivered DeliveryStatus = "delivered"
	GivenUp   DeliveryStatus = "failed"
)

// Delivery is one message to one receiver. It outlives its job.
type Delivery struct {
	ID         string // evt_…; the webhook-id, the same on every try
	Account    string
	Endpoint   string // empty: the job named the receiver itself
	Channel    Channel
	Target     string // URL or address
	Job        ID     // zero: a test
	Sequence   int64  // the job's version that it tells of
	Status     DeliveryStatus
	Attempt    int    // tries so far
	Owner      string // who sends it now; empty when it was not claimed
	Payload    json.RawMessage
	Trace      string // as in Job
	CreatedAt  time.Time
	RunAt      time.Time // of the next try; zero when there is none
	FinishedAt time.Time // zero until delivered or given up
}

// DeliveryAttempt is one try, with what was sent and what came back.
type DeliveryAttempt struct {
	N              int               `json:"attempt"`
	At             time.Time         `json:"-"`
	Took           time.Duration     `json:"-"`
	Status         int               `json:"status"` // 0: no answer
	RequestHeaders map[string]string `json:"request_headers,omitempty"`
	AnswerHeaders  map[string]string `json:"response_headers,omitempty"`
	Answer         string            `json:"response_body,omitempty"` // its beginning
	Error          string            `json:"error,omitempty"`
}

// NewEndpointID makes the id of an endpoint.
func NewEndpointID() (string, error) { return newTypeID("whe_") }

// NewDeliveryID makes the id of a delivery; later ones sort after it.
func NewDeliveryID() (string, error) { return newTypeID("evt_") }

func newTypeID(prefix string) (string, error) {
	u, err := uuid.NewV7()
	if err != nil {
		return "", err
	}
	return prefix + base32.Encode(u), nil
}

// Message is the body of a webhook: one superset serves every published
// receiver. // contract E, J2, J24
type Message struct {
	Event          string          `json:"event"`
	EventID        string          `json:"event_id"`
	Sequence       int64           `json:"sequence"`
	ID             string          `json:"id"`
	JobID          string          `json:"job_id"`
	AliasID        string          `json:"alias_id"`
	Operation      Operation       `json:"operation"`
	Type           string          `json:"type"`
	Status         string          `json:"status"`
	CurrentStatus  string          `json:"current_status"`
	PreviousStatus *string         `json:"previous_status"`
	Timestamp      string          `json:"timestamp"`
	FileName       string          `json:"file_name,omitempty"`
	Progress       Progress        `json:"progress"`
	Result         json.RawMessage `json:"result"`
	ResultURL      *string         `json:"result_url"`
	Error          *string         `json:"error"`
	ErrorDetails   *ErrorDetails   `json:"error_details,omitempty"`
	Method         string          `json:"method,omitempty"`
	Warnings       []string        `json:"warnings,omitempty"`
	Tags           []string        `json:"tags"`
	Metadata       json.RawMessage `json:"metadata,omitempty"`
	IncludeSummary bool            `json:"include_summary,omitempty"` // of an e-mail alone
}

// Told is what a completed job adds to its last message.
type Told struct {
	Result    json.RawMessage // nil: too large to be sent along
	ResultURL string
}

// Message tells of the event in the Jobs words, under the spelling that the
// job's submit answered.
func (j Job) Message(e Event, id string, told Told) Message {
	m := Message{
		Event: string(EventStatus), EventID: id, Sequence: e.Version,
		ID: j.ID.In(j.Spelling), JobID: j.ID.In(j.Spelling), AliasID: j.ID.In(j.Spelling.Other()),
		Operation: j.Operation, Type: j.Operation.Type(),
		Status: e.To.In(JobsWords), CurrentStatus: e.To.In(JobsWords), Timestamp: e.At.UTC().Format(Seconds),
		Progress: j.Progress, Result: told.Result, Tags: j.Tags, Metadata: j.Metadata, ErrorDetails: j.Details(),
	}
	if e.From != "" {
		from := e.From.In(JobsWords)
		m.PreviousStatus = &from
	}
	if told.ResultURL != "" {
		m.ResultURL = &told.ResultURL
	}
	if m.ErrorDetails != nil {
		m.Error = &m.ErrorDetails.Message
	}
	if m.Tags == nil {
		m.Tags = []string{}
	}
	if len(j.Inputs) > 0 {
		m.FileName = j.Inputs[0].Name
	}
	if j.Result != nil {
		m.Method, m.Warnings = j.Result.Method, j.Result.Warnings
	}
	return m
}

// Visible says that the event is told outside: its word is another one. A
// document that was uploaded and a new attempt are not. // contract J24
func (e Event) Visible() bool {
	return e.Kind != EventAttempt && e.From.In(JobsWords) != e.To.In(JobsWords)
}

// WantsMail says whether the job's own settings ask for an e-mail.
func (n *Notify) WantsMail(s Status) bool {
	return n != nil && n.Email != "" && slices.Contains(n.Events, string(s))
}

// NewWebhookSecret makes a secret to sign messages with, as Standard Webhooks
// writes them: whsec_ and 32 bytes in Base64.
func NewWebhookSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(b[:])
}
