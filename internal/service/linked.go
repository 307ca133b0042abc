package service

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"io"
	"math"

	"docket/internal/job"
)

// part is the place on a page that a link shows.
type part struct {
	page int
	box  [4]uint16 // left, top, width and height, in pixels at 144 dpi
}

const partBytes = 4 + 4*2

func (p part) bytes() []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(p.page))
	for _, v := range p.box {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return b
}

// partOf reads what bytes made; what is too short is no part of any page.
func partOf(b []byte) part {
	if len(b) != partBytes {
		return part{}
	}
	p := part{page: int(binary.BigEndian.Uint32(b))}
	for i := range p.box {
		p.box[i] = binary.BigEndian.Uint16(b[4+2*i:])
	}
	return p
}

// newPart is the place of a box, in whole pixels; false when it has no area or
// is out of reach.
func newPart(page int, box [4]float64) (part, bool) {
	left, top := math.Floor(max(box[0], 0)), math.Floor(max(box[1], 0))
	right, bottom := math.Ceil(box[0]+box[2]), math.Ceil(box[1]+box[3])
	if !(right-left >= 1) || !(bottom-top >= 1) || !(right <= math.MaxUint16) || !(bottom <= math.MaxUint16) {
		return part{}, false
	}
	return part{page: page, box: [4]uint16{uint16(left), uint16(top), uint16(right - left), uint16(bottom - top)}}, true
}

func (p part) view(input int) PageView {
	v := PageView{Input: input + 1, Page: p.page, DPI: pictureDPI}
	for i := range p.box {
		v.Part[i] = float64(p.box[i])
	}
	return v
}

const (
	// pictureDPI is the resolution of pictures of segments: that of their boxes.
	pictureDPI = 144
	// maxInline is how many bytes of pictures a result has as data URIs.
	maxInline = 32 << 20
)

// pictureMaker is op.Rendering.Picture.
type pictureMaker func(input, page int, box [4]float64) string

// pictureLinker makes links to places on pages; nil without a base.
func (s *Service) pictureLinker(j job.Job, base string) pictureMaker {
	if base == "" {
		return nil
	}
	return func(input, page int, box [4]float64) string {
		p, ok := newPart(page, box)
		if !ok {
			return ""
		}
		return base + "/files/" + s.signed(pictureLink, j.ID, input, linkLife, p.bytes()...)
	}
}

// pictureInliner makes data URIs of places on pages, and links of those that
// are too many or cannot be shown, which say why when they are followed.
func (s *Service) pictureInliner(ctx context.Context, j job.Job, base string) pictureMaker {
	link, left := s.pictureLinker(j, base), maxInline
	return func(input, page int, box [4]float64) string {
		p, ok := newPart(page, box)
		if !ok {
			return ""
		}
		var png bytes.Buffer
		if left > 0 && s.PageImage(ctx, j, p.view(input), &png) == nil && png.Len() <= left {
			left -= png.Len()
			return "data:image/png;base64," + base64.StdEncoding.EncodeToString(png.Bytes())
		}
		if link == nil {
			return ""
		}
		return link(input, page, box)
	}
}

// LinkedPicture gives what writes the picture that a link leads to, as a PNG
// file, or nil for a link to a file. Errors of both are those of OpenLink and
// PageImage.
func (s *Service) LinkedPicture(ctx context.Context, signed string) (func(io.Writer) error, error) {
	l, err := s.verify(signed, inputLink, resultLink, pictureLink)
	if err != nil || l.purpose != pictureLink {
		return nil, err
	}
	j, err := s.store.Job(ctx, l.job)
	if err != nil {
		return nil, err
	}
	if j.Expired(s.now()) {
		return nil, job.Errorf(job.NotFound, nil, "job %s has expired", j.ID)
	}
	return func(w io.Writer) error { return s.PageImage(ctx, j, l.part.view(l.n), w) }, nil
}
