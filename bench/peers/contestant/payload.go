package contestant

import (
	"fmt"
	"strings"
)

// payloadSize is what every job carries, in bytes.
const payloadSize = 2000

// Payload is the text of a job: its number, and words up to the size.
func Payload(job int) string {
	const words = "the quick brown fox jumps over the lazy dog and writes an invoice "
	head := fmt.Sprintf("%d ", job)
	return head + strings.Repeat(words, payloadSize/len(words)+1)[:payloadSize-len(head)]
}

// Number is the job that a payload is of.
func Number(payload string) (job int, err error) {
	if _, err := fmt.Sscan(payload, &job); err != nil {
		return 0, fmt.Errorf("a payload that is none: %w", err)
	}
	return job, nil
}
