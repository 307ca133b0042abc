package harness

import (
	"fmt"
	"html"
	"strings"
)

// Measures of a chart, in pixels.
const (
	chartWidth = 720
	labelWidth = 230
	valueWidth = 110
	barHeight  = 22
	barGap     = 12
	headHeight = 40
)

// Chart draws a result as bars, with lines from the smallest to the largest
// round. Its colours suit pages that are light and such that are dark.
func Chart(r Result) string {
	var b strings.Builder
	height := headHeight + len(r.Contestants)*(barHeight+barGap)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">`+"\n",
		chartWidth, height, chartWidth, height, html.EscapeString(r.Title))
	b.WriteString(`<style>text{font:13px system-ui,sans-serif;fill:#24292f}.head{font-weight:600}.ours{fill:#0969da}.other{fill:#8c959f}line{stroke:#24292f;stroke-width:1.5}` +
		`@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#4493f8}.other{fill:#6e7681}line{stroke:#e6edf3}}</style>` + "\n")
	fmt.Fprintf(&b, `<text class="head" x="0" y="18">%s, %s</text>`+"\n", html.EscapeString(r.Title), html.EscapeString(r.Unit))
	most := 0.0
	for _, c := range r.Contestants {
		_, high := c.Range()
		most = max(most, high)
	}
	for i, c := range r.Contestants {
		class := "other"
		if i == 0 {
			class = "ours"
		}
		bar(&b, c, class, headHeight+i*(barHeight+barGap), most)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func bar(b *strings.Builder, c Found, class string, y int, most float64) {
	long := func(v float64) float64 {
		if most == 0 {
			return 0
		}
		return v / most * (chartWidth - labelWidth - valueWidth)
	}
	least, high := c.Range()
	middle := y + barHeight/2
	fmt.Fprintf(b, `<text x="0" y="%d">%s</text>`+"\n", middle+5, html.EscapeString(c.Name))
	fmt.Fprintf(b, `<rect class="%s" x="%d" y="%d" width="%.1f" height="%d" rx="2"/>`+"\n", class, labelWidth, y, long(c.Figure()), barHeight)
	fmt.Fprintf(b, `<line x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>`+"\n", labelWidth+long(least), middle, labelWidth+long(high), middle)
	fmt.Fprintf(b, `<text x="%.1f" y="%d">%s</text>`+"\n", labelWidth+long(high)+8, middle+5, number(c.Figure()))
}
