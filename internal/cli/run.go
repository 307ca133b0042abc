package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// runner is one of the commands that do their work at once and print the
// result: on a server when one is named, else in this process.
type runner struct {
	spec
	format, output, password string
	schema, categories       string
}

// formats are those of an operation, by what --format may say.
func formats(operation string) map[string]string {
	all := map[string]string{"json": "json", "md": "md", "markdown": "md", "html": "html", "txt": "txt", "text": "txt"}
	if operation == "parse" { // its tables
		all["csv"], all["xlsx"] = "csv", "xlsx"
	}
	return all
}

// ending is that of a result's file.
func (p *runner) ending() string { return "." + formats(p.operation)[p.format] }

// runs are the commands parse, extract, classify and split.
func (c *cli) runs() []*cobra.Command {
	parse := c.run("parse", "Parse documents, and print them", "md", "md, html, txt, json (the answer of GET /parse/{id}), or csv or xlsx (the tables)", nil)
	const table = "json, md, html or txt"
	extract := c.run("extract", "Extract the values that a JSON Schema asks for", "json", table, func(p *runner, cmd *cobra.Command) {
		cmd.Flags().StringVar(&p.schema, "schema", "", "the JSON Schema, or @FILE")
	})
	categories := func(p *runner, cmd *cobra.Command) {
		cmd.Flags().StringVar(&p.categories, "categories", "", `names with commas, a JSON array of {"name","description"}, or @FILE`)
	}
	classify := c.run("classify", "Find the category of documents", "json", table, categories)
	split := c.run("split", "Split documents into one for each category", "json", table, categories)
	extract.Example = "  docket extract invoice.pdf --schema @schema.json"
	classify.Example = "  docket classify scan.pdf --categories invoice,letter,contract"
	split.Example = "  docket split scans.pdf --categories invoice,letter --output parts"
	return []*cobra.Command{parse, extract, classify, split}
}

func (c *cli) run(operation, short, format, allowed string, more func(*runner, *cobra.Command)) *cobra.Command {
	p := &runner{spec: spec{operation: operation}}
	cmd := c.command(operation+" FILE...", short+"; without a server that is named, in this process",
		func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("docket %s takes one file or several, 0 given", operation)
			}
			return nil
		},
		func(ctx context.Context, s *screen, args []string) error { return c.runAll(ctx, s, p, args, allowed) })
	p.flags(cmd.Flags())
	cmd.Flags().StringVarP(&p.format, "format", "f", format, allowed)
	cmd.Flags().StringVar(&p.output, "output", "", "folder for the results of several files, and for the files of a split")
	cmd.Flags().StringVar(&p.password, "password", "", "of an encrypted document")
	if more != nil {
		more(p, cmd)
	}
	return cmd
}

func (c *cli) runAll(ctx context.Context, s *screen, p *runner, args []string, allowed string) error {
	if formats(p.operation)[p.format] == "" {
		return usage("--format %q: choose %s", p.format, choices(allowed))
	}
	if len(args) > 1 && p.output == "" {
		return usage("%d files have %d results: name a folder for them with --output", len(args), len(args))
	}
	if p.operation == "split" && p.output == "" {
		return usage("docket split makes files: name a folder for them with --output")
	}
	if err := p.complete(); err != nil {
		return err
	}
	if p.output != "" {
		if err := os.MkdirAll(p.output, 0o755); err != nil { //nolint:gosec // as any folder that a command makes
			return &fileError{p.output, reason(err)}
		}
	}
	settings, err := c.settings()
	if err != nil {
		return err
	}
	if settings.ServerFrom == "" {
		return c.runHere(ctx, s, p, args)
	}
	return c.runThere(ctx, s, p, args)
}

// parts is the folder for the files of a split; of several splits, each has
// its own.
func (p *runner) parts(name string, several bool) string {
	if several && p.operation == "split" {
		base := filepath.Base(name)
		return filepath.Join(p.output, strings.TrimSuffix(base, filepath.Ext(base)))
	}
	return p.output
}

// choices are the formats without what is explained of them.
func choices(allowed string) string {
	before, _, explained := strings.Cut(allowed, " (")
	if !explained {
		return allowed
	}
	return before + ", csv or xlsx"
}

// complete puts the flags of the operation into its parameters.
func (p *runner) complete() error {
	add := func(name string, value json.RawMessage) { p.set = append(p.set, name+"="+string(value)) }
	if p.password != "" {
		b, err := json.Marshal(p.password)
		if err != nil {
			return fmt.Errorf("encode the password: %w", err)
		}
		add("password", b)
	}
	if p.schema != "" {
		b, err := jsonText("schema", p.schema)
		if err != nil {
			return err
		}
		add("schema", b)
	}
	if p.categories != "" {
		b, err := categoryList(p.categories)
		if err != nil {
			return err
		}
		add("categories", b)
	}
	return nil
}

