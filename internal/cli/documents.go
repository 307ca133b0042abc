package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// fileError is a file of this machine that cannot be sent.
type fileError struct {
	path string
	err  error
}

func (e *fileError) Error() string { return fmt.Sprintf("%s: %v", e.path, e.err) }

func (e *fileError) Unwrap() error { return e.err }

// document is what a job is made of: a file of this machine, or an address.
type document struct {
	path string // empty for an address
	url  string
}

// documents looks at what was named: addresses, ids of jobs whose results are
// the input, and files.
func documents(args []string) ([]document, error) {
	var all []document
	for _, a := range args {
		switch {
		case strings.HasPrefix(a, "http://"), strings.HasPrefix(a, "https://"), strings.HasPrefix(a, "jobid://"):
			all = append(all, document{url: a})
			continue
		case strings.HasPrefix(a, "job_") && len(a) == len("job_")+26:
			if _, err := os.Stat(a); err != nil {
				all = append(all, document{url: "jobid://" + a})
				continue
			}
		}
		info, err := os.Stat(a)
		if err != nil {
			return nil, &fileError{a, reason(err)}
		}
		if info.IsDir() {
			return nil, &fileError{a, fmt.Errorf("it is a folder; name its files, such as %s", filepath.Join(a, "*.pdf"))}
		}
		if !info.Mode().IsRegular() {
			return nil, &fileError{a, fmt.Errorf("it is not a file")}
		}
		all = append(all, document{path: a})
	}
	return all, nil
}

// reason is the error of a file without what was tried and with which file.
func reason(err error) error {
	if e, ok := err.(*os.PathError); ok { //nolint:errorlint // what the system gave, unwrapped
		return e.Err
	}
	return err
}

// name is what the document is called.
func (d document) name() string {
	if d.path != "" {
		return filepath.Base(d.path)
	}
	return d.url
}

// jsonText reads a flag that holds JSON, or names a file with it by @.
func jsonText(flag, text string) (json.RawMessage, error) {
	if text == "" {
		return nil, nil
	}
	b := []byte(text)
	if name, ok := strings.CutPrefix(text, "@"); ok {
		var err error
		if b, err = os.ReadFile(name); err != nil {
			return nil, usage("--%s %s: %w", flag, text, reason(err))
		}
	}
	if !json.Valid(b) {
		return nil, usage("--%s: it is not JSON; write it in single quotes, or name a file with @, such as @%s.json", flag, flag)
	}
	return bytes.TrimSpace(b), nil
}
