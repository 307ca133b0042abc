package parse

import (
	"encoding/json"
	"fmt"
	"strings"

	"docket/internal/document"
	"docket/internal/job"
	"docket/internal/op"
)

// crops reads which segments are to have a picture. What else can be said of
// segments is accepted and without effect. // contract C1
func (a *asked) crops(p *Parameters) error {
	field, raw := "segment_processing", unquoted(a.SegmentProcessing)
	if len(raw) == 0 || string(raw) == "null" {
		field, raw = "segment_analysis", unquoted(a.SegmentAnalysis)
	}
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	var types map[string]*struct {
		CropImage string `json:"crop_image"`
	}
	if err := json.Unmarshal(raw, &types); err != nil {
		return wrong(field, "it is not an object with an object for each segment type", `Send a JSON object such as {"Table":{"crop_image":"All"}}`)
	}
	for name, how := range types {
		kind, ok := segmentType(name)
		if !ok || how == nil {
			continue // of a newer version, or nothing is said
		}
		switch strings.ToLower(how.CropImage) {
		case "", "auto":
			continue
		case "all", "none":
		default:
			return &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
				"field": field, "problem": fmt.Sprintf("%s has a crop_image %q", kind, how.CropImage), "allowed": []string{"All", "Auto", "None"},
			}}
		}
		if p.CropImage == nil {
			p.CropImage = map[document.SegmentType]bool{}
		}
		p.CropImage[kind] = strings.EqualFold(how.CropImage, "all")
	}
	return nil
}

// cropped says whether segments of the type have a picture. // contract C1
func (p *Parameters) cropped(kind document.SegmentType) bool {
	if said, ok := p.CropImage[kind]; ok {
		return said
	}
	return kind == document.Picture
}

// pictures puts the addresses of pictures into the segments of a chunk; before
// anything is left out of them, since they hang on the boxes.
func (p *Parameters) pictures(r *op.Rendering, c *document.Chunk) {
	if wanted, said := p.OutputFields["image"]; r.Picture == nil || said && !wanted {
		return
	}
	for i := range c.Segments {
		s := &c.Segments[i]
		if !p.cropped(s.SegmentType) {
			continue
		}
		if address := r.Picture(r.Input, s.PageNumber, [4]float64{s.BBox.Left, s.BBox.Top, s.BBox.Width, s.BBox.Height}); address != "" {
			s.Image = &address
		}
	}
}

// shows says whether pages of documents of the type can be shown.
func (s *Summary) shows() bool {
	return s.FileType == document.FormatPDF || strings.HasPrefix(s.MIME, "image/")
}
