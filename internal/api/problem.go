package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/go-chi/chi/v5"

	"docket/internal/job"
	"docket/internal/service"
)

// problem is what went wrong with a request, before it is put in the words of
// a dialect.
type problem struct {
	status      int
	code        job.Code
	title       string // two or three words
	message     string // what, why, what now
	suggestions []string
	id          string // of the job that was asked for, as the client spelled it
	retryAfter  string // seconds, or empty
	facts       job.Facts
	items       []fault // of a batch
	requestID   string
}

// fact spells one of the facts; empty when there is none.
func (p *problem) fact(name string) string {
	switch v := p.facts[name].(type) {
	case nil:
		return ""
	case []string:
		return strings.Join(v, ", ")
	default:
		return fmt.Sprint(v)
	}
}

// kind is how errors of one code are answered.
type kind struct {
	status     int
	title      string
	retryAfter string
	words      func(p *problem, r *http.Request) // sets message and suggestions
}

// kinds says how each code is answered. A code that is not here is a job's own
// failure, told where its result was asked for. // contract J15
func kinds() map[job.Code]kind {
	return map[job.Code]kind{
		job.NotFound:          {http.StatusNotFound, "Job not found", "", notFoundWords},
		job.ResultGone:        {http.StatusNotFound, "Result not found", "", goneWords},
		job.StillProcessing:   {http.StatusBadRequest, "Job not finished", "2", earlyWords},
		job.InvalidRequest:    {http.StatusBadRequest, "Invalid request", "", invalidWords},
		job.InvalidSchema:     {http.StatusBadRequest, "Schema validation failed", "", invalidWords},
		job.InvalidConditions: {http.StatusBadRequest, "Invalid categories", "", invalidWords},
		job.UnsupportedMedia:  {http.StatusUnsupportedMediaType, "Unsupported media type", "", mediaWords},
		job.MethodNotAllowed:  {http.StatusMethodNotAllowed, "Method not allowed", "", methodWords},
		job.FileTooLarge:      {http.StatusRequestEntityTooLarge, "File too large", "", fileSizeWords},
		job.BodyTooLarge:      {http.StatusRequestEntityTooLarge, "Request too large", "", bodySizeWords},
		job.Unauthorized:      {http.StatusUnauthorized, "Unauthorized", "", unauthorizedWords},
		job.Forbidden:         {http.StatusForbidden, "Forbidden", "", forbiddenWords},
		job.WrongHost:         {http.StatusMisdirectedRequest, "Unknown host name", "", hostWords},
		job.Conflict:          {http.StatusConflict, "Conflict", "", conflictWords},
		job.KeyReused:         {http.StatusConflict, "Idempotency key reused", "", keyReusedWords},
		job.KeyInUse:          {http.StatusConflict, "Idempotency key in use", "5", keyInUseWords},
		job.RateLimited:       {http.StatusTooManyRequests, "Rate limit exceeded", "1", rateWords},
		job.QueueFull:         {http.StatusTooManyRequests, "Queue full", "10", queueWords},
		job.MailLimit:         {http.StatusTooManyRequests, "Too many e-mails", "3600", mailWords},
		job.TooSlow:           {http.StatusRequestTimeout, "Request too slow", "", slowWords},
		job.DiskFull:          {http.StatusInsufficientStorage, "Storage full", "30", storageWords},
		job.IntakePaused:      {http.StatusServiceUnavailable, "Intake paused", "30", pausedWords},
		job.Unavailable:       {http.StatusServiceUnavailable, "Unavailable", "5", storageWords},
		job.Internal:          {http.StatusInternalServerError, "Internal error", "", internalWords},
	}
}

// statusGone is for a request whose client has gone: nobody reads the answer.
const statusGone = 499

// problemOf finds what to say of an error. Causes stay inside.
func problemOf(err error, r *http.Request) problem {
	e, ok := errors.AsType[*job.Error](err)
	if !ok && (r.Context().Err() != nil || errors.Is(err, os.ErrDeadlineExceeded)) { // it went, or does not read
		return problem{status: statusGone, code: job.Unavailable, title: "Request ended", message: "The request was given up."}
	}
	if !ok {
		e = &job.Error{Code: job.Internal, Err: err}
	}
	p := problem{code: e.Code, id: plain(chi.URLParam(r, "id"), 200), facts: e.Facts}
	if p.id == "" {
		p.id = plain(p.fact("job_id"), 200)
	}
	k, known := kinds()[e.Code]
	if !known {
		k = kind{http.StatusBadRequest, "Job has no result", "", failureWords}
	}
	p.status, p.title, p.retryAfter = k.status, k.title, k.retryAfter
	if after := p.fact("retry_after"); after != "" {
		p.retryAfter = after
	}
	k.words(&p, r)
	return p
}

