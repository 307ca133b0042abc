package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"docket/client"
)

// spec is what all jobs of one command have in common.
type spec struct {
	operation  string
	parameters string // JSON, or @file
	set        []string
	tags       []string
	metadata   string
	webhook    string
	email      string
	expires    time.Duration
	reuse      bool
	once       string

	together bool
	batch    bool
	wait     bool
}

func (p *spec) flags(f *pflag.FlagSet) {
	f.StringVarP(&p.parameters, "parameters", "p", "", "parameters of the operation: JSON, or @FILE")
	f.StringArrayVar(&p.set, "set", nil, "one parameter, NAME=VALUE; the value is JSON, or else text")
	f.StringArrayVarP(&p.tags, "tag", "t", nil, "tag of the jobs; may be given several times")
	f.StringVar(&p.metadata, "metadata", "", "a JSON object of your own, or @FILE, given back with the jobs")
	f.StringVar(&p.webhook, "webhook-url", "", "address that is told of each change")
	f.StringVar(&p.email, "email", "", "address that is told of the end")
	f.DurationVar(&p.expires, "expires-in", 0, "how long the jobs are kept after their end, such as 24h")
	f.BoolVar(&p.reuse, "reuse", false, "take over the result of an equal job, if there is one")
	f.StringVar(&p.once, "idempotency-key", "", "key under which a repeated command makes nothing new")
}

// request is one job without its documents.
func (p *spec) request() (client.Request, error) {
	r := client.Request{Operation: p.operation, Tags: p.tags, WebhookURL: p.webhook, ExpiresIn: p.expires, Reuse: p.reuse}
	parameters, err := p.parsed()
	if err != nil {
		return r, err
	}
	if parameters != nil {
		r.Parameters = parameters
	}
	metadata, err := jsonText("metadata", p.metadata)
	if err != nil {
		return r, err
	}
	if metadata != nil {
		r.Metadata = metadata
	}
	if p.email != "" {
		r.Notify = &client.Notify{Email: p.email}
	}
	if p.expires != 0 && p.expires < time.Second {
		return r, usage("--expires-in %s: must be a second or more, such as 24h", p.expires)
	}
	return r, nil
}

// with adds documents to a request.
func with(r client.Request, docs []document) client.Request {
	for _, d := range docs {
		if d.path != "" {
			r.Files = append(r.Files, client.Path(d.path))
		} else {
			r.URLs = append(r.URLs, d.url)
		}
	}
	return r
}

// parsed are the parameters, with those that --set adds; nil when there are
// none.
func (p *spec) parsed() (json.RawMessage, error) {
	raw, err := jsonText("parameters", p.parameters)
	if err != nil || len(p.set) == 0 {
		return raw, err
	}
	all := map[string]json.RawMessage{}
	if raw != nil && json.Unmarshal(raw, &all) != nil {
		return nil, usage("--parameters: it is not a JSON object, such as {\"strategy\":\"page\"}")
	}
	for _, one := range p.set {
		name, value, ok := strings.Cut(one, "=")
		if !ok || name == "" {
			return nil, usage("--set %s: write NAME=VALUE, such as --set strategy=page", one)
		}
		all[name] = json.RawMessage(value)
		if !json.Valid([]byte(value)) {
			if all[name], err = json.Marshal(value); err != nil {
				return nil, fmt.Errorf("encode %s: %w", name, err)
			}
		}
	}
	return json.Marshal(all)
}

func (c *cli) submit() *cobra.Command {
	p := &spec{}
	cmd := c.command("submit OPERATION DOCUMENT...", "Send documents to the server, a job for each",
		func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("%s needs an operation, such as parse, and documents; see %s --help", cmd.CommandPath(), cmd.CommandPath())
			}
			return nil
		},
		func(ctx context.Context, s *screen, args []string) error {
			p.operation = args[0]
			return c.submitAll(ctx, s, p, args[1:])
		})
	cmd.Example = `  docket submit parse *.pdf --tag march --wait
  docket submit extract invoice.pdf -p @schema.json
  docket submit web_crawling -p '{"urls":["https://example.com"]}'`
	p.flags(cmd.Flags())
	cmd.Flags().BoolVar(&p.together, "together", false, "one job with all documents")
	cmd.Flags().BoolVar(&p.batch, "batch", false, "one batch: all jobs or none")
	cmd.Flags().BoolVarP(&p.wait, "wait", "w", false, "wait for the end of all jobs")
	return cmd
}

