package job

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Failure is why a job ended without a result, as it is stored: a code and
// facts, never words. Each dialect makes its own words of it. // contract J17
type Failure struct {
	Code  Code  `json:"code"`
	Facts Facts `json:"facts,omitempty"`
}

// FailureOf gives what is stored of an error; the cause stays in the log.
func FailureOf(err error) Failure {
	if e, ok := errors.AsType[*Error](err); ok {
		if e.Code == ResultGone { // a document that is not where it was stored
			return Failure{Code: StorageError, Facts: e.Facts}
		}
		return Failure{Code: e.Code, Facts: e.Facts}
	}
	return Failure{Code: Internal}
}

// Message says in the Jobs words what happened, why, and what to do now.
func (f Failure) Message() string {
	what, remedy := f.words()
	if remedy == "" {
		return what
	}
	return what + " " + remedy
}

// Remedy is the last part of Message: what to do now.
func (f Failure) Remedy() string {
	_, remedy := f.words()
	return remedy
}

func (f Failure) words() (what, remedy string) {
	if why := f.text("archive", ""); why != "" {
		return "What was to be imported was refused: " + why + ".", "Check it, and submit it again."
	}
	switch f.Code {
	case FileCorrupted:
		if f.has("empty") {
			return "The file is empty (0 bytes).", "Check that the upload sent the file's content, and submit it again."
		}
		return "Failed to process " + f.text("format", "PDF") + ": File appears to be corrupted" + f.because("reason") + ".",
			"Open it in a viewer, save or print it to a new PDF, and submit that."
	case PasswordProtected:
		if f.is("password_given", true) {
			return "The " + f.text("format", "PDF") + " is password-protected and the password given does not open it.", "Submit it again with the right `password`."
		}
		return "The " + f.text("format", "PDF") + " is password-protected.", "Remove the protection, or submit it again with `password`."
	case Unreadable:
		return "The file could not be read" + f.because("reason") + ".", "Save it as a plain PDF and submit that."
	case UnsupportedFormat:
		return "The file is " + withArticle(f.text("detected", "of a kind that is not known")) + ", which this operation does not read.",
			"Submit " + f.allowed() + "; the type is found from the content, not from the name."
	case ResourceLimit:
		return f.limitWords()
	case Timeout:
		if f.text("limit", "") == "processor_time" {
			return "The document needs more processor time than it is given" + f.onPage() + ".", "Split it, or ask the operator for a larger --cpu-factor."
		}
		return "The document took longer than the " + f.text("seconds", "allowed") + " seconds it is given" + f.onPage() + ".",
			"Split it, or ask the operator for a longer --document-time or --page-time."
	case URLUnreachable:
		return "The document could not be fetched" + f.because("reason") + ".", "Check that the address can be reached from the server, and submit it again."
	case InvalidSchema:
		return "The schema is not one that can be used" + f.because("problem") + ".", "Send a JSON Schema whose root type is object."
	case InvalidConditions:
		return "Invalid conditions format" + f.because("problem") + ".", `Send a JSON array such as [{"name":"invoice"},{"name":"letter"}].`
	case UploadExpired:
		return "The document was never uploaded.", "Ask for a new upload address, and send the document to it within 15 minutes."
	case InputFailed:
		return f.inputWords()
	case StorageError:
		return "The result could not be stored.", "Submit the job again; tell the operator if it happens again."
	case ModelError, ModelTimeout:
		return f.modelWords()
	case WorkerLost:
		return "The worker was lost " + f.text("times", "too many") + " times while it ran this job.", "Submit it again; if it fails again, the document is more than this server can hold."
	case CancelledCode:
		return "Job was cancelled", ""
	default:
		return "The job failed for a reason inside the server" + f.onPage() + ".", "Submit it again; give the operator the job's id if it happens again."
	}
}

// inputWords tell of a job that was to be the input.
func (f Failure) inputWords() (what, remedy string) {
	source := f.text("job_id", "that was to be the input")
	switch f.text("status", "") {
	case string(Failed):
		return "Job " + source + ", whose result was to be the input, failed" + f.because("error_type") + ".", "Rerun that one, and submit this one again with the new job's id."
	case string(Cancelled):
		return "Job " + source + ", whose result was to be the input, was cancelled.", "Rerun that one, and submit this one again with the new job's id."
	case "deleted":
		return "Job " + source + ", whose result was to be the input, was deleted or has expired.", "Submit the document itself."
	}
	return "Job " + source + " has no document for this one" + f.because("reason") + ".", "Submit the document itself, or the id of a job that has parsed it."
}

func (f Failure) modelWords() (what, remedy string) {
	if f.text("limit", "") == "tokens" {
		return fmt.Sprintf("The document needs more than the %s tokens of a language model that a job may use.", f.text("max", "allowed")),
			"Split it, ask the operator for a larger --model-budget, or submit it again with `method` set to `heuristic`."
	}
	remedy = f.text("remedy", "Submit it again later, or with `method` set to `heuristic`; tell the operator if it happens again.")
	if f.Code == ModelTimeout {
		return "The language model did not answer in time" + f.because("reason") + ".", remedy
	}
	return "The language model could not do its part" + f.because("reason") + ".", remedy
}

// withArticle puts "a" or "an" before the name of a kind of file.
func withArticle(name string) string {
	for _, none := range []string{"a ", "an ", "of "} {
		if strings.HasPrefix(name, none) {
			return name
		}
	}
	for _, spoken := range []string{"HTML", "SVG", "RTF"} { // whose first letter is spoken as a vowel
		if strings.HasPrefix(name, spoken) {
			return "an " + name
		}
	}
	if name != "" && strings.ContainsAny(name[:1], "aeioAEIO") {
		return "an " + name
	}
	return "a " + name
}

// allowed lists what may be submitted instead, e.g. "a PDF".
func (f Failure) allowed() string {
	var all []string
	switch v := f.Facts["allowed"].(type) {
	case []string:
		all = v
	case []any: // from storage
		for _, name := range v {
			all = append(all, fmt.Sprint(name))
		}
	}
	if len(all) < 2 {
		return "a PDF"
	}
	return "one of these: " + strings.Join(all, ", ")
}

func (f Failure) onPage() string {
	if page := f.text("page", ""); page != "" && page != "0" {
		return " at page " + page
	}
	return ""
}

func (f Failure) because(fact string) string {
	if why := f.text(fact, ""); why != "" {
		return " (" + why + ")"
	}
	return ""
}

func (f Failure) has(fact string) bool { return f.Facts[fact] != nil }

func (f Failure) is(fact string, value any) bool { return f.Facts[fact] == value }

// text spells a fact. Numbers come back from storage as float64 and must not
// read like 1e+06.
func (f Failure) text(fact, otherwise string) string {
	switch v := f.Facts[fact].(type) {
	case nil:
		return otherwise
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}
