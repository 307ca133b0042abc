package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"docket/internal/document/site"
	"docket/internal/job"
)

// maxSite is the longest answer to a siteCommand, in bytes of JSON: a page of
// text is there twice, as text and as Markdown.
const maxSite = 32 * mib

// siteCommand asks for what is in the answer of a web server, of which Size
// bytes follow: a page, or a map of a site.
type siteCommand struct {
	Size int64
	Page *site.Answer `json:",omitempty"` // nil: it is a map
	Most int          // pages of a map
}

// SitePage has a child take a page apart. Errors are of code Unreadable, or
// those of Read.
func (p *Pool) SitePage(ctx context.Context, a site.Answer, body []byte) (*site.Page, error) {
	var page site.Page
	if err := p.site(ctx, siteCommand{Page: &a}, body, &page); err != nil {
		return nil, err
	}
	return &page, nil
}

// SiteMap has a child read a map of a site, at most so many pages of it.
// Errors are those of Read.
func (p *Pool) SiteMap(ctx context.Context, body []byte, most int) (m site.Map, err error) {
	err = p.site(ctx, siteCommand{Most: most}, body, &m)
	return m, err
}

func (p *Pool) site(ctx context.Context, command siteCommand, body []byte, into any) error {
	command.Size = int64(len(body))
	if most := p.opts.Limits.FileBytes; command.Size > most {
		return limitError("file_size", most, fmt.Errorf("page of %d bytes", command.Size))
	}
	answer := &answer{}
	err := p.run(ctx, kindSite, command, func(c *call) error {
		if err := c.sendFile(bytes.NewReader(body), command.Size); err != nil {
			return err
		}
		f := &files{most: 1, out: func(int) (io.WriteCloser, error) { return unclosed{answer}, nil }, c: c}
		err := f.receive()
		if cerr := f.end(); err == nil {
			err = cerr
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer.buffer.Bytes(), into); err != nil {
		return fmt.Errorf("decode the answer of a sandbox child: %w", err)
	}
	return nil
}

// answer takes as much as a child may answer.
type answer struct{ buffer bytes.Buffer }

func (a *answer) Write(b []byte) (int, error) {
	if a.buffer.Len()+len(b) > maxSite {
		return 0, limitError("record", maxSite, fmt.Errorf("answer of more than %d bytes", maxSite))
	}
	return a.buffer.Write(b)
}

// readSite answers a siteCommand in the child.
func readSite(t *task, req siteCommand, data []byte) (err error) {
	defer func() { // parsers of HTML have faults; one page must not cost the child
		if p := recover(); p != nil {
			err = job.Errorf(job.Unreadable, job.Facts{"reason": "it is broken"}, "panic: %v", p)
		}
	}()
	var found any
	if req.Page == nil {
		found = site.ReadMap(data, req.Most)
	} else if found, err = site.Read(*req.Page, data); err != nil {
		return err
	}
	b, err := json.Marshal(found)
	if err != nil {
		return fmt.Errorf("encode what was found: %w", err)
	}
	if err := t.file(0); err != nil {
		return err
	}
	_, err = content{t}.Write(b)
	return err
}
