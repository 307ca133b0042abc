package docs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestCommands runs every block of commands that is marked with `run`, document
// by document and in order, and compares what it prints with the block after it
// that is marked with `output`, where … stands for anything. The server is the
// one that the README starts, with the README's own words: what a stranger
// pastes works.
func TestCommands(t *testing.T) {
	all := documents(t)
	s := startServer(t, block0(t, all, "README.md", "serve"))
	blocks := map[string]int{}
	for _, d := range all {
		if blocks[d.path] = len(commands(d)); blocks[d.path] == 0 {
			continue
		}
		t.Run(d.path, func(t *testing.T) {
			folder := s.workplace(t)
			if d.path == "README.md" {
				folder = root // where the reader stands
			}
			s.run(t, d, folder)
		})
	}
	for _, path := range []string{"README.md", "docs/QUICKSTART.md", "docs/OPERATIONS.md", "docs/LIVE.md", "docs/MOVING.md"} {
		if blocks[path] == 0 {
			t.Errorf("%s has no commands that are run", path)
		}
	}
}

// block0 is the first block of a document with a word.
func block0(t *testing.T, all []document, path, word string) string {
	t.Helper()
	for _, d := range all {
		for _, b := range d.blocks {
			if d.path == path && b.is(word) {
				return b.text
			}
		}
	}
	t.Fatalf("%s has no block marked with %s", path, word)
	return ""
}

// command is a block that is run, with what it is to print.
type command struct {
	block
	output *block
}

func commands(d document) []command {
	var found []command
	for i, b := range d.blocks {
		switch {
		case b.is("run"):
			found = append(found, command{block: b})
		case b.is("output") && len(found) > 0:
			found[len(found)-1].output = &d.blocks[i]
		}
	}
	return found
}

// run runs a document's commands in one shell, which ends at the first that
// fails. As in a reader's shell, `… | head -1` is no failure of what writes on.
func (s *server) run(t *testing.T, d document, folder string) {
	t.Helper()
	out := t.TempDir()
	blocks := commands(d)
	script := "set -eu\n"
	for i, c := range blocks {
		script += fmt.Sprintf("{\n%s} >%s 2>%s\n", s.here(c.text), filepath.Join(out, fmt.Sprint(i)), filepath.Join(out, fmt.Sprint("errors", i)))
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
	cmd.Dir, cmd.Env = folder, s.env
	said, err := cmd.CombinedOutput()
	for i, c := range blocks {
		got, missing := os.ReadFile(filepath.Join(out, fmt.Sprint(i)))
		if missing != nil {
			return // the one before has failed
		}
		ended := i == len(blocks)-1
		if !ended {
			_, next := os.Stat(filepath.Join(out, fmt.Sprint(i+1)))
			ended = next != nil
		}
		if err != nil && ended {
			errors, _ := os.ReadFile(filepath.Join(out, fmt.Sprint("errors", i)))
			t.Fatalf("%s:%d: %v\n%s\n%s%s%s", d.path, c.line, err, c.text, got, errors, said)
		}
		if c.output != nil && !same(s.here(c.output.text), string(got)) {
			t.Errorf("%s:%d printed\n%s\nand the document says\n%s", d.path, c.line, got, c.output.text)
		}
	}
}

// same compares without spaces, since documents break lines where programs do
// not; … stands for anything, or nothing.
func same(want, got string) bool {
	squeezed := func(s string) string { return strings.Join(strings.Fields(s), "") }
	pattern := strings.ReplaceAll(regexp.QuoteMeta(squeezed(want)), "…", "(?s:.*?)")
	return regexp.MustCompile("^" + pattern + "$").MatchString(squeezed(got))
}

func TestSame(t *testing.T) {
	for _, test := range []struct {
		want, got string
		same      bool
	}{
		{"{\"a\": 1}\n", `{"a":1}`, true},
		{`{"a": 1, …}`, `{"a":1,"b":[1]}`, true},
		{`{"a": 1}`, `{"a":1,"b":2}`, false},
		{`{"a": …, "b": 2}`, `{"a":1,"c":2}`, false},
		{"a.c", "abc", false},
	} {
		if got := same(test.want, test.got); got != test.same {
			t.Errorf("%s, %s: %v", test.want, test.got, got)
		}
	}
}
