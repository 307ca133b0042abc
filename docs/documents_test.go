// Package docs_test holds what the documents say against what there is: their
// commands run, their links lead somewhere, their fields are in the contract.
package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root is the folder of the repository.
const root = ".."

// document is a file of Markdown.
type document struct {
	path   string // from the root, with slashes
	prose  []string
	blocks []block
}

// block is a fenced block of a document.
type block struct {
	line  int // of its first line of text, from 1
	words []string
	text  string
}

// is says whether the word stands after the fence.
func (b block) is(word string) bool { return slices.Contains(b.words, word) }

// documents reads every one of the repository.
func documents(t *testing.T) []document {
	t.Helper()
	var all []document
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (slices.Contains([]string{"node_modules", "bin", "data", "dist", "testdata"}, entry.Name()) || name != "." && strings.HasPrefix(entry.Name(), ".") && entry.Name() != ".github"):
			return fs.SkipDir
		case !strings.HasSuffix(name, ".md"):
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		all = append(all, read(name, string(text)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("found %d documents", len(all))
	}
	return all
}

// read takes a document apart. Lines of blocks are empty in its prose, so that
// both have the same numbers.
func read(path, text string) document {
	d := document{path: path}
	open := false
	for n, line := range strings.Split(text, "\n") {
		fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case isFence && !open:
			d.blocks = append(d.blocks, block{line: n + 2, words: strings.Fields(fence)})
			open = true
		case isFence:
			open = false
		case open:
			d.blocks[len(d.blocks)-1].text += line + "\n"
		default:
			d.prose = append(d.prose, line)
			continue
		}
		d.prose = append(d.prose, "")
	}
	return d
}

// anchors are the names that headings have as the end of a link: in lower case,
// without punctuation, spaces as hyphens; one that comes again is numbered.
func (d document) anchors() map[string]bool {
	heading := regexp.MustCompile(`^#{1,6} +(.+?)\s*$`)
	dropped := regexp.MustCompile(`[^\p{L}\p{N}\p{M} _-]`)
	link := regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	found := map[string]bool{}
	for _, line := range d.prose {
		m := heading.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		name := strings.ToLower(link.ReplaceAllString(m[1], "$1"))
		name = strings.ReplaceAll(dropped.ReplaceAllString(name, ""), " ", "-")
		for base, n := name, 1; found[name]; n++ {
			name = base + "-" + string(rune('0'+n))
		}
		found[name] = true
	}
	return found
}
