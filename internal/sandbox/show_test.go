package sandbox

import (
	"bytes"
	"errors"
	"image/png"
	"testing"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/testkit"
)

// Pages that are pictures are shown as they are; documents that say their own
// structure have none to show.
func TestShow(t *testing.T) {
	p, _ := startPool(t, 1, "", nil)
	picture := testkit.PNG(testkit.TextImage("Hello"))
	for name, test := range map[string]struct {
		data   []byte
		req    RenderRequest
		width  int
		height int
		code   job.Code
	}{
		"whole":       {picture, RenderRequest{Page: 1, DPI: 144}, 1200, 220, ""},
		"smaller":     {picture, RenderRequest{Page: 1, DPI: 72}, 600, 110, ""},
		"part":        {picture, RenderRequest{Page: 1, DPI: 144, Part: document.Box{Left: 10, Top: 5, Right: 60, Bottom: 30}}, 100, 50, ""},
		"outside":     {picture, RenderRequest{Page: 1, DPI: 144, Part: document.Box{Left: 5000, Top: 5, Right: 6000, Bottom: 30}}, 0, 0, job.Unreadable},
		"no page":     {picture, RenderRequest{Page: 2, DPI: 144}, 0, 0, job.NotFound},
		"text":        {[]byte("Hello"), RenderRequest{Page: 1, DPI: 144}, 0, 0, job.Unreadable},
		"no document": {nil, RenderRequest{Page: 1, DPI: 144}, 0, 0, job.FileCorrupted},
	} {
		test.req.Size = int64(len(test.data))
		var out bytes.Buffer
		err := p.Render(testContext(t), bytes.NewReader(test.data), test.req, &out)
		if test.code != "" {
			if job.CodeOf(err) != test.code || test.code == job.NotFound && !errors.Is(err, ErrNoPage) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c, err := png.DecodeConfig(&out)
		if err != nil || c.Width != test.width || c.Height != test.height {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}
