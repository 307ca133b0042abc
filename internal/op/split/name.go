package split

import (
	"fmt"
	"strings"

	"github.com/gofrs/uuid/v5"

	"docket/internal/job"
	"docket/internal/op"
)

// fileName makes a name of a category that every file system takes and that
// no file of the job has yet, in whatever case: "Invoice.pdf", then
// "Invoice_2.pdf".
func fileName(category string, taken map[string]bool) string {
	base := op.SafeName(category)
	name := base + ".pdf"
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s_%d.pdf", base, n)
	}
	taken[strings.ToLower(name)] = true
	return name
}

// fileID is a UUID that the same file of the same job always has.
func fileID(id job.ID, name string) string {
	return uuid.NewV5(uuid.NamespaceOID, id.In(job.UUID)+"/"+name).String()
}
