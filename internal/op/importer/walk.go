package importer

import (
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"docket/internal/job"
)

// walk goes through one input.
type walk struct {
	limits Limits
	budget *budget
	yield  func(item) error
	names  map[string]bool // of the entries so far
}

// budget is how many bytes all documents may still have.
type budget struct{ left, most int64 }

// spend takes from the budget, or refuses the whole import.
func (b *budget) spend(n int64) error {
	if b.left -= n; b.left < 0 {
		return refused(job.ResourceLimit, fmt.Sprintf("its documents are larger than %d bytes together, which is --max-import-size", b.most))
	}
	return nil
}

// counted reads an entry and refuses what its size and packing do not account
// for.
type counted struct {
	io.Reader
	budget *budget
	read   int64
	most   int64 // by what it is packed in; 0: it is not packed
}

// freely is how much may come of however few packed bytes.
const freely = 1 << 20

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += int64(n)
	if spent := c.budget.spend(int64(n)); spent != nil {
		return n, spent
	}
	if c.most > 0 && c.read > c.most+freely {
		return n, &job.Error{Code: job.ResourceLimit, Facts: job.Facts{"problem": "it is packed more tightly than any document is: a bomb, by --max-archive-ratio", "limit": "ratio"}}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return n, &job.Error{Code: job.FileCorrupted, Err: err, Facts: job.Facts{"problem": "it is broken: " + err.Error()}}
	}
	return n, err
}

// entry checks the name of an entry of an archive; what is not a file of
// anybody's is left out.
func (w *walk) entry(name string) (clean string, ignore bool, fault error) {
	slashed := strings.ReplaceAll(name, `\`, "/")
	clean = shown(path.Base(slashed))
	switch {
	case !utf8.ValidString(name):
		slashed = strings.ToValidUTF8(slashed, "_")
	case strings.HasPrefix(slashed, "__MACOSX/"), clean == ".DS_Store", clean == "Thumbs.db", clean == "desktop.ini":
		return clean, true, nil
	}
	for element := range strings.SplitSeq(slashed, "/") {
		if element == ".." {
			return shown(name), false, wrong("its path climbs out of the archive")
		}
	}
	if strings.HasPrefix(slashed, "/") || len(slashed) > 1 && slashed[1] == ':' {
		return shown(name), false, wrong("its path is absolute")
	}
	if strings.ContainsRune(slashed, 0) || clean == "" || clean == "." {
		return shown(name), false, wrong("its name is none")
	}
	key := path.Clean(slashed)
	if w.names[key] {
		return clean, false, wrong("another entry has the same name")
	}
	if w.names == nil {
		w.names = map[string]bool{}
	}
	w.names[key] = true
	return clean, false, nil
}

// wrong is the fault of one item.
func wrong(problem string) error {
	return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{"problem": problem}}
}

// shown is a name fit to be stored and shown.
func shown(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	if len(name) > 255 {
		name = strings.ToValidUTF8(name[:255], "")
	}
	return name
}
