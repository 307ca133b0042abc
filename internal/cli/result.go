package cli

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

func (c *cli) result() *cobra.Command {
	var format, output string
	cmd := c.command("result JOB", "Print the result of a job", exactly("the id of a job"), func(ctx context.Context, s *screen, args []string) error {
		r, err := c.connect(s)
		if err != nil {
			return err
		}
		return s.saveResult(ctx, r, args[0], format, output)
	})
	cmd.Flags().StringVarP(&format, "format", "f", "", "json, jsonl, md, html, txt, csv, xlsx or zip, as the operation has it (json)")
	cmd.Flags().StringVar(&output, "output", "", "file to write to, in place of the terminal")
	return cmd
}

// saveResult writes a result to a file, or to stdout without one.
func (s *screen) saveResult(ctx context.Context, r *remote, id, format, output string) error {
	query := url.Values{}
	if format != "" {
		query.Set("format", format)
	}
	return s.save(ctx, r, "/jobs/"+url.PathEscape(id)+"/result", query, output)
}

// save writes an answer of any kind. A file is there whole or not at all.
func (s *screen) save(ctx context.Context, r *remote, path string, query url.Values, output string) (err error) {
	body, kind, err := r.open(ctx, path, query)
	if err != nil {
		return err
	}
	defer body.Close()
	if output == "" {
		if s.terminal && !strings.HasPrefix(kind, "text/") && !strings.HasPrefix(kind, "application/json") && !strings.HasPrefix(kind, "application/x-ndjson") && !strings.HasPrefix(kind, "application/jsonl") {
			return usage("the result is %s, which no terminal shows; name a file with --output", kind)
		}
		if _, err := io.Copy(s.out, body); err != nil {
			return r.words(ctx, err)
		}
		if s.terminal {
			return s.say("")
		}
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(output), ".docket-*")
	if err != nil {
		return &fileError{output, reason(err)}
	}
	_, err = io.Copy(f, body)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644) //nolint:gosec // as any file that a command writes
	}
	if err == nil {
		err = os.Rename(f.Name(), output)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // half a result is none
		return fmt.Errorf("write %s: %w", output, err)
	}
	return s.next("%s", output)
}
