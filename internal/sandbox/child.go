package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"runtime/debug"

	"docket/internal/document"
)

// ChildMain is the body of the hidden subcommand: it takes its settings from
// stdin, gives up its rights, loads the engine and serves requests until stdin
// ends. It returns the exit code. When stdin ends during a request it exits
// the process itself. args are what follows the subcommand: nothing, or what
// makes the process become the recognizer instead.
func ChildMain(stdin io.Reader, stdout io.Writer, args []string) int {
	if len(args) > 0 && args[0] == recognizerWord {
		fmt.Fprintln(os.Stderr, "sandbox child:", become(args[1:]))
		return exitProtocol
	}
	if len(args) > 0 {
		fmt.Fprintln(os.Stderr, "sandbox child takes no arguments")
		return exitProtocol
	}
	return runChild(stdin, stdout, work{compile: compileEngine, load: loadEngine})
}

const exitProtocol = 3

// work is what a child does once it is set up.
type work struct {
	compile func(ctx context.Context, cacheDir string) error
	load    func(ctx context.Context, s settings) (tools, error)
}

// tools serve one request each; retire says that the engine must not be used
// again.
type tools struct {
	read func(t *task, req readCommand, data []byte) (retire bool, err error)
	// build takes all records in, and sends nothing: what it gives does that.
	build func(opts document.Options, records iter.Seq[[]byte]) (structure, error)
	split func(t *task, req splitCommand, data []byte) (retire bool, err error)
	// render makes the picture of one page.
	render func(t *task, req renderCommand, data []byte) (retire bool, err error)
	// site takes apart what a web server has answered.
	site func(t *task, req siteCommand, data []byte) error
	// attach sends the files that came with a document.
	attach func(t *task, req attachCommand, data []byte) (retire bool, err error)
}

// structure is that of a document. It sends the chunks.
type structure func(t *task) (document.Summary, error)

// child is the other end of a process.
type child struct {
	settings settings
	r        *frameReader
	w        *frameWriter
	requests chan request
}

// request is a command with all that belongs to it.
type request struct {
	kind    kind
	read    readCommand
	back    bool // parse: all records come back
	opts    document.Options
	split   splitCommand
	render  renderCommand
	site    siteCommand
	attach  attachCommand
	data    chan []byte // read, parse, split, render, site, attach: the whole file, once
	records chan []byte // build, parse: closed after the last one
}

func runChild(stdin io.Reader, stdout io.Writer, w work) int {
	c := &child{r: newFrameReader(stdin), w: newFrameWriter(stdout), requests: make(chan request)}
	if err := c.hello(); err != nil {
		fmt.Fprintln(os.Stderr, "sandbox child:", err)
		return exitProtocol
	}
	ctx := context.Background()
	if c.settings.Compile {
		return c.end(c.ready(w.compile(ctx, c.settings.CacheDir), nil))
	}
	missing := restrict(c.settings.Limits)
	tools, err := w.load(ctx, c.settings)
	if err == nil {
		missing = append(missing, lock()...)
	}
	if err := c.ready(err, missing); err != nil {
		return c.end(err)
	}
	go c.receive()
	return c.end(c.serve(tools))
}

// setHeap makes the garbage collector work harder near the limits.
func setHeap(l Limits) {
	if soft := l.heap(); soft > 0 {
		debug.SetMemoryLimit(soft)
	}
}

func (c *child) end(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandbox child:", err)
		return 1
	}
	return 0
}

func (c *child) hello() error {
	k, payload, err := c.r.read(maxControl)
	if err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	if k != kindHello {
		return unexpected(k)
	}
	return decode(payload, &c.settings)
}

// ready reports that the child can serve, or why it cannot.
func (c *child) ready(err error, missing []string) error {
	if err == nil {
		return c.w.sendJSON(kindReady, readiness{Missing: missing})
	}
	return errors.Join(err, c.w.sendJSON(kindFailed, outcome{Failure: newFailure(err)}))
}

// serve answers one request after the other. It returns only when the parent
// cannot be reached.
func (c *child) serve(tools tools) error {
	for req := range c.requests {
		t := &task{w: c.w, limits: c.settings.Limits, startCPU: usedCPU()}
		t.budget(0)
		if err := c.w.sendJSON(kindAccepted, struct{}{}); err != nil {
			return err
		}
		var end outcome
		var err error
		switch req.kind {
		case kindRead:
			end.Retire, err = tools.read(t, req.read, <-req.data)
		case kindBuild:
			end.Summary, err = t.build(tools, req)
		case kindParse:
			end, err = t.parse(tools, req)
		case kindSplit:
			end.Retire, err = tools.split(t, req.split, <-req.data)
		case kindRender:
			end.Retire, err = tools.render(t, req.render, <-req.data)
		case kindSite:
			err = tools.site(t, req.site, <-req.data)
		case kindAttach:
			end.Retire, err = tools.attach(t, req.attach, <-req.data)
		}
		if err := c.finish(end, err); err != nil {
			return err
		}
		t.building.Wait()
	}
	return nil
}

func (c *child) finish(end outcome, err error) error {
	if err == nil {
		return c.w.sendJSON(kindDone, end)
	}
	end.Failure, end.Summary = newFailure(err), nil
	return c.w.sendJSON(kindFailed, end)
}