func (c *cli) submitAll(ctx context.Context, s *screen, p *spec, args []string) error {
	if p.together && p.batch {
		return usage("--together makes one job and --batch many: give one of them")
	}
	docs, err := documents(args)
	if err != nil {
		return err
	}
	r, err := c.connect(s)
	if err != nil {
		return err
	}
	if p.batch {
		return s.submitBatch(ctx, r, p, docs)
	}
	groups := [][]document{docs}
	if !p.together && len(docs) > 0 {
		groups = nil
		for _, d := range docs {
			groups = append(groups, []document{d})
		}
	}
	jobs, err := s.submitEach(ctx, r, p, groups, !p.wait)
	if len(jobs) == 0 || (err != nil && !p.wait) {
		return err
	}
	if p.wait {
		return errors.Join(err, s.awaitNext(ctx, r, jobs))
	}
	return s.next("docket jobs wait %s", ids(jobs))
}

// awaitNext waits, and says what may be done then.
func (s *screen) awaitNext(ctx context.Context, r *remote, jobs []jobState) error {
	err := s.await(ctx, r, jobs, false)
	switch {
	case errors.Is(err, errJobs) && len(jobs) > 1:
		return errors.Join(err, s.next("docket jobs list --status failed"))
	case err != nil:
		return err
	}
	return s.next("docket jobs result %s", jobs[0].ID)
}

// ids lists them for the next command; of many, not all.
func ids(jobs []jobState) string {
	var all []string
	for _, j := range jobs {
		all = append(all, j.ID)
	}
	const most = 5
	if len(all) > most {
		return "--query 'status:queued,processing'"
	}
	return strings.Join(all, " ")
}

// abreast is how many documents are sent at the same time.
const abreast = 4

// submitEach makes a job of each group, in their order, and prints it. Those
// that cannot be made leave the others alone; the error is that of the first.
func (s *screen) submitEach(ctx context.Context, r *remote, p *spec, groups [][]document, show bool) ([]jobState, error) {
	request, err := p.request()
	if err != nil {
		return nil, err
	}
	type outcome struct {
		body json.RawMessage
		job  jobState
		err  error
		done chan struct{}
	}
	outcomes := make([]outcome, len(groups))
	for i := range outcomes {
		outcomes[i].done = make(chan struct{})
	}
	places := make(chan struct{}, abreast)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		for i, group := range groups {
			places <- struct{}{}
			wg.Go(func() {
				o := &outcomes[i]
				defer func() { <-places; close(o.done) }()
				if o.err = context.Cause(ctx); o.err == nil {
					one := with(request, group)
					one.IdempotencyKey = p.key(i, len(groups))
					o.body, o.err = r.submit(ctx, one, &o.job)
				}
			})
		}
	})
	for _, group := range groups {
		for _, d := range group {
			s.align([]jobState{{Name: d.name()}})
		}
	}
	var jobs []jobState
	var first error
	for i := range outcomes {
		o := &outcomes[i]
		<-o.done
		switch {
		case o.err != nil:
			if first == nil {
				first = o.err
			} else if ctx.Err() == nil {
				s.note(o.err.Error())
			}
		default:
			if o.job.Name = o.job.name(); len(groups[i]) == 1 {
				o.job.Name = groups[i][0].name()
			}
			jobs = append(jobs, o.job)
			err = nil
			if show && s.asJSON {
				err = s.raw(o.body)
			} else if show {
				err = s.say("%s", s.jobLine(o.job))
			}
			if err != nil {
				return jobs, err
			}
		}
	}
	return jobs, first
}

// key is the Idempotency-Key of one of the command's requests, made from the
// one that was given; empty when none was.
func (p *spec) key(i, of int) string {
	switch {
	case p.once == "":
		return "" // the client makes one
	case of == 1:
		return p.once
	}
	return fmt.Sprintf("%s-%d", p.once, i)
}

// submit makes one job.
func (r *remote) submit(ctx context.Context, one client.Request, into *jobState) (json.RawMessage, error) {
	j, err := r.client.Submit(ctx, one)
	if err != nil {
		return nil, r.words(ctx, err)
	}
	return decode(j, into)
}

// submitBatch makes all jobs in one request, or none.
func (s *screen) submitBatch(ctx context.Context, r *remote, p *spec, docs []document) error {
	const most = 1000
	if len(docs) == 0 || len(docs) > most {
		return usage("a batch has 1 to %d documents; %d are given", most, len(docs))
	}
	request, err := p.request()
	if err != nil {
		return err
	}
	var all []client.Request
	for _, d := range docs {
		all = append(all, with(request, []document{d}))
	}
	made, err := r.client.SubmitBatch(ctx, all, p.key(0, 1))
	if err != nil {
		return r.words(ctx, err)
	}
	var b batchState
	body, err := decode(made, &b)
	if err != nil {
		return err
	}
	for i := range min(len(docs), len(b.Jobs)) {
		b.Jobs[i].Name = docs[i].name()
	}
	switch {
	case p.wait:
		return s.awaitNext(ctx, r, b.Jobs)
	case s.asJSON:
		return s.raw(body)
	}
	if err := s.say("%s", s.batchLine(b)); err != nil {
		return err
	}
	return s.next("docket batch wait %s", b.ID)
}