func notFoundWords(p *problem, r *http.Request) {
	switch {
	case p.fact("missing") != "":
		p.title, p.message = "Not found", p.fact("missing")+"."
	case p.fact("path") != "":
		p.title = "Route not found"
		p.message = fmt.Sprintf("There is no route %s %s.", r.Method, plain(p.fact("path"), 300))
		p.suggestions = []string{"Check the path and the method", "GET /docs lists every route"}
	case p.id == "":
		p.title, p.message = "Not found", "There is nothing here."
	case strings.HasPrefix(r.URL.Path, "/keys/"):
		p.title, p.message = "Key not found", fmt.Sprintf("There is no key %s", p.id)
		p.suggestions = []string{"GET /keys lists all keys"}
	case strings.HasPrefix(r.URL.Path, "/webhooks/"):
		p.title = "Webhook not found"
		p.message = fmt.Sprintf("There is no webhook or delivery at %s", plain(r.URL.Path, 300))
		p.suggestions = []string{"GET /webhooks lists those of your account"}
	case strings.HasPrefix(r.URL.Path, "/jobs/batch/"):
		p.title = "Batch not found"
		p.message = fmt.Sprintf("Batch with ID '%s' does not exist", p.id)
		p.suggestions = []string{"Check the batch ID for typos", "Its jobs may have been automatically deleted after the retention period"}
	default:
		p.message = fmt.Sprintf("Job with ID '%s' does not exist", p.id)
		p.suggestions = []string{ // contract A9
			"Check the job ID for typos",
			"Verify the job belongs to your account",
			"Job may have been automatically deleted after retention period",
		}
	}
}

func goneWords(p *problem, _ *http.Request) {
	p.message = fmt.Sprintf("Result for job %s not found", p.id)
	p.suggestions = []string{"Results are deleted after the retention period", "Submit the document again"}
}

func earlyWords(p *problem, _ *http.Request) {
	p.message = fmt.Sprintf("Job %s is still processing", p.id)
	p.suggestions = []string{"Poll GET /jobs/" + p.id + " until its status is final"}
}

// invalidWords says which field is wrong, why, and what is allowed.
func invalidWords(p *problem, _ *http.Request) {
	p.message = p.fact("problem")
	if field := p.fact("field"); field != "" {
		p.message = fmt.Sprintf("%s: %s", field, p.message)
	}
	if allowed := p.fact("allowed"); allowed != "" {
		p.suggestions = append(p.suggestions, "Allowed: "+allowed)
	}
	if remedy := p.fact("remedy"); remedy != "" {
		p.suggestions = append(p.suggestions, remedy)
	}
	faults, _ := p.facts["items"].([]service.ItemFault)
	for _, f := range faults {
		one := &problem{facts: f.Error.Facts}
		invalidWords(one, nil)
		message := strings.Join(append([]string{one.message}, one.suggestions...), ". ")
		p.items = append(p.items, fault{Index: f.Index, ErrorType: f.Error.Code, Message: message})
		p.suggestions = append(p.suggestions, fmt.Sprintf("jobs[%d]: %s", f.Index, message))
	}
}

func mediaWords(p *problem, _ *http.Request) {
	got := p.fact("got")
	if got == "" {
		got = "of no stated type"
	}
	p.message = fmt.Sprintf("The body is %s; send multipart/form-data or application/json.", got)
	p.suggestions = []string{"With curl: -F file=@document.pdf"}
}

func methodWords(p *problem, r *http.Request) {
	p.message = fmt.Sprintf("%s does not take %s.", plain(r.URL.Path, 300), r.Method)
	p.suggestions = []string{"The header Allow lists what it takes"}
}

func fileSizeWords(p *problem, _ *http.Request) {
	p.message = fmt.Sprintf("File size exceeds maximum limit: the file is larger than %s bytes.", p.fact("max"))
	p.suggestions = []string{"Split the document and submit the parts", "The operator can raise the limit with --max-file"}
}

func bodySizeWords(p *problem, _ *http.Request) {
	p.message = fmt.Sprintf("The fields of the request are longer than %s bytes.", p.fact("max"))
	p.suggestions = []string{"Send documents as files of a form, not as text"}
}

func forbiddenWords(p *problem, _ *http.Request) {
	p.message = "The job belongs to another account."
	p.suggestions = []string{"Use a key of the account that submitted the job"}
	if link := p.fact("link"); link != "" {
		p.message = "The link is " + link + "."
		p.suggestions = []string{"Ask for the job again: its answer holds a new link"}
	}
	if scope := p.fact("scope"); scope != "" {
		p.message = fmt.Sprintf("The key has insufficient permissions: it lacks the scope %s.", scope)
		p.suggestions = []string{"Use a key with the scope " + scope, "An admin makes keys with `docket keys create --scopes` or POST /keys"}
	}
	if ticket := p.fact("ticket"); ticket != "" {
		p.message = "The ticket is " + ticket + "."
		p.suggestions = []string{"POST /tickets gives a new one, which opens one stream within 60 seconds"}
	}
	if origin := p.fact("origin"); origin != "" {
		p.message = fmt.Sprintf("Web pages of %s may not use this server.", origin)
		p.suggestions = []string{"The operator can let them with --allowed-origins", "In open mode pages of this machine may, such as those of http://localhost:3000"}
	}
}

