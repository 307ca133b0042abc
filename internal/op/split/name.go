package split

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/gofrs/uuid/v5"

	"docket/internal/job"
)

// maxName is the most characters of a file's name before its number.
const maxName = 100

// fileName makes a name of a category that every file system takes and that
// no file of the job has yet, in whatever case: "Invoice.pdf", then
// "Invoice_2.pdf".
func fileName(category string, taken map[string]bool) string {
	base := safeName(category)
	name := base + ".pdf"
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s_%d.pdf", base, n)
	}
	taken[strings.ToLower(name)] = true
	return name
}

func safeName(category string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`/\:*?"<>|%#`, r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return '_'
		}
		return r
	}, category)
	if runes := []rune(name); len(runes) > maxName {
		name = string(runes[:maxName])
	}
	name = strings.Trim(name, ". ")
	if name == "" {
		return "file"
	}
	return name
}

// fileID is a UUID that the same file of the same job always has.
func fileID(id job.ID, name string) string {
	return uuid.NewV5(uuid.NamespaceOID, id.In(job.UUID)+"/"+name).String()
}
