package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"docket/internal/trace"
)

// Recognizer is the program tesseract, which recognizes text in pictures. It
// runs under the limits of a child, one process for each page.
type Recognizer struct {
	path      string
	languages string
	data      string // folder of its language data, or empty for its own
	turned    bool   // it can tell how a picture is turned
}

// directions is the name of the data with which the program tells how a picture
// is turned.
const directions = "osd"

// listTime is how long the program may take to say what it knows.
const listTime = 10 * time.Second

// FindRecognizer looks for tesseract on the PATH; nil means that there is
// none. languages are those of the scans, such as "eng+deu"; empty is English,
// or the first language that is installed. The error says which are, when one
// that was asked for is not.
func FindRecognizer(ctx context.Context, languages string) (*Recognizer, error) {
	path, err := exec.LookPath("tesseract")
	if err != nil {
		return nil, nil //nolint:nilnil // to have none is no fault
	}
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "--list-langs").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("ask %s for its languages: %w", path, err)
	}
	installed := strings.Fields(strings.Join(strings.Split(string(out), "\n")[1:], "\n"))
	r := &Recognizer{path: path, languages: languages, data: os.Getenv("TESSDATA_PREFIX"), turned: slices.Contains(installed, directions)}
	installed = slices.DeleteFunc(installed, func(l string) bool { return l == directions })
	switch {
	case len(installed) == 0:
		return nil, nil //nolint:nilnil // without a language it reads nothing
	case languages == "" && slices.Contains(installed, "eng"):
		r.languages = "eng"
	case languages == "":
		r.languages = installed[0]
	}
	for l := range strings.SplitSeq(r.languages, "+") {
		if !slices.Contains(installed, l) {
			return nil, fmt.Errorf("tesseract has no language %q; it has %s", l, strings.Join(installed, ", "))
		}
	}
	return r, nil
}

// recognizerWord is the word after Subcommand that makes a process restrict
// itself and become the recognizer.
const recognizerWord = "recognize"

const (
	recognizeTime = time.Minute // for one page
	maxTSV        = 32 << 20    // bytes of an answer
	maxRecognized = 100_000     // words of a page
)

// recognizer gives what recognizes the pictures of one request, or nil.
func (p *Pool) recognizer(ctx context.Context) func([]byte, int, bool) (*recognized, error) {
	if p.reader == nil {
		return nil
	}
	return func(picture []byte, dpi int, whole bool) (text *recognized, err error) {
		ctx, span := trace.Start(ctx, "recognize text")
		defer func() { span.End(err) }()
		read := func(picture []byte) (*recognized, error) {
			tsv, err := p.recognize(ctx, picture, dpi, "-l", p.reader.languages, "-c", "tessedit_create_tsv=1")
			if err != nil {
				return nil, err
			}
			return parseTSV(tsv)
		}
		var direction func([]byte) (int, error)
		if p.reader.turned {
			direction = func(picture []byte) (int, error) {
				answer, err := p.recognize(ctx, picture, dpi, "-l", directions, "--psm", "0")
				if err != nil {
					return 0, err
				}
				return quarters(answer)
			}
		}
		if !whole {
			return upright(picture, read, direction)
		}
		return upright(picture, func(picture []byte) (*recognized, error) { return straight(picture, read) }, direction)
	}
}

// recognize runs the program over a picture and gives what it prints.
func (p *Pool) recognize(ctx context.Context, picture []byte, dpi int, how ...string) ([]byte, error) {
	self, err := defaultCommand()
	if err != nil {
		return nil, err
	}
	limits := p.opts.Limits
	args := append(slices.Clone(self[1:]), recognizerWord, strconv.FormatInt(limits.AddressSpace, 10), strconv.Itoa(int(2*recognizeTime/time.Second)), p.reader.path)
	args = append(append(args, "stdin", "stdout"), how...)
	if dpi > 0 {
		args = append(args, "--dpi", strconv.Itoa(dpi))
	}
	cmd := exec.CommandContext(context.Background(), self[0], args...) // killed as a group, below
	if self[0] == selfPath {
		cmd.Args[0] = os.Args[0]
	}
	cmd.Env, cmd.Dir, cmd.SysProcAttr = []string{"OMP_THREAD_LIMIT=1", "LC_ALL=C"}, "/", childAttr()
	if p.reader.data != "" {
		cmd.Env = append(cmd.Env, "TESSDATA_PREFIX="+p.reader.data)
	}
	said, out := &lastWords{}, &bounded{most: maxTSV}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(picture), out, said
	cmd.WaitDelay = time.Second
	if err := p.starter.start(cmd); err != nil {
		return nil, fmt.Errorf("start tesseract: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if err := p.attend(ctx, cmd.Process.Pid, ended); err != nil {
		return nil, fmt.Errorf("tesseract: %w: %s", err, said)
	}
	if out.over {
		return nil, errors.New("tesseract: too many words")
	}
	return out.buffer.Bytes(), nil
}

// attend waits for the end of the process, and kills it when ctx ends, the
// pool closes, or it takes too much time or memory.
func (p *Pool) attend(ctx context.Context, pid int, ended <-chan error) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	deadline := time.NewTimer(recognizeTime)
	defer deadline.Stop()
	stop := func(cause error) error {
		killGroup(pid)
		return errors.Join(cause, <-ended)
	}
	for {
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
			return stop(context.Cause(ctx))
		case <-p.ctx.Done():
			return stop(ErrClosed)
		case <-deadline.C:
			return stop(fmt.Errorf("took longer than %s", recognizeTime))
		case <-tick.C:
			if rss, err := residentBytes(pid); err == nil && p.opts.Limits.Memory > 0 && rss > p.opts.Limits.Memory {
				return stop(fmt.Errorf("resident size of %d bytes", rss))
			}
		}
	}
}

// bounded keeps what is written to it, up to a number of bytes.
type bounded struct {
	buffer bytes.Buffer
	most   int
	over   bool
}

// Write takes everything, so that the writer goes on to its end.
func (b *bounded) Write(p []byte) (int, error) {
	if b.buffer.Len()+len(p) > b.most {
		b.over = true
		return len(p), nil
	}
	return b.buffer.Write(p)
}
