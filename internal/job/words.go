package job

import (
	"strings"
	"time"
)

// ParseStatus reads a status in any vocabulary, in lower case: it may stand for
// several; false when it is none. // contract I4, J20
func ParseStatus(word string) ([]Status, bool) {
	switch word {
	case "queued", "pending":
		return []Status{Queued, AwaitingUpload}, true
	case "starting":
		return []Status{Queued}, true
	case "awaiting_upload", "awaitingupload":
		return []Status{AwaitingUpload}, true
	case "processing", "running":
		return []Status{Processing}, true
	case "completed", "succeeded":
		return []Status{Completed}, true
	case "failed":
		return []Status{Failed}, true
	case "cancelled", "canceled":
		return []Status{Cancelled}, true
	}
	return nil, false
}

// ParseTime reads an ISO time with up to nine digits of a fraction; one
// without a zone is UTC. A + that arrives as a space is what clients send that
// do not escape it. // contract J20
func ParseTime(value string) (time.Time, bool) {
	text := strings.Replace(strings.ToUpper(value), " ", "+", 1)
	if len(value) > 10 && value[10] == ' ' { // the space between date and time, instead
		text = strings.Replace(value[:10]+"T"+value[11:], " ", "+", 1)
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02", "2006-01-02T15:04:05-0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
