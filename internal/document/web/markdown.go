package web

import (
	"bytes"
	"fmt"
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

// frontMatter parts the settings that stand before the text between lines of
// three dashes.
func frontMatter(content string) (front, rest string) {
	after, ok := strings.CutPrefix(content, "---\n")
	if !ok {
		return "", content
	}
	front, rest, ok = strings.Cut(after, "\n---\n")
	if !ok || strings.Contains(front, "\n\n") || !strings.Contains(front, ":") {
		return "", content
	}
	return front, rest
}