// unauthorizedWords are the published sentences. // contract 0.3
func unauthorizedWords(p *problem, _ *http.Request) {
	const headers = "Send the key as X-API-Key, api-key, or Authorization: Bearer"
	switch p.fact("problem") {
	case "missing":
		p.message = "API key is required. Please provide 'api-key' in the request header."
	case "ambiguous":
		p.message = "The request carries two different API keys; send one."
	case "session":
		p.message = "The session has ended."
		p.suggestions = []string{"Sign in again: POST /session"}
		return
	case "foreign page":
		p.message = "The session is good for this server's own pages alone."
	default: // which of them it is helps who guesses
		p.message = "Invalid API key"
		p.suggestions = []string{"Check the key for typos", "It may have expired or been revoked: an admin sees that with `docket keys list`"}
	}
	p.suggestions = append(p.suggestions, headers)
}

func hostWords(p *problem, _ *http.Request) {
	p.message = fmt.Sprintf("This server is not %s: without keys it answers only under names of its own machine.", p.fact("host"))
	p.suggestions = []string{"Use http://localhost or http://127.0.0.1 with the server's port", "The operator can give its name with --public-url, or make keys"}
}

func conflictWords(p *problem, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/webhooks/") || strings.HasPrefix(r.URL.Path, "/keys/") {
		p.message = fmt.Sprintf("That cannot be done: %s.", p.fact("problem"))
		return
	}
	what := "job"
	if strings.HasPrefix(r.URL.Path, "/jobs/batch/") {
		what = "batch"
	}
	p.message = fmt.Sprintf("That cannot be done with %s %s: %s.", what, p.id, p.fact("problem"))
	p.suggestions = []string{"Read it again to see where it is"}
}

func keyReusedWords(p *problem, _ *http.Request) {
	p.message = fmt.Sprintf("The Idempotency-Key was used at %s for another request: another route, another field or another document.", p.fact("since"))
	p.suggestions = []string{"Send a new key with a new request", "To get the first answer again, repeat its request as it was, until " + p.fact("until")}
}

func keyInUseWords(p *problem, _ *http.Request) {
	p.message = "Another request with the same Idempotency-Key has not been answered yet."
	p.suggestions = []string{"Repeat the request as it is, after as many seconds as Retry-After says"}
}

// storageWords are the published sentence, which says no more. // contract J10
func storageWords(p *problem, r *http.Request) {
	p.message = "Failed to upload file to storage. Please try again."
	if r.Method == http.MethodGet {
		p.message = "The server cannot reach its storage. Please try again."
	}
	if p.code == job.DiskFull && r.Method == http.MethodGet {
		p.message = "The server's disk is full: jobs can be read, and none can be submitted."
	}
	if p.code == job.DiskFull {
		p.suggestions = []string{"The server's disk is full; its operator must make room"}
	}
}

func pausedWords(p *problem, _ *http.Request) {
	p.message = "The server takes no new jobs at the moment: its operator has paused the intake. Jobs that it has taken go on."
	p.suggestions = []string{"Send the request again later"}
}

func internalWords(p *problem, _ *http.Request) {
	p.message = "The server failed to answer this request; its log says why."
}

func failureWords(p *problem, _ *http.Request) {
	f := job.Failure{Code: p.code, Facts: p.facts}
	p.message = f.Message()
	if p.id != "" {
		p.message = fmt.Sprintf("Job %s failed: %s", p.id, p.message)
		if p.code == job.CancelledCode {
			p.message = fmt.Sprintf("Job %s was cancelled", p.id)
		}
	}
	if remedy := f.Remedy(); remedy != "" {
		p.suggestions = []string{remedy}
	}
}

func notFound(_ http.ResponseWriter, r *http.Request) error {
	return &job.Error{Code: job.NotFound, Facts: job.Facts{"path": r.URL.Path}}
}

func methodNotAllowed(http.ResponseWriter, *http.Request) error {
	return &job.Error{Code: job.MethodNotAllowed}
}

// dialectOf finds the words for what no route answers.
func dialectOf(path string) dialect {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch first {
	case "v1":
		return platformDialect
	case "parse", "v2", "extract", "cite", "splitter", "classify":
		return visionDialect
	}
	return jobsDialect
}

// asJSON is for facts that go into details as they are.
func asJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage(`{}`)
	}
	return b
}