// categoryList reads names with commas, or JSON.
func categoryList(text string) (json.RawMessage, error) {
	if strings.HasPrefix(text, "@") || strings.HasPrefix(strings.TrimSpace(text), "[") {
		return jsonText("categories", text)
	}
	var list []map[string]string
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			list = append(list, map[string]string{"name": name})
		}
	}
	return json.Marshal(list)
}

// runHere does the work in this process, one file after the other. A file that
// fails leaves the others alone.
func (c *cli) runHere(ctx context.Context, s *screen, p *runner, args []string) error {
	parameters, err := p.parsed()
	if err != nil {
		return err
	}
	var first error
	for _, file := range args {
		run := Run{Operation: p.operation, File: file, Parameters: parameters, Format: formats(p.operation)[p.format], Folder: p.parts(file, len(args) > 1)}
		err := c.oneHere(ctx, s, p, run, len(args) > 1)
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case first == nil:
			first = err
		default:
			s.note(err.Error())
		}
	}
	return first
}

func (c *cli) oneHere(ctx context.Context, s *screen, p *runner, run Run, several bool) (err error) {
	if !several {
		out := bufio.NewWriter(s.out)
		return errors.Join(c.Local(ctx, run, out), out.Flush())
	}
	name := filepath.Join(p.output, filepath.Base(run.File)+p.ending())
	f, err := os.Create(name)
	if err != nil {
		return &fileError{name, reason(err)}
	}
	if err := errors.Join(c.Local(ctx, run, f), f.Close()); err != nil {
		_ = os.Remove(name) // half a result is none
		return err
	}
	return s.say("%s", name)
}

// runThere submits the documents, waits, and fetches the results.
func (c *cli) runThere(ctx context.Context, s *screen, p *runner, args []string) error {
	docs, err := documents(args)
	if err != nil {
		return err
	}
	r, err := c.connect(s)
	if err != nil {
		return err
	}
	var groups [][]document
	for _, d := range docs {
		groups = append(groups, []document{d})
	}
	jobs, first := s.submitEach(ctx, r, &p.spec, groups, false)
	quiet := *c
	quiet.Stdout = io.Discard
	waiting := newScreen(&quiet)
	waiting.errs, waiting.live = s.errs, s.live
	if len(jobs) > 0 {
		if err := waiting.await(ctx, r, jobs, false); err != nil && !errors.Is(err, errJobs) {
			return err
		}
	}
	states, err := r.states(ctx, idsOf(jobs))
	if err != nil {
		return err
	}
	for i, j := range states {
		if j.Status != "completed" {
			j.Name = jobs[i].Name
			s.note(fmt.Sprintf("%s: %s", j.Name, strings.ReplaceAll(j.more(), "`password`", "--password")))
			first = errJobs
			continue
		}
		if err := s.fetch(ctx, r, p, j.ID, jobs[i].Name, len(docs) > 1); err != nil {
			return err
		}
	}
	return first
}

func idsOf(jobs []jobState) (all []string) {
	for _, j := range jobs {
		all = append(all, j.ID)
	}
	return all
}

// fetch prints the result of a job, or writes it into the folder.
func (s *screen) fetch(ctx context.Context, r *remote, p *runner, id, name string, several bool) error {
	output := ""
	if several {
		output = filepath.Join(p.output, filepath.Base(name)+p.ending())
	}
	path, query := "/jobs/"+url.PathEscape(id)+"/result", url.Values{"format": {formats(p.operation)[p.format]}}
	if p.operation == "parse" && p.format == "json" {
		path, query = "/parse/"+url.PathEscape(id), nil
	}
	if p.operation == "split" {
		if err := s.fetchParts(ctx, r, id, p.parts(name, several)); err != nil {
			return err
		}
	}
	return s.save(ctx, r, path, query, output)
}

// fetchParts writes the files of a split into a folder.
func (s *screen) fetchParts(ctx context.Context, r *remote, id, folder string) error {
	var result struct {
		Files []struct {
			Name string `json:"name"`
			Link string `json:"full_path"`
		} `json:"files"`
	}
	if _, err := r.get(ctx, "/jobs/"+url.PathEscape(id)+"/result", nil, &result); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // as any folder that a command makes
		return &fileError{folder, reason(err)}
	}
	for _, f := range result.Files {
		link, err := url.Parse(f.Link)
		if err != nil {
			return fmt.Errorf("the link to %s: %w", plain(f.Name), err)
		}
		silent := &screen{out: io.Discard, errs: s.errs}
		if err := silent.save(ctx, r, link.Path, nil, filepath.Join(folder, filepath.Base(f.Name))); err != nil {
			return err
		}
	}
	return nil
}
