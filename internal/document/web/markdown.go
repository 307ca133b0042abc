package web

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"docket/internal/document"
)

// ReadMarkdown reads Markdown as GitHub writes it, HTML inside it included.
// Errors are those of Read.
func ReadMarkdown(data []byte, w *document.FlowWriter) (document.Info, error) {
	content, _ := document.DecodeText(data)
	content = strings.ReplaceAll(content, "\r\n", "\n")
	if front, rest := frontMatter(content); front != "" {
		w.Block(document.Block{Type: document.Text, Code: true, Text: document.PlainRun(front)})
		content = rest
	}
	md := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList),
		goldmark.WithRendererOptions(html.WithUnsafe()), // the reader drops what is not text
	)
	var page bytes.Buffer
	if err := md.Convert([]byte(content), &page); err != nil {
		return document.Info{}, fmt.Errorf("convert markdown: %w", err)
	}
	info, err := readString("<body>"+page.String(), w)
	info.Format, info.MIME = document.FormatMarkdown, "text/markdown"
	return info, err
}

// What the footnotes of Markdown are marked with once they are HTML.
const (
	footnotes    = "footnotes"
	footnoteRef  = "footnote-ref"
	footnoteBack = "footnote-backref"
)

// longestFront is the most lines of settings that stand before the text.
const longestFront = 200

// frontMatter parts the settings that stand before the text, between lines of
// three dashes (YAML) or plus signs (TOML). What is between two rules is text:
// settings begin with a name.
func frontMatter(content string) (front, rest string) {
	for mark, name := range map[string]*regexp.Regexp{
		"---": regexp.MustCompile(`^\s*(#.*\n\s*)*["']?[\w.-]+["']?\s*:(\s|$)`),
		"+++": regexp.MustCompile(`^\s*(#.*\n\s*)*(\[|["']?[\w.-]+["']?\s*=)`),
	} {
		after, ok := strings.CutPrefix(content, mark+"\n")
		if !ok {
			continue
		}
		front, rest, ok = strings.Cut(after+"\n", "\n"+mark+"\n")
		if ok && name.MatchString(front) && strings.Count(front, "\n") < longestFront {
			return front, rest
		}
	}
	return "", content
}
