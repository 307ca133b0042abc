// Package parses measures reading documents.
package parses

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"docket/bench/harness"
)

const note = "Docket builds the full structure (words, lines, blocks, headings, tables, reading order, chunks) in a sandboxed child; the outside programs print words or lines with their boxes and no structure. " +
	"The time of a job is from its submit to its end; processor time is that of all processes, for one page."

// document is a file to read.
type document struct {
	name, title string
	pages       int
	scanned     bool
	workers     int
	aim         float64 // pages a second, through those of pdftotext; 0: none
}

// Rows are the rows of this package.
func Rows() []harness.Row {
	return []harness.Row{
		document{name: "parse-text", title: "Parse 50 pages of text, one worker", pages: 50, workers: 1, aim: 0.6}.row(),
		document{name: "parse-text-two", title: "Parse two documents of 50 pages at once, two workers against one program", pages: 50, workers: 2, aim: 1}.row(),
		document{name: "parse-1000", title: "Parse 1,000 pages of text, one worker", pages: 1000, workers: 1, aim: 0.6}.row(),
		document{name: "parse-scanned", title: "Parse a scanned page, one worker", pages: 1, scanned: true, workers: 1}.row(),
	}
}

func (d document) row() harness.Row {
	r := harness.Row{Name: d.name, Group: "Parsing", Title: d.title, Unit: "pages/s", Note: note}
	if d.aim > 0 {
		r.Aim = harness.Aim{Kind: harness.RatioAtLeast, Value: d.aim}
	}
	r.Contestants = []harness.Contestant{{Name: "Docket", Start: d.ours}}
	if d.scanned {
		r.Note += " The page of 41 lines is a picture of 200 dpi. Both sides paint it in shades of grey at 200 dpi, by PDFium compiled to WebAssembly here and by pdftoppm there, and have one process of tesseract with one thread read it once, which is most of the time of both; each side is checked for the words. Docket looks whether the page lies askew, and has it read again only where its text came out badly. What Docket takes more is, about half and half, painting in WebAssembly, and the server with the processes that confine tesseract."
		r.Contestants = append(r.Contestants, d.outside("pdftoppm, tesseract", "sh", "-c", readScan(), "sh", "FILE", "OUT"))
		return r
	}
	r.Contestants = append(r.Contestants, d.outside("pdftotext -bbox", "pdftotext", "-bbox", "FILE", "/dev/null"))
	if _, err := exec.LookPath("mutool"); err == nil {
		r.Contestants = append(r.Contestants, d.outside("mutool draw -F stext", "mutool", "draw", "-q", "-F", "stext", "-o", "/dev/null", "FILE"))
	}
	return r
}

// onEveryPage is a word of the last line of every page.
const onEveryPage = "dinner"

// readScan is the yardstick of a scanned page; it fails when it finds no words.
func readScan() string {
	return fmt.Sprintf(`pdftoppm -r %d -gray "$1" "$2" && for p in "$2"*.pgm; do
	OMP_THREAD_LIMIT=1 tesseract "$p" "$p" --dpi %d tsv 2>/dev/null && grep -q %s "$p.tsv" || exit 1
done; rm -f "$2"*`, scanDPI, scanDPI, onEveryPage)
}

// file makes the document once.
func (d document) file(ctx context.Context, env *harness.Env) (string, error) {
	kind := fmt.Sprintf("%d-%v", d.pages, d.scanned)
	return harness.Shared(env, "document "+kind, func() (string, func() error, error) {
		path := filepath.Join(env.Folder, "document-"+kind+".pdf")
		content := textPages(d.pages)
		if d.scanned {
			var err error
			if content, err = scan(ctx, env.Folder, content, d.pages); err != nil {
				return "", nil, err
			}
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return "", nil, fmt.Errorf("write a document: %w", err)
		}
		return path, func() error { return os.Remove(path) }, nil
	})
}

func (d document) ours(ctx context.Context, env *harness.Env) (*harness.Running, error) {
	path, err := d.file(ctx, env)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read a document: %w", err)
	}
	server, err := env.StartDocket(ctx, harness.DocketOptions{Workers: d.workers})
	if err != nil {
		return nil, err
	}
	read := func(ctx context.Context) (harness.Round, error) { return d.read(ctx, server, content) }
	_, err = read(ctx) // the children compile their reader once
	if err == nil {
		err = found(ctx, server, content)
	}
	if err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	return &harness.Running{Round: read, Stop: server.Stop}, nil
}

// found says whether the words of the document come out: to find none takes no
// time.
func found(ctx context.Context, server *harness.Docket, content []byte) error {
	id, err := server.Submit(ctx, "parse", "document.pdf", content)
	if err != nil {
		return err
	}
	if err := server.Finish(ctx, id); err != nil {
		return err
	}
	text, err := server.Ask(ctx, http.MethodGet, "/jobs/"+id+"/result?format=txt", "", nil)
	if err != nil {
		return err
	}
	if !bytes.Contains(text, []byte(onEveryPage)) {
		return fmt.Errorf("%q is not in the %d bytes that were read", onEveryPage, len(text))
	}
	return nil
}

// read lets each worker read the document once.
func (d document) read(ctx context.Context, server *harness.Docket, content []byte) (harness.Round, error) {
	before, err := server.CPU()
	if err != nil {
		return harness.Round{}, err
	}
	begin, ids := time.Now(), []string{}
	for range d.workers {
		id, err := server.Submit(ctx, "parse", "document.pdf", content)
		if err != nil {
			return harness.Round{}, err
		}
		ids = append(ids, id)
	}
	for _, id := range ids {
		if err := server.Finish(ctx, id); err != nil {
			return harness.Round{}, err
		}
	}
	took := time.Since(begin)
	after, err := server.CPU()
	if err != nil {
		return harness.Round{}, err
	}
	peak, err := server.PeakMemory()
	return d.round(took, after-before, peak), err
}

func (d document) round(took, cpu time.Duration, peakKiB int) harness.Round {
	pages := d.pages * d.workers
	return harness.Round{
		Figure: float64(pages) / took.Seconds(), CPU: cpu / time.Duration(pages),
		More: map[string]float64{"peak MiB": float64(peakKiB) / 1024},
	}
}

// outside is a program that reads the file alone, as often as there are workers.
func (d document) outside(name, program string, args ...string) harness.Contestant {
	return harness.Contestant{Name: name, Start: func(ctx context.Context, env *harness.Env) (*harness.Running, error) {
		path, err := d.file(ctx, env)
		if err != nil {
			return nil, err
		}
		r := strings.NewReplacer("FILE", path, "OUT", filepath.Join(env.Folder, "page"))
		own := make([]string, len(args))
		for i := range args {
			own[i] = r.Replace(args[i])
		}
		return &harness.Running{Round: func(ctx context.Context) (harness.Round, error) {
			var cpu time.Duration
			peak, begin := 0, time.Now()
			for range d.workers {
				c := exec.CommandContext(ctx, program, own...)
				if err := c.Run(); err != nil {
					return harness.Round{}, fmt.Errorf("%s: %w", program, err)
				}
				cpu += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
				if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
					peak = max(peak, int(u.Maxrss))
				}
			}
			return d.round(time.Since(begin), cpu, peak), nil
		}}, nil
	}}
}
